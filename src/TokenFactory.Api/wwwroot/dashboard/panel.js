// A chart with all that belongs to it: controls, legend, zoom, table, downloads, the link and the calls behind it.
import { address, go, state } from "./address.js";
import { ApiError, hasKey } from "./api.js";
import { draw, picture, placesOf, readout } from "./chart.js";
import { copy, csv, element, save, tell } from "./elements.js";
import { exact, instant, periodName, show } from "./numbers.js";
import { locale, word } from "./words.js";

/** What charts are drawn into follows the width of the page. */
export const sizes = new ResizeObserver(entries => {
  for (const { target } of entries) globalThis.echarts?.getInstanceByDom(target)?.resize();
});

/**
 * A control: { name, label, kind: "select" | "date", options: [[value, text], ...], fallback, when: state => boolean }. Its name is a parameter of the address, and its
 * fallback is not written there.
 */
export function controls(list, changed = () => {}) {
  const node = element("div", { class: "controls" });
  const made = list.map(control => {
    const field = element(control.kind === "date" ? "input" : "select", {
      name: control.name, type: control.kind === "date" ? "date" : null,
      onchange: () => {
        // A year that is still being typed.
        if (control.kind === "date" && field.value && field.value < "2000") return;
        go({ [control.name]: field.value === (control.fallback ?? "") ? "" : field.value, ...control.clears });
        changed();
      },
    });
    const label = element("label", {}, element("span", {}, control.label), field);
    node.append(label);
    return { ...control, field, label };
  });

  function sync() {
    const now = state();
    for (const { name, kind, options, fallback, when, field, label } of made) {
      const value = now[name] ?? fallback ?? "";
      if (kind !== "date") fill(field, typeof options === "function" ? options(now) : options, value);
      field.value = value;
      label.hidden = when ? !when(now) : false;
    }
  }

  sync();
  return { node, sync, names: list.map(each => each.name) };
}

// Keeps the focus: what is the same is not made anew. A value that is not among the options is shown as it is: the API says what is wrong with it.
function fill(field, options, value) {
  const all = options.some(([each]) => each === value) ? options : [...options, [value, value]];
  const wanted = JSON.stringify(all);
  if (field.dataset.options === wanted) return;
  field.dataset.options = wanted;
  field.replaceChildren(...all.map(([each, text]) => element("option", { value: each }, text)));
}

/**
 * @param {string} id The panel is #panel-id.
 * @param {{ title: string, about?: string, controls?: object[], prefix?: string, depends?: string[], chart?: boolean, isTableOpen?: boolean, rowAction?: Function, whenClicked?: Function,
 *   load: (state: object, signal: AbortSignal) => Promise<object> }} spec What it shows: load gives a figure (chart.js), or null where there is nothing.
 */
