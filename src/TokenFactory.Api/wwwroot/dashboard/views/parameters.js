// What several views ask of the API in the same way.
import { call, read } from "../api.js";
import { periodName, zone } from "../numbers.js";
import { periodsOf } from "../series.js";
import { nameOf, word } from "../words.js";

const frequencies = ["hour", "day", "week", "month", "quarter", "year"];

export function frequencyOptions(some = frequencies) {
  return some.map(each => [each, word(each)]);
}

export function frequencyOf(now) {
  return now.frequency ?? "month";
}

/** The window that is asked for: what is written, or for short periods the latest ones. */
export async function windowOf(now, signal) {
  const frequency = frequencyOf(now);
  if (now.start || now.end || !["hour", "day"].includes(frequency)) return { start: now.start, end: now.end };
  // The latest that there is, not the latest by the clock.
  const months = await read(call("v1/gdp", { frequency: "month", time_zone: now.zone }), signal);
  const last = months.rows.at(-1);
  if (!last) return {};
  const until = new Date(Math.min(new Date(last.end), Date.now() + 86_400_000));
  return { start: dateIn(new Date(until - (frequency === "hour" ? 15 : 184) * 86_400_000)) };
}

/** The date of an instant in the chosen zone, as the API takes it. */
export function dateIn(at) {
  return new Intl.DateTimeFormat("en-CA", { timeZone: zone(), year: "numeric", month: "2-digit", day: "2-digit" }).format(at);
}

/** Every period that has data, and the one that is asked for: the latest whole one, where none is named; undefined where there is no such period. */
export async function periodOf(now, frequency, signal) {
  // A day that is named is looked for among all of them: there are no more than a few thousand.
  const window = now.period ? {} : await windowOf({ ...now, frequency, start: undefined, end: undefined }, signal);
  const { rows } = await read(call("v1/gdp", { frequency, time_zone: now.zone, ...window }), signal);
  const periods = periodsOf(rows);
  const at = now.period ? periods.findIndex(each => each.period === now.period) : Math.max(0, periods.findLastIndex(each => !each.partial));
  return { periods, at, period: periods[at] };
}

export function periodOptions(periods, none) {
  return [["", none], ...periods.toReversed().map(each => [each.period, periodName(each.period)])];
}

export function named(values) {
  return values.map(each => [each, nameOf(each)]);
}
