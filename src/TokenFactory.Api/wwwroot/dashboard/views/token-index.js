// The Token Index: the headline, any other method, and two side by side.
import { call, read } from "../api.js";
import { periodName } from "../numbers.js";
import { panel } from "../panel.js";
import { byGroup, ordered, periodsOf, reasonsOf, seriesOf } from "../series.js";
import { nameOf, word } from "../words.js";
import { frequencyOf, frequencyOptions, named, periodOptions, windowOf } from "./parameters.js";

const methods = [
  "headline", "fisher", "tornqvist", "walsh", "laspeyres", "paasche", "sato_vartia", "marshall_edgeworth", "jevons", "dutot", "carli",
  "geks_fisher", "geks_tornqvist", "geks_walsh", "geks_jevons", "int_geks_tornqvist", "wtpd", "gk",
];
const isMultilateral = method => /geks|wtpd|^gk$/.test(method);

export function tokenIndex() {
  let known = [];
  const index = panel("index", {
    title: word("token_index"), about: word("index_about"),
    controls: [
      { name: "measure", label: word("measure"), options: [["price", word("price")], ["quantity", word("quantity")], ["value", word("value")]], fallback: "price" },
      { name: "method", label: word("method"), options: named(methods), fallback: "headline", when: now => now.measure !== "value" },
      { name: "compare", label: word("compare"), options: [["", word("none")], ...named(methods)], when: now => now.measure !== "value" },
      { name: "frequency", label: word("period_length"), options: frequencyOptions(), fallback: "month", clears: { from: "", to: "", reference: "" } },
      { name: "reference", label: word("reference"), options: () => periodOptions(known, word("first_period")) },
      { name: "start", label: word("start"), kind: "date" },
      { name: "end", label: word("end"), kind: "date" },
    ],
    load: async (now, signal) => {
      const measure = now.measure ?? "price";
      const common = { frequency: frequencyOf(now), time_zone: now.zone, reference: now.reference, ...await windowOf(now, signal) };
      const method = measure === "value" ? "headline" : now.method ?? "headline";
      const first = await readMethod(method, measure, common, signal);
      const second = measure !== "value" && now.compare && now.compare !== method ? await readMethod(now.compare, measure, common, signal) : null;
      const periods = periodsOf([...first.rows, ...second?.rows ?? []]);
      known = periods;
      const series = lines(first, periods, {}, "", second ? `, ${nameOf(method)}` : "");
      if (second) series.push(...lines(second, periods, { dash: true }, "~2", `, ${nameOf(now.compare)}`));
      const reference = now.reference || first.reference;
      const unitName = word("unit_index", { reference: reference ? periodName(reference) : word("first_period") });
      return {
        periods, series, unit: { kind: "index" }, unitName, reference: 100,
        notes: [unitName, ...isMultilateral(method) || isMultilateral(now.compare ?? "") ? [word("window_note")] : [], ...first.headline ? [word("headline_note", { method: nameOf(first.answer.method) })] : [],
          ...reasonsOf([...first.rows, ...second?.rows ?? []]), ...periods.some(each => each.partial) ? [word("partial_note")] : []],
        calls: [...first.calls, ...second?.calls ?? []], context: first.answer, title: `${word("token_index")}: ${word(measure)}`,
      };
    },
  });

  return { nodes: [index.node], refresh: () => index.refresh(), dispose: index.dispose };
}

async function readMethod(method, measure, common, signal) {
  if (method === "headline") {
    const path = call("v1/token-index", common);
    const answer = await read(path, signal);
    return { answer, headline: true, rows: answer.rows.map(row => ({ ...row, figure: row[measure] })), reference: answer.reference, calls: [path] };
  }

  const parameters = { index: measure, method, ...common, window: isMultilateral(method) ? 13 : "" };
  const totalPath = call("v1/indices", parameters);
  const groupPath = call("v1/indices", { ...parameters, by: "sector" });
  const [total, groups] = await Promise.all([read(totalPath, signal), read(groupPath, signal)]);
  const rows = [...groups.rows, ...total.rows.map(row => ({ ...row, sector: "total" }))].map(row => ({ ...row, figure: row.index }));
  return { answer: total, rows, reference: total.reference, calls: [groupPath, totalPath] };
}

function lines(from, periods, more, suffix, title) {
  const groups = byGroup(from.rows, "sector", "figure");
  return seriesOf(groups, ordered(groups, "sector"), periods, { shape: "line", ...more })
    .map(each => ({ ...each, id: each.id + suffix, name: each.name + title, isMain: each.id === "total" && !suffix }));
}
