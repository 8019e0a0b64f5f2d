// From rows of the API to what a chart shows.
import { colour } from "./palette.js";
import { nameIn, nameOf, word } from "./words.js";

/** The periods of rows, in order, each once. */
export function periodsOf(rows) {
  const seen = new Map();
  for (const { period, start, end, partial, status } of rows) if (!seen.has(period)) seen.set(period, { period, start, end, partial, status });
  return [...seen.values()].sort((a, b) => (a.start < b.start ? -1 : 1));
}

/** A column of ungrouped rows over periods. */
export function columnOf(rows, periods, column) {
  const texts = new Map(rows.map(row => [row.period, row[column]]));
  return periods.map(({ period }) => texts.get(period) ?? null);
}

/** Rows by group and period: a map of maps to texts of a column. */
export function byGroup(rows, group, column) {
  const groups = new Map();
  for (const row of rows) {
    const id = row[group];
    if (!groups.has(id)) groups.set(id, new Map());
    groups.get(id).set(row.period, row[column]);
  }

  return groups;
}

const sectorOrder = ["household", "government", "enterprise", "unclassified", "total"];

/** The groups in the order in which they are drawn: sectors in theirs, others the largest first. */
export function ordered(groups, dimension) {
  const ids = [...groups.keys()];
  if (dimension === "sector") return ids.sort((a, b) => sectorOrder.indexOf(a) - sectorOrder.indexOf(b));
  const size = id => [...groups.get(id).values()].reduce((sum, text) => sum + Math.abs(Number(text ?? 0)), 0);
  const sizes = new Map(ids.map(id => [id, size(id)]));
  return ids.sort((a, b) => sizes.get(b) - sizes.get(a));
}

/** A series of each group over periods. Producers and models are called what they are called, be it like a code. */
export function seriesOf(groups, ids, periods, { by = "sector", ...more } = {}) {
  return ids.map((id, index) => ({
    id, name: nameIn(by, id), colour: colour(by === "sector" ? id : null, index), values: periods.map(each => groups.get(id).get(each.period) ?? null), ...more,
  }));
}

/** The sum of decimal texts, to the last digit; null where there is none. */
export function sum(texts) {
  const numbers = texts.filter(text => text !== null && text !== undefined);
  if (numbers.length === 0) return null;
  const decimals = Math.max(...numbers.map(text => text.split(".")[1]?.length ?? 0));
  const total = numbers.reduce((all, text) => {
    const [whole, part = ""] = text.split(".");
    return all + BigInt(whole + part.padEnd(decimals, "0"));
  }, 0n);
  if (decimals === 0) return String(total);
  const digits = String(total < 0n ? -total : total).padStart(decimals + 1, "0");
  return `${total < 0n ? "-" : ""}${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`.replace(/\.?0+$/, "");
}

/** The largest groups by themselves, and all others as one. */
export function largest(groups, ids, periods, count, more = {}) {
  if (ids.length <= count + 1) return seriesOf(groups, ids, periods, more);
  const rest = ids.slice(count);
  return [...seriesOf(groups, ids.slice(0, count), periods, more), {
    // No producer's id begins so.
    id: "~others", name: word("others", { count: rest.length }), colour: colour("unclassified", 4),
    values: periods.map(({ period }) => sum(rest.map(id => groups.get(id).get(period)))), ...more, by: undefined,
  }];
}

/** Growth in percent between two texts, with 6 decimals; null where there is none. */
export function growth(now, before) {
  if (now === null || now === undefined || before === null || before === undefined || Number(before) <= 0) return null;
  return ((Number(now) / Number(before) - 1) * 100).toFixed(6);
}

/** The same period of the year before, by name. */
export function yearBefore(name) {
  return name.replace(/^\d{4}/, year => String(Number(year) - 1));
}

/** Why figures are missing, each reason once and in words. */
export function reasonsOf(rows) {
  return [...new Set(rows.map(row => row.null_reason).filter(Boolean))].map(each => word("missing_because", { reason: nameOf(each) }));
}
