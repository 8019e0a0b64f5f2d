// What was said first, and what is known now.
import { call, read } from "../api.js";
import { element } from "../elements.js";
import { panel } from "../panel.js";
import { colour } from "../palette.js";
import { periodName, show } from "../numbers.js";
import { periodsOf } from "../series.js";
import { word } from "../words.js";
import { frequencyOf, frequencyOptions } from "./parameters.js";

const units = { gdp: "money", quantity: "tokens", unit_value: "unit-value", price_index: "index", quantity_index: "index" };

export function revisions() {
  const load = isPercent => async (now, signal) => {
    const [measure, frequency] = [now.measure ?? "gdp", frequencyOf(now)];
    const path = call("v1/revisions", { measure, frequency, vintages: frequency === "week" ? "week" : "month", time_zone: now.zone, start: now.start, end: now.end });
    const answer = await read(path, signal);
    const latest = new Map();
    // Of each period what the last vintage said.
    for (const row of answer.rows) if (!latest.has(row.period) || latest.get(row.period).vintage < row.vintage) latest.set(row.period, row);
    const rows = [...latest.values()].filter(row => row.first !== null && !row.partial);
    const periods = periodsOf(rows);
    const column = name => periods.map(({ period }) => latest.get(period)[name] ?? null);
    const { summary } = answer;
    const unit = { kind: units[measure], currency: answer.currency };
    const note = summary.n === 0 ? word("no_revisions") : word("revision_note", {
      n: summary.n, mean: show(summary.mean_revision_percent, { kind: "percent" }), absolute: show(summary.mean_absolute_revision_percent, { kind: "percent-size" }),
      largest: show(summary.largest_revision_percent, { kind: "percent" }), period: summary.largest_period ? periodName(summary.largest_period) : "\u2013",
    });
    return {
      periods, calls: [path], context: answer, notes: [note], summary: note, empty: [element("p", {}, word("no_revisions"))],
      unit: isPercent ? { kind: "percent" } : unit, unitName: isPercent ? word("unit_percent") : answer.currency, reference: isPercent ? 0 : undefined,
      series: isPercent
        ? [{ id: "revision_percent", name: word("revision_percent"), colour: colour("x", 0), values: column("cumulative_revision_percent"), shape: "bar" },
          { id: "revision", name: word("revision"), drawn: false, values: column("cumulative_revision"), unit }]
        : [{ id: "first", name: word("first_estimate"), colour: colour("x", 4), values: column("first"), shape: "bar" },
          { id: "latest", name: word("latest_estimate"), colour: colour("x", 0), values: column("value"), shape: "bar" },
          { id: "first_vintage", name: word("first_vintage"), drawn: false, values: column("first_vintage"), unit: { kind: "text" } }],
    };
  };

  const measures = [["gdp", word("gdp")], ["quantity", word("tokens")], ["unit_value", word("unit_value")], ["price_index", word("price_index")], ["quantity_index", word("quantity_index")]];
  const estimates = panel("revisions", {
    title: word("first_and_latest"), about: word("revisions_about"),
    controls: [
      { name: "measure", label: word("measure"), options: measures, fallback: "gdp" },
      { name: "frequency", label: word("period_length"), options: frequencyOptions(["week", "month", "quarter", "year"]), fallback: "month", clears: { from: "", to: "", "p-from": "", "p-to": "" } },
      { name: "start", label: word("start"), kind: "date" },
      { name: "end", label: word("end"), kind: "date" },
    ],
    load: load(false),
  });
  const percents = panel("revision-percent", { title: word("revision_sizes"), about: word("revision_sizes_about"), depends: ["measure", "frequency", "start", "end"], prefix: "p-", load: load(true) });

  return { nodes: [estimates.node, percents.node], refresh: () => Promise.all([estimates.refresh(), percents.refresh()]), dispose: () => { estimates.dispose(); percents.dispose(); } };
}