export function panel(id, spec) {
  const { prefix = "", depends = [] } = spec;
  const [hideName, fromName, toName] = ["hide", "from", "to"].map(name => prefix + name);
  const bar = controls(spec.controls ?? []);
  const canvas = element("div", { class: "canvas" });
  const readoutNode = element("p", { class: "readout visually-hidden", "aria-live": "polite" });
  const chartNode = element("div", { class: "chart", role: "img", tabindex: 0, dataset: { chart: id } }, canvas);
  const legend = element("div", { class: "legend", role: "group", "aria-label": word("legend") });
  const zoom = element("div", { class: "zoom" });
  const notes = element("ul", { class: "notes" });
  const tableNode = element("div", { class: "table-wrap", role: "region", tabindex: 0, "aria-label": `${spec.title}: ${word("table")}`, hidden: spec.chart !== false && !spec.isTableOpen });
  const message = element("div", { class: "message", role: "status" });
  const tableButton = element("button", { type: "button", dataset: { act: "table" }, "aria-expanded": String(spec.isTableOpen === true), onclick: toggleTable }, word("table"));
  const tools = element("div", { class: "tools", role: "group", "aria-label": word("tools") },
    spec.chart === false ? null : tableButton,
    spec.chart === false ? null : element("button", { type: "button", dataset: { act: "png" }, onclick: savePicture }, "PNG"),
    element("button", { type: "button", dataset: { act: "csv" }, onclick: saveTable }, "CSV"),
    element("button", { type: "button", dataset: { act: "link" }, onclick: () => copy(linkOf(), word("link_copied")) }, word("link")),
    element("button", { type: "button", dataset: { act: "call" }, onclick: () => showCalls(figure?.calls ?? []) }, word("call")));
  const node = element("section", { class: "panel", id: `panel-${id}`, "aria-labelledby": `title-${id}`, dataset: { state: "loading" } },
    element("div", { class: "heading" }, element("h2", { id: `title-${id}` }, spec.title), spec.about ? element("p", {}, spec.about) : null),
    bar.node, legend, spec.chart === false ? null : chartNode, message, element("div", { class: "foot" }, tools, zoom), tableNode, notes, readoutNode);
  if (spec.chart !== false) sizes.observe(canvas);

  let figure = null;
  let known = null;
  let chart = null;
  let place = -1;
  let under = null;
  let [isReading, isGone] = [false, false];

  chartNode.addEventListener("keydown", event => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step || !figure || !chart) return;
    event.preventDefault();
    const last = placesOf(figure) - 1;
    place = place < 0 ? (step > 0 ? 0 : last) : Math.min(last, Math.max(0, place + step));
    const seriesIndex = figure.kind === "curve" ? 2 : Math.max(0, drawnSeries().findIndex(each => !hidden().includes(each.id)));
    chart.dispatchAction({ type: "showTip", seriesIndex, dataIndex: place });
    readoutNode.textContent = readout(figure, place, hidden());
  });
  chartNode.addEventListener("blur", () => { place = -1; chart?.dispatchAction({ type: "hideTip" }); });

  const hidden = () => (state()[hideName] ?? "").split(",").filter(Boolean);
  const range = () => ({ from: state()[fromName], to: state()[toName] });
  const drawnSeries = () => figure?.series?.filter(each => each.drawn !== false) ?? [];

  /** Shows what the address asks for; asks the API only where that is something else than before. */
  async function refresh(force = false) {
    bar.sync();
    const now = state();
    const wanted = JSON.stringify([[...bar.names, ...depends, "zone"].map(name => now[name]), locale(), hasKey()]);
    if (!force && wanted === known) {
      // What is on its way is drawn by the address as it is then.
      if (isReading) return;
      if (figure) return render();
    }

    known = wanted;
    under?.abort();
    const mine = under = new AbortController();
    isReading = true;
    setState("loading");
    message.replaceChildren(element("p", {}, word("loading")));
    try {
      const read = await spec.load(now, mine.signal);
      if (mine.signal.aborted) return;
      isReading = false;
      await present(read);
    } catch (error) {
      if (mine.signal.aborted) return;
      isReading = false;
      figure = null;
      known = null;
      setState("error");
      message.replaceChildren(...explain(error, () => refresh(true)));
    }
  }

  /** Shows a figure. */
  async function present(read) {
    figure = read;
    if (!read || placesOf(read) === 0) {
      setState("empty");
      // No data at all, or none of what was asked for?
      const isAsked = read?.context ? read.context.complete_through !== null : Boolean(state().start || state().end || state().period);
      message.replaceChildren(...(read?.empty ?? (isAsked ? [element("p", {}, word("nothing_here"))] : nothingYet())));
      return;
    }

    await render();
  }

  async function render() {
    if (!figure || placesOf(figure) === 0) return;
    bar.sync();
    renderLegend();
    renderZoom();
    renderNotes();
    if (!tableNode.hidden) renderTable();
    // Shown before it is drawn: a chart takes the size of what it is drawn into.
    setState("ready");
    message.replaceChildren();
    chartNode.setAttribute("aria-label", `${spec.title}. ${figure.summary ?? readout(figure, placesOf(figure) - 1, hidden())}. ${word("chart_keys")}`);
    if (spec.chart === false) return;
    let drawn;
    try {
      drawn = await draw(canvas, drawnFigure(), hidden(), range());
    } catch (error) {
      // Without the library there are still the table and what is downloaded of it.
      chartNode.hidden = true;
      if (tableNode.hidden) toggleTable();
      return message.replaceChildren(...explain(error, () => { chartNode.hidden = false; render(); }));
    }

    if (isGone) return drawn.dispose();
    const isNew = chart !== drawn;
    chart = drawn;
    if (isNew) {
      chart.on("datazoom", zoomed);
      if (spec.whenClicked) chart.on("click", at => spec.whenClicked(figure, at.dataIndex));
    }

    node.dataset.drawn = String(Number(node.dataset.drawn ?? 0) + 1);
  }

  const drawnFigure = () => (figure.series ? { ...figure, told: figure.series, series: drawnSeries() } : figure);

  let zooming;
  function zoomed() {
    clearTimeout(zooming);
    zooming = setTimeout(() => {
      const [{ startValue, endValue }] = chart.getOption().dataZoom;
      const last = figure.periods.length - 1;
      go({ [fromName]: startValue > 0 ? figure.periods[startValue].period : "", [toName]: endValue < last ? figure.periods[endValue].period : "" }, { replace: true });
    }, 250);
  }

  function setState(name) { node.dataset.state = name; }

  function renderLegend() {
    const series = drawnSeries();
    const off = hidden();
    legend.hidden = series.length < 2;
    if (series.length < 2) return legend.replaceChildren();
    const focused = document.activeElement?.dataset?.series;
    legend.replaceChildren(...series.map(each => {
      const mark = element("i", { class: each.dash ? "dash" : each.shape === "line" || !each.shape ? "line" : "" });
      mark.style.color = each.colour;
      return element("button", {
        type: "button", "aria-pressed": String(!off.includes(each.id)), dataset: { series: each.id },
        onclick: () => {
          const next = off.includes(each.id) ? off.filter(one => one !== each.id) : [...off, each.id];
          go({ [hideName]: next.join(",") }, { replace: true });
        },
      }, mark, each.name);
    }));
    if (focused && legend.contains(document.activeElement) === false) legend.querySelector(`[data-series="${CSS.escape(focused)}"]`)?.focus();
  }

  function renderZoom() {
    zoom.hidden = spec.chart === false || !figure.periods || figure.periods.length < 3 || figure.live === true;
    if (zoom.hidden) return zoom.replaceChildren();
    if (!zoom.firstChild) {
      zoom.append(...[[fromName, "from"], [toName, "to"]].map(([name, key]) => element("label", {}, element("span", {}, word(key)),
        element("select", { name, onchange: event => go({ [name]: event.target.value }, { replace: true }) }))),
      element("button", { type: "button", dataset: { act: "unzoom" }, onclick: () => go({ [fromName]: "", [toName]: "" }, { replace: true }) }, word("all_periods")));
    }

    const options = figure.periods.map(each => [each.period, periodName(each.period)]);
    for (const [field, name, none] of [[zoom.querySelectorAll("select")[0], fromName, word("first")], [zoom.querySelectorAll("select")[1], toName, word("last")]]) {
      const value = state()[name] ?? "";
      fill(field, [["", none], ...options], value);
      field.value = value;
    }
  }

  function renderNotes() {
    const { context } = figure;
    const lines = [...figure.notes ?? []];
    if (context) lines.push(word("as_of_note", { vintage: context.as_of, through: context.complete_through ? instant(context.complete_through) : "\u2013" }));
    notes.replaceChildren(...lines.map(each => element("li", {}, each)));
  }

  function toggleTable() {
    tableNode.hidden = !tableNode.hidden;
    tableButton.setAttribute("aria-expanded", String(!tableNode.hidden));
    if (!tableNode.hidden) renderTable();
  }

  function renderTable() {
    const { columns, rows } = tableOf(figure);
    // The row that was pressed may be gone: the focus stays in the table.
    const isHeld = tableNode.contains(document.activeElement) && document.activeElement !== tableNode;
    tableNode.replaceChildren(...[element("table", {},
      element("caption", {}, spec.title),
      element("thead", {}, element("tr", {}, columns.map(each => element("th", { scope: "col", class: each.unit ? "number" : null }, each.name)), spec.rowAction ? element("td") : null)),
      element("tbody", {}, rows.map((row, index) => element("tr", {},
        row.map((text, at) => (at === 0
          ? element("th", { scope: "row", dataset: { exact: text ?? "" } }, columns[0].isPeriod ? periodName(text) : cellText(text, columns[0]))
          : element("td", { class: columns[at].unit ? "number" : null, dataset: { exact: text ?? "" } }, cellText(text, columns[at])))),
        spec.rowAction ? element("td", {}, spec.rowAction(figure, index)) : null)))),
    figure.more ? element("button", { type: "button", class: "more", dataset: { act: "more" }, onclick: more }, word("more")) : null].filter(Boolean));
    if (isHeld) tableNode.focus({ preventScroll: true });
  }

  // The rows that follow, after those that are there.
  async function more(event) {
    event.target.disabled = true;
    const before = figure;
    try {
      const next = await figure.more(under.signal);
      if (figure !== before) return;
      figure = { ...next, notes: before.notes, rows: [...before.rows, ...next.rows], periods: [...before.periods, ...next.periods], table: { ...next.table, rows: [...before.table.rows, ...next.table.rows] } };
      await render();
    } catch (error) {
      event.target.disabled = false;
      if (!under.signal.aborted) tell(explain(error, () => {})[0].textContent);
    }
  }

  const titleOf = () => (figure.title ?? spec.title);
  const linkOf = () => new URL(address({}), location.href).href;
  const fileName = extension => `token-factory-${id}-${new Date().toISOString().slice(0, 10)}.${extension}`;

  async function savePicture() {
    if (!figure) return;
    const about = [figure.unitName, ...(figure.context ? [word("as_of_short", { vintage: figure.context.as_of })] : []), "Token Factory"].filter(Boolean).join(" \u00b7 ");
    save(await picture(drawnFigure(), titleOf(), about, hidden(), range()), fileName("png"));
    tell(word("saved"));
  }

  function saveTable() {
    if (!figure) return;
    const { columns, rows } = tableOf(figure);
    // A byte order mark, or spreadsheets take names for another encoding than UTF-8.
    save(new Blob(["\ufeff", csv([columns.map(each => each.id), ...rows])], { type: "text/csv;charset=utf-8" }), fileName("csv"));
    tell(figure.more ? word("saved_part", { rows: rows.length }) : word("saved"));
  }

  return { id, node, refresh, present, focus: () => tableNode.focus({ preventScroll: true }), dispose: () => { isGone = true; under?.abort(); clearTimeout(zooming); sizes.unobserve(canvas); chart?.dispose(); chart = null; } };
}

