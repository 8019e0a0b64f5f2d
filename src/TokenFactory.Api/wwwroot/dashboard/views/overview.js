// The latest whole period in figures, each with its past.
import { addressOf, state } from "../address.js";
import { call, read } from "../api.js";
import { charts, spark } from "../chart.js";
import { element } from "../elements.js";
import { exact, periodName, show } from "../numbers.js";
import { controls, explain, nothingYet, panel, sizes } from "../panel.js";
import { byGroup, columnOf, growth, ordered, periodsOf, reasonsOf, seriesOf, yearBefore } from "../series.js";
import { nameOf, word } from "../words.js";
import { frequencyOf, frequencyOptions } from "./parameters.js";

const sectors = ["household", "government", "enterprise"];

export function overview() {
  const bar = controls([{ name: "frequency", label: word("period_length"), options: frequencyOptions(["month", "quarter", "year"]), fallback: "month", clears: { from: "", to: "" } }]);
  const headline = element("div", { class: "cards headline" }, ["nominal", "real"].map(emptyCard));
  const others = element("div", { class: "cards" }, ["price", ...sectors.map(each => `index-${each}`), "unit-value", "tokens"].map(emptyCard));
  const message = element("div", { class: "message", role: "status" });
  const cards = element("section", { class: "figures", "aria-labelledby": "figures-title", dataset: { state: "loading" } },
    element("div", { class: "heading" }, element("h2", { id: "figures-title" }, word("latest")), element("div", { id: "overview-controls" }, bar.node)), message, headline, others);
  const sparks = new Map();
  let [under, known] = [null, null];

  const bySector = panel("overview", {
    title: word("gdp_by_sector"), about: word("gdp_about"), depends: ["frequency"],
    load: async (now, signal) => {
      // Groups have rows only where they have data; the total has all periods.
      const [path, totalPath] = ["sector", ""].map(by => call("v1/gdp", { frequency: frequencyOf(now), by, time_zone: now.zone }));
      const [answer, all] = await Promise.all([read(path, signal), read(totalPath, signal)]);
      const periods = periodsOf(all.rows);
      const groups = byGroup(answer.rows, "sector", "gdp");
      const series = seriesOf(groups, ordered(groups, "sector"), periods, { shape: "bar", stack: "gdp" });
      const total = { id: "total", name: nameOf("total"), drawn: false, values: columnOf(all.rows, periods, "gdp") };
      return { periods, series: [...series, total], unit: { kind: "money", currency: answer.currency }, unitName: answer.currency, notes: [word("unit_money", { currency: answer.currency }), ...reasonsOf(answer.rows), ...periods.some(each => each.partial) ? [word("partial_note")] : []], calls: [path, totalPath], context: answer };
    },
  });

  async function refresh() {
    bar.sync();
    bySector.refresh();
    const wanted = JSON.stringify([frequencyOf(state()), state().zone]);
    if (wanted === known && cards.dataset.state === "ready") return;
    known = wanted;
    under?.abort();
    const { signal } = under = new AbortController();
    const now = state();
    const frequency = frequencyOf(now);
    let gdpPath = call("v1/gdp", { frequency, prices: "chained", time_zone: now.zone });
    const indexPath = call("v1/token-index", { frequency, time_zone: now.zone });
    const index = read(indexPath, signal);
    index.catch(() => {});
    try {
      const gdp = await read(gdpPath, signal).catch(error => {
        if (error.problem?.code !== "confidential") throw error;
        // Where small cells are withheld, the public is told nothing that is made of items.
        gdpPath = call("v1/gdp", { frequency, time_zone: now.zone });
        return read(gdpPath, signal);
      });
      const at = gdp.rows.findLastIndex(row => !row.partial);
      if (gdp.rows.length === 0) return say("empty", nothingYet());
      if (at < 0) return say("empty", [element("p", {}, word("nothing_whole")), element("p", {}, element("a", { href: addressOf("live") }, word("see_live")))]);
      say("ready", []);
      const money = { kind: "money", currency: gdp.currency };
      const rows = gdp.rows.slice(0, at + 1);
      fill("nominal", word("nominal"), word("unit_money", { currency: gdp.currency }), money, rows, "gdp", gdp, gdpPath);
      fill("real", word("real"), gdp.reference ? word("unit_real", { currency: gdp.currency, reference: periodName(gdp.reference) }) : gdp.currency, money, rows, "real", gdp, gdpPath);
      fill("unit-value", word("unit_value"), word("unit_unit_value", { currency: gdp.currency }), { kind: "unit-value", currency: gdp.currency }, rows, "unit_value", gdp, gdpPath);
      fill("tokens", word("tokens"), word("unit_tokens"), { kind: "tokens" }, rows, "quantity", gdp, gdpPath);
      const indices = await index.catch(error => {
        if (error.problem?.code !== "confidential") throw error;
        message.replaceChildren(...explain(error, refresh));
        return { rows: [] };
      });
      for (const name of ["total", ...sectors]) {
        const own = indices.rows.filter(row => row.sector === name && !row.partial);
        fill(name === "total" ? "price" : `index-${name}`, name === "total" ? word("price_index") : word("index_of", { sector: nameOf(name) }),
          word("unit_index", { reference: indices.reference ? periodName(indices.reference) : word("first_period") }), { kind: "index" }, own, "price", indices, indexPath,
          name === "total" ? null : own.at(-1));
      }
    } catch (error) {
      if (signal.aborted) return;
      known = null;
      say("error", explain(error, refresh));
    }
  }

  function say(name, children) {
    cards.dataset.state = name;
    message.replaceChildren(...children);
    if (name !== "ready") for (const card of cards.querySelectorAll(".card")) card.dataset.state = name;
  }

  function fill(name, title, unitText, unit, rows, column, context, path, index = null) {
    const card = cards.querySelector(`[data-figure="${name}"]`);
    const last = rows.at(-1);
    card.hidden = last?.[column] === undefined;
    if (card.hidden) return;
    const before = rows.at(-2);
    const yearAgo = rows.find(row => row.period === yearBefore(last.period));
    const pch = growth(last[column], before?.[column]);
    const pc1 = growth(last[column], yearAgo?.[column]);
    const sparkNode = element("div", { class: "spark", "aria-hidden": "true" });
    card.replaceChildren(...[
      element("h3", {}, title),
      element("p", { class: "value", dataset: { exact: last[column] ?? "" }, title: exact(last[column]) }, show(last[column], unit)),
      element("p", { class: "unit" }, unitText),
      element("p", { class: "growth", dataset: { exact: pch ?? "" } }, arrow(pch), ` ${show(pch, { kind: "percent" })} `, element("span", {}, word("on_period_before"))),
      pc1 === null || frequencyOf(state()) === "year" ? null : element("p", { class: "growth-year", dataset: { exact: pc1 } }, arrow(pc1), ` ${show(pc1, { kind: "percent" })} `, element("span", {}, word("on_year_before"))),
      index && element("p", { class: "beside" }, word("quantity_and_value", { quantity: show(index.quantity, { kind: "index" }), value: show(index.value, { kind: "index" }) })),
      sparkNode,
      element("p", { class: "of" }, element("span", { class: "period" }, periodName(last.period)), " ",
        element("span", { class: `status ${last.status}` }, word(`status_${last.status}`)), " ",
        element("span", { class: "vintage", title: word("vintage_about") }, word("vintage", { date: context.as_of }))),
    ].filter(Boolean));
    card.dataset.state = "ready";
    card.dataset.call = path;
    const past = rows.slice(-25).map(row => [row.period, row[column]]);
    drop(name);
    sizes.observe(sparkNode);
    sparks.set(name, sparkNode);
    spark(sparkNode, past, unit).catch(() => {});
  }

  function drop(name) {
    const node = sparks.get(name);
    if (!node) return;
    sizes.unobserve(node);
    globalThis.echarts?.getInstanceByDom(node)?.dispose();
    sparks.delete(name);
  }

  charts().catch(() => {});
  return { nodes: [cards, bySector.node], refresh, dispose: () => { under?.abort(); bySector.dispose(); for (const name of [...sparks.keys()]) drop(name); } };
}

function emptyCard(name) {
  return element("article", { class: "card", dataset: { figure: name, state: "loading" } }, element("h3", {}, "\u00a0"), element("p", { class: "value" }, "\u00a0"), element("p", { class: "unit" }, "\u00a0"));
}

function arrow(percent) {
  const value = Number(percent ?? 0);
  return element("span", { class: "arrow", "aria-hidden": "true" }, percent === null || value === 0 ? "\u2192" : value > 0 ? "\u25b2" : "\u25bc");
}
