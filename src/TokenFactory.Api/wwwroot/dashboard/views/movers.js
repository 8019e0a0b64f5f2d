// What moved it: contributions to growth as a waterfall, and from them down to the entries of the ledger.
import { address, go, state } from "../address.js";
import { ApiError, call, hasKey, read } from "../api.js";
import { element } from "../elements.js";
import { exact, instant, periodName, show } from "../numbers.js";
import { panel } from "../panel.js";
import { nameIn, nameOf, word } from "../words.js";
import { dateIn, frequencyOf, frequencyOptions, named, periodOf, periodOptions } from "./parameters.js";

const dimensions = ["sector", "producer", "model", "token_class", "service_tier"];
const most = 9;

export function movers() {
  let periods = [];
  const trail = element("nav", { id: "trail", "aria-label": word("trail") });

  const waterfall = panel("movers", {
    title: word("movers"), about: word("movers_about"), depends: dimensions, isTableOpen: true,
    whenClicked: (figure, index) => {
      const row = figure.rows[index];
      const inside = row && figure.steps[index].id === row.id && next(figure.asked, row.id);
      if (inside) go(inside);
    },
    controls: [
      { name: "index", label: word("measure"), options: [["quantity", word("real_growth")], ["price", word("price_growth")]], fallback: "quantity" },
      { name: "by", label: word("by"), options: named(dimensions), fallback: "sector" },
      { name: "frequency", label: word("period_length"), options: frequencyOptions(["day", "week", "month", "quarter", "year"]), fallback: "month", clears: { period: "" } },
      { name: "period", label: word("period"), options: () => periodOptions(periods, word("latest_whole")) },
    ],
    rowAction: (figure, index) => {
      const inside = figure.rows[index] && next(figure.asked, figure.rows[index].id);
      return inside ? element("button", { type: "button", dataset: { drill: figure.rows[index].id }, onclick: () => go(inside) }, word("drill")) : null;
    },
    load: async (now, signal) => {
      const frequency = frequencyOf(now);
      const found = await periodOf(now, frequency, signal);
      ({ periods } = found);
      if (!found.period) return periods.length ? { steps: [], calls: [] } : null;
      const by = now.by ?? "sector";
      // Contributions do not read before their window, and what is filtered may have had nothing for long: so it begins with the first period.
      const path = call("v1/contributions", {
        index: now.index ?? "quantity", by, frequency, time_zone: now.zone, start: dateIn(new Date(periods[0].start)), end: dateIn(new Date(found.period.end)), ...filters(now),
      });
      const answer = await read(path, signal);
      const rows = answer.rows.filter(row => row.period === found.period.period).map(row => ({ ...row, id: row[by] }));
      const title = `${word(now.index === "price" ? "price_growth" : "real_growth")}, ${periodName(found.period.period)}`;
      const whole = rows.find(row => row.growth !== null);
      if (!whole) return { steps: [], empty: [element("p", {}, rows[0] ? word("missing_because", { reason: nameOf(rows[0].null_reason) }) : word("nothing_here"))], calls: [path], context: answer };
      rows.sort((a, b) => Math.abs(Number(b.contribution)) - Math.abs(Number(a.contribution)));
      const rest = rows.slice(most);
      const steps = rows.slice(0, most).map(row => ({ id: row.id, name: nameIn(by, row.id), value: row.contribution }));
      if (rest.length) steps.push({ id: "~others", name: word("others", { count: rest.length }), value: rest.reduce((all, row) => all + Number(row.contribution), 0).toFixed(6) });
      steps.push({ id: "~growth", name: word("growth_total"), value: whole.growth, isTotal: true });
      const points = { kind: "points" };
      return {
        kind: "steps", steps, rows, asked: now, unit: { kind: "percent" }, unitName: word("unit_points"), valueName: word("contribution"), title, calls: [path], context: answer,
        notes: [word("unit_points"), word("compared_with", { period: periodName(whole.compared_with) }), word("matched_note", { share: show(whole.matched_share, { kind: "share" }) })],
        summary: word("growth_summary", { title, growth: show(whole.growth, { kind: "percent" }) }),
        table: {
          columns: [{ id: by, name: nameOf(by), show: text => (text === "~growth" ? word("growth_total") : nameIn(by, text)) }, { id: "contribution", name: word("contribution"), unit: points }, { id: "new_items", name: word("new_items"), unit: { kind: "count" } }, { id: "vanished_items", name: word("vanished_items"), unit: { kind: "count" } }],
          rows: [...rows.map(row => [row.id, row.contribution, String(row.new_items), String(row.vanished_items)]), ["~growth", whole.growth, null, null]],
        },
      };
    },
  });

  const items = panel("items", {
    title: word("items"), about: word("items_about"), chart: false, depends: ["index", "frequency", "period", ...dimensions],
    rowAction: (figure, index) => {
      const row = figure.rows[index];
      return element("button", {
        type: "button", dataset: { entries: `${row.producer}/${row.model}/${row.token_class}/${row.service_tier}` },
        onclick: () => { go({ producer: row.producer, model: row.model, token_class: row.token_class, service_tier: row.service_tier, entries: "1" }); entries.node.scrollIntoView(); entries.focus(); },
      }, word("to_entries"));
    },
    load: (now, signal) => readItems(now, signal),
  });

  const entries = panel("entries", {
    title: word("entries"), about: word("entries_about"), chart: false, depends: ["frequency", "period", ...dimensions],
    load: (now, signal) => readEntries(now, signal),
  });

  async function refresh() {
    const now = state();
    renderTrail(trail, now);
    entries.node.hidden = now.entries !== "1";
    await Promise.all([waterfall.refresh(), items.refresh(), now.entries === "1" ? entries.refresh() : null]);
  }

  return { nodes: [trail, waterfall.node, items.node, entries.node], refresh, dispose: () => [waterfall, items, entries].forEach(each => each.dispose()) };
}

