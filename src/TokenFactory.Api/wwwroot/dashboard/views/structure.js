// Who makes the tokens, how concentrated that is, and how prices fall with experience.
import { call, read } from "../api.js";
import { element } from "../elements.js";
import { show } from "../numbers.js";
import { controls, panel } from "../panel.js";
import { colour } from "../palette.js";
import { byGroup, columnOf, largest, ordered, periodsOf } from "../series.js";
import { nameOf, word } from "../words.js";
import { frequencyOf, frequencyOptions, windowOf } from "./parameters.js";

export function structure() {
  const bar = controls([
    { name: "frequency", label: word("period_length"), options: frequencyOptions(["week", "month", "quarter", "year"]), fallback: "month", clears: { "s-from": "", "s-to": "", "c-from": "", "c-to": "" } },
    { name: "measure", label: word("measure"), options: [["value", word("value")], ["tokens", word("tokens")]], fallback: "value" },
    { name: "start", label: word("start"), kind: "date" },
    { name: "end", label: word("end"), kind: "date" },
  ]);
  const depends = bar.names;
  const parametersOf = async (now, signal) => ({ frequency: frequencyOf(now), time_zone: now.zone, ...await windowOf(now, signal) });

  const shares = panel("shares", {
    title: word("shares"), about: word("shares_about"), depends, prefix: "s-",
    load: async (now, signal) => {
      const parameters = await parametersOf(now, signal);
      const [path, totalPath] = ["producer", ""].map(by => call("v1/gdp", { by, ...parameters }));
      const [answer, all] = await Promise.all([read(path, signal), read(totalPath, signal)]);
      const periods = periodsOf(all.rows);
      const groups = byGroup(answer.rows, "producer", now.measure === "tokens" ? "quantity" : "gdp");
      const series = largest(groups, ordered(groups, "producer"), periods, 7, { shape: periods.length > 400 ? "area" : "bar", stack: "share", by: "producer" });
      const totals = periods.map((_, at) => series.reduce((all, each) => all + Number(each.values[at] ?? 0), 0));
      for (const each of series) each.values = each.values.map((text, at) => (text === null || totals[at] <= 0 ? null : (Number(text) / totals[at]).toFixed(6)));
      return { periods, series, unit: { kind: "share" }, range: { max: 1 }, unitName: word(now.measure === "tokens" ? "share_of_tokens" : "share_of_value"), notes: [word(now.measure === "tokens" ? "share_of_tokens" : "share_of_value")], calls: [path, totalPath], context: answer };
    },
  });

  const concentration = panel("concentration", {
    title: word("concentration"), about: word("concentration_about"), depends, prefix: "c-",
    load: async (now, signal) => {
      const path = call("v1/concentration", { measure: now.measure, ...await parametersOf(now, signal) });
      const answer = await read(path, signal);
      const periods = periodsOf(answer.rows);
      const text = name => columnOf(answer.rows, periods, name).map(value => (value === null ? null : String(value)));
      const last = answer.rows.findLast(row => row.hhi !== null && !row.partial);
      return {
        periods, calls: [path], context: answer, unit: { kind: "number" }, range: { min: 0, max: value => Math.min(10_000, Math.max(3000, Math.ceil(value.max / 1000) * 1000)) }, secondRange: { min: 0, max: 1 },
        bands: [[0, 1000, word("unconcentrated"), 0], [1000, 1800, word("moderately_concentrated"), 1], [1800, 10_000, word("highly_concentrated"), 2]],
        series: [
          { id: "hhi", name: word("hhi"), colour: colour("x", 0), values: text("hhi"), shape: "line", unit: { kind: "count" }, isMain: true },
          { id: "cr4", name: word("cr4"), colour: colour("x", 1), values: text("cr4"), shape: "line", dash: true, axis: 1, unit: { kind: "share" } },
          { id: "active", name: word("active"), drawn: false, values: text("active"), unit: { kind: "count" } },
        ],
        unitName: word("hhi"), notes: [...last ? [word("concentration_note", { band: nameOf(last.band), largest: last.largest, share: show(String(last.cr1), { kind: "share" }), as_many: show(String(last.equivalent_number), { kind: "index" }) })] : [], word("hhi_bands")],
      };
    },
  });

  const learning = panel("learning", {
    title: word("learning"), about: word("learning_about"), depends, prefix: "l-",
    load: async (now, signal) => {
      const path = call("v1/learning-curve", { points: "true", ...await parametersOf(now, signal) });
      const answer = await read(path, signal);
      const row = answer.rows.find(each => each.kind === "price_learning");
      const points = (row?.points ?? []).filter(each => each.price_index !== null && each.cumulative_volume !== null && Number(each.cumulative_volume) > 0)
        .map(each => ({ period: each.period, x: each.cumulative_volume, y: each.price_index, fitted: each.fitted, lower: each.lower, upper: each.upper }));
      const share = text => show(text, { kind: "share" });
      const result = row?.learning_rate ? word("learning_note", { rate: share(row.learning_rate), lower: share(row.learning_rate_lower), upper: share(row.learning_rate_upper), n: row.n, r2: show(row.r2, { kind: "fit" }), doublings: show(row.doublings, { kind: "index" }) }) : word("missing_because", { reason: nameOf(row?.null_reason ?? "too_few_points") });
      const rival = row?.annual_rate ? word("moore_note", { rate: share(row.annual_rate), r2: show(row.moore_r2, { kind: "fit" }), better: word(`better_${row.better ?? "none"}`) }) : null;
      return {
        kind: "curve", points, unit: { kind: "index" }, xUnit: { kind: "money", currency: answer.currency }, xName: word("cumulative_volume"), yName: word("price_index"), unitName: word("learning_axes"),
        empty: [element("p", {}, result)], notes: [result, ...rival ? [rival] : [], word("price_not_cost")], summary: result, calls: [path], context: answer,
        table: {
          columns: [{ id: "period", name: word("period"), isPeriod: true }, { id: "cumulative_volume", name: word("cumulative_volume"), unit: { kind: "money", currency: answer.currency } }, ...[["price_index", word("price_index")], ["fitted", word("fitted")], ["lower", word("lower")], ["upper", word("upper")]].map(([id, name]) => ({ id, name, unit: { kind: "index" } }))],
          rows: points.map(each => [each.period, each.x, each.y, each.fitted, each.lower, each.upper]),
        },
      };
    },
  });

  const panels = [shares, concentration, learning];
  return {
    nodes: [element("div", { class: "view-controls" }, bar.node), ...panels.map(each => each.node)],
    refresh: () => { bar.sync(); return Promise.all(panels.map(each => each.refresh())); },
    dispose: () => panels.forEach(each => each.dispose()),
  };
}
