// Token GDP over time, by sector or producer.
import { call, read } from "../api.js";
import { periodName, show } from "../numbers.js";
import { colour } from "../palette.js";
import { panel } from "../panel.js";
import { byGroup, columnOf, largest, ordered, periodsOf, reasonsOf, seriesOf, sum } from "../series.js";
import { nameOf, word } from "../words.js";
import { frequencyOf, frequencyOptions, named, windowOf } from "./parameters.js";

export function overTime() {
  const gdp = panel("gdp", {
    title: word("gdp"), about: word("gdp_about"),
    controls: [
      { name: "by", label: word("by"), options: named(["sector", "producer"]), fallback: "sector", clears: { hide: "" } },
      { name: "show", label: word("show"), options: [["level", word("level")], ["pch", word("pch")], ["pc1", word("pc1")]], fallback: "level" },
      { name: "prices", label: word("prices"), options: [["current", word("nominal_prices")], ["chained", word("real_prices")]], fallback: "current" },
      { name: "frequency", label: word("period_length"), options: frequencyOptions(), fallback: "month", clears: { from: "", to: "" } },
      { name: "scale", label: word("scale"), options: [["linear", word("linear")], ["log", word("log")]], fallback: "linear", when: now => (now.show ?? "level") === "level" },
      { name: "start", label: word("start"), kind: "date" },
      { name: "end", label: word("end"), kind: "date" },
    ],
    load: async (now, signal) => {
      const [by, units, prices, frequency] = [now.by ?? "sector", now.show ?? "level", now.prices ?? "current", frequencyOf(now)];
      const parameters = { frequency, time_zone: now.zone, ...await windowOf(now, signal), prices: prices === "current" ? "" : prices, units: units === "level" ? "" : units };
      // In money of one period for all groups, or their volumes are not comparable.
      const totalPath = call("v1/gdp", parameters);
      const total = await read(totalPath, signal);
      const groupPath = call("v1/gdp", { ...parameters, by, reference: prices === "chained" ? total.reference : "" });
      const answer = await read(groupPath, signal);
      const isLevel = units === "level";
      const column = isLevel ? (prices === "current" ? "gdp" : "real") : "value";
      const isLog = isLevel && now.scale === "log";
      const isStacked = isLevel && prices === "current" && !isLog;
      // Growth begins where there is something to compare with.
      const begin = isLevel ? 0 : Math.max(0, total.rows.findIndex(row => row.value !== null));
      const periods = periodsOf(total.rows.slice(begin));
      const sizes = byGroup(answer.rows, by, "gdp");
      const groups = byGroup(answer.rows, by, column);
      const ids = ordered(sizes, by);
      const shape = isStacked ? { shape: periods.length > 400 ? "area" : "bar", stack: "gdp" } : { shape: "line" };
      const series = isStacked ? largest(groups, ids, periods, 7, { ...shape, by }) : seriesOf(groups, ids.slice(0, 8), periods, { ...shape, by });
      const totals = columnOf(total.rows, periods, column);
      series.push({ id: by === "sector" ? "total" : "~total", name: nameOf("total"), colour: colour("total"), drawn: !isStacked, isMain: true, values: totals });
      const notes = [isLevel ? word("unit_money", { currency: answer.currency }) : word("unit_percent")];
      if (prices === "chained") notes.push(word("unit_real", { currency: answer.currency, reference: total.reference ? periodName(total.reference) : word("first_period") }), word("no_adding_up"));
      if (!isStacked && ids.length > 8) notes.push(word("only_largest", { count: 8, all: ids.length }));
      notes.push(...reasonsOf(answer.rows.filter(row => row.start >= (periods[0]?.start ?? ""))));
      if (periods.some(each => each.partial)) notes.push(word("partial_note"));
      const unpriced = sum(total.rows.map(row => row.unpriced_quantity));
      if (unpriced && unpriced !== "0" && isLevel) notes.push(word("unpriced_note", { tokens: show(unpriced, { kind: "tokens" }) }));
      return {
        periods, series, isLog, unit: isLevel ? { kind: "money", currency: answer.currency } : { kind: "percent" }, unitName: notes[0], notes, reference: isLevel ? undefined : 0,
        calls: [groupPath, totalPath], context: answer, title: `${word("gdp")}, ${nameOf(by)}`,
      };
    },
  });

  return { nodes: [gdp.node], refresh: () => gdp.refresh(), dispose: gdp.dispose };
}