function filters(now) {
  return Object.fromEntries(dimensions.map(each => [each, now[each]]));
}

// One step further down: only this group, by the next dimension that is still open.
function next(now, id) {
  const by = now.by ?? "sector";
  const open = dimensions.filter(each => !now[each] && each !== by);
  return open.length ? { [by]: id, by: open[0] === "sector" ? "" : open[0], entries: "" } : null;
}

function renderTrail(trail, now) {
  const steps = dimensions.filter(each => now[each]);
  trail.hidden = steps.length === 0;
  trail.replaceChildren(element("ol", {},
    element("li", {}, element("a", { href: address({ ...Object.fromEntries(dimensions.map(each => [each, ""])), by: "", entries: "" }), dataset: { inside: "" } }, word("whole_economy"))),
    steps.map(each => element("li", {}, element("a", { href: address({ [each]: "", by: each === "sector" ? "" : each, entries: "" }), dataset: { inside: "" }, title: word("trail_remove") }, `${nameOf(each)}: ${nameIn(each, now[each])} \u00d7`)))));
}

// Pages of what is behind a figure, as the API gives them.
async function explained(now, signal, parameters, cursor) {
  if (!hasKey()) throw new ApiError(401);
  const found = await periodOf(now, frequencyOf(now), signal);
  if (!found.period) return null;
  const path = call("v1/explain", { ...parameters, frequency: frequencyOf(now), period: found.period.period, time_zone: now.zone, limit: 50, ...filters(now), cursor });
  return { answer: await read(path, signal), path };
}

async function readItems(now, signal, cursor) {
  const got = await explained(now, signal, { figure: now.index === "price" ? "price_index" : "quantity_index" }, cursor);
  if (!got) return null;
  const { answer, path } = got;
  const rows = answer.contributions ?? [];
  const [unit, tokens, points] = [{ kind: "unit-value", currency: answer.currency }, { kind: "tokens" }, { kind: "points" }];
  return {
    periods: rows, series: [], rows, calls: [path], context: answer, notes: [word("unit_unit_value", { currency: answer.currency })],
    more: answer.next_cursor ? next => readItems(now, next, answer.next_cursor) : null,
    table: {
      columns: [["model", nameOf("model")], ["token_class", nameOf("token_class"), null, nameOf], ["service_tier", nameOf("service_tier"), null, nameOf], ["contribution", word("contribution"), points], ["base_price", word("base_price"), unit], ["price", word("price_now"), unit],
        ["base_quantity", word("base_quantity"), tokens], ["quantity", word("quantity_now"), tokens]].map(([id, name, kind, show]) => ({ id, name, unit: kind, show })),
      rows: rows.map(row => [`${row.producer}/${row.model}`, row.token_class, row.service_tier, row.contribution, row.base_price, row.price, row.base_quantity, row.quantity]),
    },
  };
}

async function readEntries(now, signal, cursor) {
  const got = await explained(now, signal, { figure: "gdp", level: "entries" }, cursor);
  if (!got) return null;
  const { answer, path } = got;
  const rows = answer.entries ?? [];
  return {
    periods: rows, series: [], rows, calls: [path], context: answer,
    notes: answer.total ? [word("entries_total", { gdp: exact(answer.total.gdp), currency: answer.currency, entries: exact(String(answer.total.entries)) })] : [],
    more: answer.next_cursor ? next => readEntries(now, next, answer.next_cursor) : null,
    table: {
      columns: [{ id: "occurred_at", name: word("occurred_at"), show: text => instant(text) }, { id: "source", name: word("source") }, { id: "event_id", name: word("event_id") }, { id: "sector", name: nameOf("sector"), show: nameOf },
        { id: "token_class", name: nameOf("token_class"), show: nameOf }, { id: "quantity", name: word("tokens"), unit: { kind: "tokens" } }, { id: "amount", name: word("amount"), unit: { kind: "money", currency: answer.currency } }],
      rows: rows.map(row => [row.occurred_at, row.source, row.event_id, row.sector, row.token_class, row.quantity, row.reporting_amount]),
    },
  };
}