function cellText(text, column) {
  if (column.show) return column.show(text);
  if (!column.unit) return text ?? "\u2013";
  return column.unit.kind === "percent" || column.unit.kind === "points" ? show(text, column.unit) : exact(text);
}

/** What a chart shows as a table: exact texts, columns with the API's names. */
function tableOf(figure) {
  if (figure.table) return figure.table;
  return {
    columns: [{ id: "period", name: word("period"), isPeriod: true }, ...figure.series.map(each => ({ id: each.id, name: each.name, unit: each.unit ?? figure.unit })), { id: "status", name: word("status"), show: text => (text ? word(`status_${text}`) : "\u2013") }, { id: "partial", name: word("so_far_title"), show: text => word(text === "true" ? "yes" : "no") }],
    rows: figure.periods.map((period, index) => [period.period, ...figure.series.map(each => each.values[index] ?? null), period.status ?? null, String(period.partial === true)]),
  };
}

/** What an empty ledger shows, and what to do about it. */
export function nothingYet() {
  return [element("p", {}, word("nothing")), element("p", {}, element("a", { href: "swagger/" }, word("nothing_do")))];
}

/** What went wrong, and what to do about it. */
export function explain(error, again) {
  const retry = element("button", { type: "button", onclick: again }, word("retry"));
  if (!(error instanceof ApiError)) return [element("p", {}, error.message), retry];
  if (error.needsKey) return [element("p", {}, word(error.problem?.code === "confidential" ? "withheld" : hasKey() ? "key_not_enough" : "key_needed")), element("button", { type: "button", class: "primary", onclick: () => document.getElementById("key-button").click() }, word("key_enter"))];
  const text = error.status === 0 ? word("no_answer") : error.status === 503 ? word("away") : error.status === 429 ? word("too_many") : word("failed", { status: error.status });
  const said = error.status >= 400 && error.status < 500 ? sayings(error.problem) : [];
  return [element("p", {}, text), ...said.map(each => element("p", { class: "said", lang: "en" }, each)), retry];
}

function sayings(problem) {
  const errors = (problem?.errors ?? []).slice(0, 4).map(({ pointer, detail }) => `${pointer?.replace(/^\?/, "") ?? ""}: ${detail}`);
  return errors.length ? errors : problem?.detail ? [problem.detail] : [];
}

function showCalls(calls) {
  const host = document.getElementById("calls");
  host.replaceChildren(...calls.map(path => {
    const url = new URL(path, document.baseURI).href;
    const curl = `curl -s '${url.replaceAll("'", "%27")}'`;
    return element("div", { class: "call" },
      element("code", { tabindex: 0 }, `GET ${new URL(url).pathname}${new URL(url).search}`),
      element("div", { class: "row" },
        element("button", { type: "button", onclick: () => copy(url, word("copied")) }, word("copy_address")),
        element("button", { type: "button", onclick: () => copy(curl, word("copied")) }, word("copy_curl")),
        element("a", { href: url, target: "_blank", rel: "noopener" }, "JSON"),
        /\/v1\/(stream|status)/.test(path) ? null : element("a", { href: url + (url.includes("?") ? "&" : "?") + "format=csv", target: "_blank", rel: "noopener" }, "CSV")));
  }));
  document.getElementById("call-dialog").showModal();
}
