// Figures come as decimal text. They are shown rounded; what is exact stays in the table and in what is downloaded.
import { locale, word } from "./words.js";
import { state } from "./address.js";

const made = new Map();

function formatter(options) {
  const name = locale() + JSON.stringify(options);
  if (!made.has(name)) made.set(name, new Intl.NumberFormat(locale(), options));
  return made.get(name);
}

/** A figure in words of its unit: { kind: "money" | "tokens" | "index" | "percent" | "percent-size" | "points" | "share" | "unit-value" | "count" | "rate" | "seconds" | "number" | "fit" | "text", currency }. */
export function show(text, unit) {
  if (text === null || text === undefined) return "\u2013";
  const value = Number(text);
  switch (unit.kind) {
    case "money": return money(value, unit.currency, compact(value));
    case "unit-value": return money(value, unit.currency, { minimumFractionDigits: 2, maximumFractionDigits: Math.abs(value) < 0.1 ? 4 : 2 });
    case "percent": return percent(value, Math.abs(value) >= 100 ? 0 : 1, "exceptZero");
    case "percent-size": return percent(value, 1, "auto");
    case "points": return signed(value, 2);
    case "fit": return formatter({ minimumFractionDigits: 3, maximumFractionDigits: 3 }).format(value);
    case "text": return text;
    case "share": return formatter({ style: "percent", minimumFractionDigits: 1, maximumFractionDigits: 1 }).format(value);
    case "index": return formatter({ minimumFractionDigits: 1, maximumFractionDigits: 1 }).format(value);
    case "seconds": return formatter({ style: "unit", unit: "second", unitDisplay: "short", maximumFractionDigits: value < 10 ? 1 : 0 }).format(value);
    case "count": return formatter({ maximumFractionDigits: 0 }).format(value);
    default: return formatter(compact(value)).format(value);
  }
}

/** On an axis: as short as can be. */
export function short(value, unit) {
  switch (unit.kind) {
    case "money":
    case "unit-value": return money(value, unit.currency, tick(value));
    case "percent": return percent(value, Number.isInteger(value) ? 0 : 1, "auto");
    case "share": return formatter({ style: "percent", maximumFractionDigits: 0 }).format(value);
    default: return formatter(tick(value)).format(value);
  }
}

/** Every digit that the API gave, grouped. */
export function exact(text) {
  if (text === null || text === undefined) return "\u2013";
  const decimals = /\.(\d+)/.exec(text)?.[1].length ?? 0;
  return /^-?\d+(\.\d+)?$/.test(text)
    ? formatter({ minimumFractionDigits: Math.min(decimals, 20), maximumFractionDigits: Math.min(decimals, 20) }).format(text)
    : text;
}

function money(value, currency, options) {
  try {
    return formatter({ style: "currency", currency, currencyDisplay: "narrowSymbol", ...options }).format(value);
  } catch {
    // Not a currency that the browser knows.
    return `${formatter(options).format(value)} ${currency}`;
  }
}

// Three or four digits that count: 987, 1.23K, 45.6M.
function compact(value) {
  const size = Math.abs(value);
  if (size === 0) return { maximumFractionDigits: 0 };
  if (size < 0.01) return { maximumSignificantDigits: 2 };
  if (size < 1000) return { minimumFractionDigits: size < 100 ? 2 : 1, maximumFractionDigits: size < 100 ? 2 : 1 };
  return { notation: "compact", minimumSignificantDigits: 3, maximumSignificantDigits: 3 };
}

function tick(value) {
  return Math.abs(value) < 1000 ? { minimumFractionDigits: 0, maximumSignificantDigits: 3 } : { notation: "compact", minimumFractionDigits: 0, maximumSignificantDigits: 3 };
}

function percent(value, decimals, signDisplay) {
  return formatter({ style: "percent", signDisplay, minimumFractionDigits: decimals, maximumFractionDigits: decimals }).format(value / 100);
}

function signed(value, decimals) {
  return formatter({ signDisplay: "exceptZero", minimumFractionDigits: decimals, maximumFractionDigits: decimals }).format(value);
}

let reporting = "UTC";

/** Whose calendar the service keeps where no zone is chosen: every answer tells. */
export function noteReportingZone(name) {
  if (name && !state().zone) reporting = name;
}

/** The zone that instants are told in: the chosen one, else the service's. One that the browser does not know the API refuses, and says so. */
export function zone() {
  const chosen = state().zone;
  return chosen && isZone(chosen) ? chosen : reporting;
}

const zones = new Map();

function isZone(name) {
  if (!zones.has(name)) {
    try {
      new Intl.DateTimeFormat("en", { timeZone: name });
      zones.set(name, true);
    } catch {
      zones.set(name, false);
    }
  }

  return zones.get(name);
}

export function instant(text, zoneName = zone()) {
  return new Intl.DateTimeFormat(locale(), { dateStyle: "medium", timeStyle: "short", timeZone: zoneName, hour12: false }).format(new Date(text)) + ` ${zoneName}`;
}

export function clock(text) {
  return new Intl.DateTimeFormat(locale(), { timeStyle: "medium", timeZone: zone(), hour12: false }).format(new Date(text));
}

/** A period as it is read: Nov 2026, 2026 Q3, 12 Jul 2026. */
export function periodName(name) {
  const month = /^(\d{4})-(\d{2})$/.exec(name);
  if (month) return new Intl.DateTimeFormat(locale(), { month: "short", year: "numeric", timeZone: "UTC" }).format(new Date(`${name}-01T00:00:00Z`));
  const quarter = /^(\d{4})-Q(\d)$/.exec(name);
  if (quarter) return word("quarter_name", { year: quarter[1], quarter: quarter[2] });
  if (/^\d{4}-\d{2}-\d{2}$/.test(name)) return new Intl.DateTimeFormat(locale(), { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" }).format(new Date(`${name}T00:00:00Z`));
  if (/T/.test(name)) return new Intl.DateTimeFormat(locale(), { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", hour12: false, timeZone: zone() }).format(new Date(name));
  return name;
}
