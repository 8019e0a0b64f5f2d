// Figures as charts, drawn by ECharts. This file alone knows its options.
import { clock, exact, periodName, short, show } from "./numbers.js";
import { element } from "./elements.js";
import { locale, word } from "./words.js";
import { symbols, theme } from "./palette.js";

const library = new URL("../lib/echarts-6.0.0.min.js", import.meta.url);
let loading;

/** The library, loaded when the first chart is drawn: figures in text don't wait for it. */
export function charts() {
  loading ??= new Promise((resolve, reject) => document.head.append(element("script", {
    src: library, onload: () => resolve(globalThis.echarts), onerror: () => { loading = undefined; reject(new Error(word("no_charts"))); },
  })));
  return loading;
}

const calm = matchMedia("(prefers-reduced-motion: reduce)");
const font = "system-ui, -apple-system, 'Segoe UI', 'Noto Sans', 'Noto Sans SC', 'PingFang SC', 'Microsoft YaHei', sans-serif";

/** Draws a figure into an element and gives the chart, which is the same at the next call. */
export async function draw(host, figure, hidden = [], zoom = null) {
  const echarts = await charts();
  const chart = echarts.getInstanceByDom(host) ?? echarts.init(host, null, { renderer: "canvas", locale: locale() === "zh-CN" ? "ZH" : "EN" });
  chart.setOption(options(figure, hidden, zoom, host.clientWidth), { notMerge: !figure.live });
  return chart;
}

/** A picture of a figure with its title and what it is of, on a canvas of its own. */
export async function picture(figure, title, about, hidden, zoom) {
  const echarts = await charts();
  const host = element("div");
  const chart = echarts.init(host, null, { renderer: "canvas", width: 1200, height: 675, devicePixelRatio: 2, locale: locale() === "zh-CN" ? "ZH" : "EN" });
  const { ink, quiet, card } = theme();
  const option = options(figure, hidden, zoom, 1200);
  option.animation = false;
  option.backgroundColor = card;
  option.title = { text: title, subtext: about, left: 24, top: 16, textStyle: { color: ink, fontFamily: font, fontSize: 22 }, subtextStyle: { color: quiet, fontFamily: font, fontSize: 14 } };
  option.legend = { ...option.legend, show: (figure.series?.length ?? 0) > 1, top: 84, left: 20, textStyle: { color: ink, fontFamily: font, fontSize: 14 }, type: "scroll" };
  option.grid = { left: 24, right: 32, top: 130, bottom: 24, outerBoundsMode: "same", outerBoundsContain: "axisLabel" };
  option.dataZoom = option.dataZoom?.filter(each => each.type === "inside");
  chart.setOption(option);
  const canvas = chart.renderToCanvas({ pixelRatio: 2, backgroundColor: card });
  const blob = await new Promise(done => canvas.toBlob(done, "image/png"));
  chart.dispose();
  return blob;
}

/** A line without axes, of decimal texts. */
export async function spark(host, values, unit) {
  const echarts = await charts();
  const chart = echarts.getInstanceByDom(host) ?? echarts.init(host, null, { renderer: "canvas" });
  const { series } = theme();
  chart.setOption({
    animation: false,
    grid: { left: 2, right: 6, top: 6, bottom: 4 },
    xAxis: { type: "category", show: false, boundaryGap: false, data: values.map(([period]) => period) },
    yAxis: { type: "value", show: false, scale: true },
    tooltip: {
      trigger: "axis", confine: true, ...tipBox(), axisPointer: { type: "none" },
      formatter: ([at]) => tip(periodName(at.name), [[null, null, show(values[at.dataIndex][1], unit)]]),
    },
    series: [{
      type: "line", data: values.map(([, text]) => text === null ? null : Number(text)), showSymbol: false, symbol: "circle", symbolSize: 5,
      lineStyle: { width: 2, color: series[0] }, itemStyle: { color: series[0] }, areaStyle: { color: series[0], opacity: 0.08, origin: "start" },
      markPoint: values.length ? { symbol: "circle", symbolSize: 6, label: { show: false }, itemStyle: { color: series[0] }, data: [{ coord: lastOf(values) }] } : undefined,
    }],
  }, { notMerge: true });
  return chart;
}

function lastOf(values) {
  const last = values.findLastIndex(([, text]) => text !== null);
  return last < 0 ? [0, 0] : [values[last][0], Number(values[last][1])];
}

function tip(title, lines) {
  return element("div", { class: "tip" }, element("strong", {}, title), element("table", {}, element("tbody", {}, lines.map(([mark, name, value]) => {
    const dot = element("i");
    if (mark) dot.style.background = mark;
    return element("tr", {}, name === null ? null : element("th", { scope: "row" }, mark ? dot : null, name), element("td", {}, value));
  }))));
}

function tipBox() {
  const { card, ink, line } = theme();
  return { backgroundColor: card, borderColor: line, borderWidth: 1, padding: [8, 10], textStyle: { color: ink, fontFamily: font, fontSize: 13 }, extraCssText: "box-shadow:0 4px 16px rgb(0 0 0/.18);border-radius:6px" };
}

function options(figure, hidden, zoom, width) {
  switch (figure.kind) {
    case "steps": return steps(figure, width);
    case "curve": return curve(figure, width);
    default: return periods(figure, hidden, zoom, width);
  }
}

function base() {
  const { ink } = theme();
  return {
    animation: !calm.matches, animationDuration: 250, animationDurationUpdate: 250,
    textStyle: { fontFamily: font, color: ink },
    aria: { enabled: false },
    grid: { left: 8, right: 16, top: 20, bottom: 8, outerBoundsMode: "same", outerBoundsContain: "axisLabel" },
  };
}

function axis(more) {
  const { quiet, line } = theme();
  return {
    ...more,
    axisLabel: { color: quiet, fontFamily: font, fontSize: 12, hideOverlap: true, ...more.axisLabel },
    axisLine: { lineStyle: { color: line }, ...more.axisLine }, axisTick: { show: false, ...more.axisTick },
    splitLine: { lineStyle: { color: line }, ...more.splitLine }, minorSplitLine: { show: false },
    nameTextStyle: { color: quiet, fontFamily: font, fontSize: 12 },
  };
}

function valueAxis(unit, isLog, more = {}) {
  return axis({
    type: isLog ? "log" : "value", scale: unit.kind === "index", logBase: 10, axisLabel: { formatter: value => short(value, unit) }, axisLine: { show: false }, ...more,
  });
}

function periods(figure, hidden, zoom, width) {
  const { card, quiet, line, ink } = theme();
  const isLong = figure.periods.length > 2;
  const names = figure.periods.map(each => each.period);
  const selected = Object.fromEntries(figure.series.map(each => [each.name, !hidden.includes(each.id)]));
  const second = figure.series.find(each => each.axis === 1);
  const start = zoom?.from ? Math.max(0, names.indexOf(zoom.from)) : 0;
  const end = zoom?.to && names.includes(zoom.to) ? names.indexOf(zoom.to) : names.length - 1;
  const option = {
    ...base(),
    legend: { show: false, data: figure.series.map(each => each.name), selected },
    xAxis: axis({
      type: "category", data: names, boundaryGap: figure.series.some(each => each.shape === "bar"),
      axisLabel: { formatter: figure.live ? clock : periodName }, splitLine: { show: false },
    }),
    yAxis: [
      valueAxis(figure.unit, figure.isLog, figure.isLog ? logTicks(figure.series.flatMap(each => each.values.map(Number)).filter(value => value > 0), value => short(value, figure.unit)) : figure.range),
      ...second ? [valueAxis(second.unit, false, { position: "right", splitLine: { show: false }, ...figure.secondRange })] : [],
    ],
    tooltip: {
      trigger: "axis", confine: true, ...tipBox(), axisPointer: { type: "line", lineStyle: { color: quiet } },
      formatter: shown => {
        const index = shown[0].dataIndex;
        return tip(headOf(figure, index), (figure.told ?? figure.series).filter(each => selected[each.name] !== false)
          .map(each => [each.colour, each.name, show(each.values[index], each.unit ?? figure.unit)]));
      },
    },
    dataZoom: isLong && !figure.live ? [
      { type: "inside", startValue: start, endValue: end, zoomOnMouseWheel: "ctrl", moveOnMouseWheel: false, preventDefaultMouseMove: false },
      {
        type: "slider", startValue: start, endValue: end, height: 22, bottom: 6, left: 56, right: 32, brushSelect: false, showDetail: false, borderColor: line, fillerColor: `${quiet}22`,
        handleStyle: { color: card, borderColor: quiet }, moveHandleStyle: { color: quiet }, dataBackground: { lineStyle: { color: quiet }, areaStyle: { color: quiet, opacity: 0.12 } },
        selectedDataBackground: { lineStyle: { color: quiet }, areaStyle: { color: quiet, opacity: 0.2 } },
      },
    ] : undefined,
    series: figure.series.map((each, index) => seriesOf(figure, each, index, card)),
  };
  if (option.dataZoom) option.grid.bottom = 44;
  if (figure.live) option.animation = false;
  // What is marked belongs to a series, and goes with it when it is hidden.
  const marked = option.series[Math.max(0, figure.series.findIndex(each => !hidden.includes(each.id)))];
  if (figure.reference !== undefined) {
    marked.markLine = {
      silent: true, symbol: "none", label: { show: false }, lineStyle: { color: ink, type: "dotted", width: 1 }, data: [{ yAxis: figure.reference }],
    };
  }

  if (figure.bands) {
    marked.markArea = {
      silent: true, data: figure.bands.map(([from, to, name, tone]) => [
        { yAxis: from, itemStyle: { color: quiet, opacity: 0.04 + (tone * 0.06) }, name, label: { color: quiet, position: "insideBottomLeft", fontFamily: font, fontSize: 12, show: width > 480 } },
        { yAxis: to },
      ]),
    };
  }

  return option;
}

function headOf(figure, index) {
  const period = figure.periods[index];
  return (figure.live ? clock : periodName)(period.period) + (period.partial ? ` ${word("so_far")}` : "");
}

function seriesOf(figure, each, index, card) {
  const isBar = each.shape === "bar";
  const isSparse = figure.periods.length <= 60;
  return {
    name: each.name, type: isBar ? "bar" : "line", yAxisIndex: each.axis ?? 0,
    stack: each.stack, stackStrategy: "samesign", barMaxWidth: 48, barCategoryGap: "22%", barMinWidth: 1,
    data: each.values.map((text, at) => {
      // What made nothing stands at nothing in a stack of areas.
      const value = text === null || text === undefined || (figure.isLog && Number(text) <= 0) ? (each.stack && each.shape === "area" ? 0 : null) : Number(text);
      // What is not over yet is not to be compared with what is whole.
      return figure.periods[at].partial && value !== null ? { value, itemStyle: { opacity: isBar ? 0.4 : 1, color: isBar ? each.colour : card }, symbolSize: 8 } : value;
    }),
    color: each.colour, itemStyle: { color: each.colour, borderColor: each.colour, ...isBar && each.stack && { borderColor: card, borderWidth: isSparse ? 0.5 : 0 } },
    lineStyle: { color: each.colour, width: each.isMain ? 3 : 2, type: each.dash ? [6, 4] : "solid" },
    areaStyle: each.shape === "area" ? { color: each.colour, opacity: each.stack ? 0.75 : 0.12 } : undefined,
    symbol: symbols[index % symbols.length], symbolSize: isSparse ? 6 : 0, showSymbol: isSparse && each.shape !== "area", showAllSymbol: isSparse,
    connectNulls: false, emphasis: { focus: "none" }, z: each.isMain ? 5 : 3,
  };
}

// A waterfall: each step begins where the one before ended, and the last is the sum.
function steps(figure, width) {
  const { rise, fall, ink, quiet, line } = theme();
  const isNarrow = width < 560;
  let level = 0;
  const bars = figure.steps.map(step => {
    const value = Number(step.value);
    const from = step.isTotal ? 0 : level;
    if (!step.isTotal) level += value;
    return { from, to: step.isTotal ? value : level, colour: step.isTotal ? ink : value >= 0 ? rise : fall, step };
  });
  const names = axis({
    type: "category", data: figure.steps.map(each => each.name), inverse: isNarrow, splitLine: { show: false },
    axisLabel: isNarrow ? { width: 110, overflow: "truncate" } : { interval: 0, rotate: figure.steps.length > 6 ? 28 : 0, width: 130, overflow: "truncate", hideOverlap: false },
  });
  const values = valueAxis(figure.unit, false);
  // ECharts stacks what is above and what is below zero apart; so each bar is drawn by its own ends.
  return {
    ...base(),
    xAxis: isNarrow ? values : names, yAxis: isNarrow ? names : values,
    tooltip: {
      trigger: "item", confine: true, ...tipBox(),
      formatter: at => { const bar = bars[at.dataIndex]; return tip(bar.step.name, [[bar.colour, figure.valueName, show(bar.step.value, { kind: "points" })]]); },
    },
    series: [{
      type: "custom", name: figure.valueName, encode: isNarrow ? { y: 0, x: [1, 2] } : { x: 0, y: [1, 2] },
      data: bars.map((bar, index) => ({ value: isNarrow ? [index, bar.from, bar.to] : [index, bar.from, bar.to], name: bar.step.name })),
      renderItem: (_, api) => {
        const bar = bars[api.value(0)];
        const next = bars[api.value(0) + 1];
        const [a, b] = isNarrow
          ? [api.coord([bar.from, api.value(0)]), api.coord([bar.to, api.value(0)])]
          : [api.coord([api.value(0), bar.from]), api.coord([api.value(0), bar.to])];
        const size = (isNarrow ? api.size([0, 1])[1] : api.size([1, 0])[0]);
        const thick = Math.min(56, size * 0.64);
        const shape = isNarrow
          ? { x: Math.min(a[0], b[0]), y: a[1] - (thick / 2), width: Math.max(1, Math.abs(b[0] - a[0])), height: thick }
          : { x: a[0] - (thick / 2), y: Math.min(a[1], b[1]), width: thick, height: Math.max(1, Math.abs(b[1] - a[1])) };
        const link = isNarrow
          ? { x1: b[0], y1: b[1] + (thick / 2), x2: b[0], y2: b[1] + size - (thick / 2) }
          : { x1: b[0] + (thick / 2), y1: b[1], x2: b[0] + size - (thick / 2), y2: b[1] };
        const label = show(bar.step.value, { kind: "points" });
        const isUp = bar.to >= bar.from;
        return {
          type: "group", children: [
            { type: "rect", shape, style: { fill: bar.colour } },
            ...next && !bar.step.isTotal ? [{ type: "line", shape: link, style: { stroke: quiet, lineWidth: 1, lineDash: [2, 2] } }] : [],
            ...isNarrow ? [] : [{ type: "text", style: { text: label, x: a[0], y: isUp ? shape.y - 4 : shape.y + shape.height + 4, textAlign: "center", textVerticalAlign: isUp ? "bottom" : "top", fill: quiet, font: `12px ${font}` } }],
          ],
        };
      },
    }],
  };
}

// Points over experience on two logarithmic axes, with the line that fits them and its band.
function curve(figure) {
  const { series } = theme();
  const line = figure.points.filter(each => each.fitted !== null).sort((a, b) => Number(a.x) - Number(b.x));
  const at = (each, name) => [Number(each.x), Number(each[name])];
  const xs = figure.points.map(each => Number(each.x));
  const ys = figure.points.flatMap(each => [each.y, each.lower, each.upper].filter(text => text !== null).map(Number));
  const edge = [...line.map(each => at(each, "lower")), ...line.toReversed().map(each => at(each, "upper"))];
  return {
    ...base(),
    grid: { ...base().grid, bottom: 36, left: 16 },
    xAxis: axis({ type: "log", logBase: 10, ...logTicks(xs, value => short(value, figure.xUnit)), name: figure.xName, nameLocation: "middle", nameGap: 28 }),
    yAxis: valueAxis(figure.unit, true, logTicks(ys, value => short(value, figure.unit))),
    tooltip: {
      trigger: "item", confine: true, ...tipBox(),
      formatter: shown => {
        const each = figure.points[shown.dataIndex];
        return tip(periodName(each.period), [[series[0], figure.yName, show(each.y, figure.unit)], [null, figure.xName, show(each.x, figure.xUnit)], [series[1], word("fitted"), show(each.fitted, figure.unit)]]);
      },
    },
    series: [
      {
        name: word("interval"), type: "custom", silent: true, z: 1, data: edge.length ? [edge[0]] : [], clip: true,
        renderItem: (_, api) => ({ type: "polygon", shape: { points: edge.map(each => api.coord(each)) }, style: { fill: series[1], opacity: 0.15 } }),
      },
      { name: word("fitted"), type: "line", data: line.map(each => at(each, "fitted")), showSymbol: false, silent: true, color: series[1], lineStyle: { color: series[1], width: 2 }, z: 2 },
      { name: figure.yName, type: "scatter", data: figure.points.map(each => at(each, "y")), symbolSize: 9, itemStyle: { color: series[0], opacity: 1 }, z: 3 },
    ],
  };
}

// Marks at 1, 2 and 5 of each power of ten, or at powers alone where there are many: ECharts itself marks powers only, of which a narrow range has one or none.
function logTicks(values, format) {
  const [least, most] = [Math.min(...values) * 0.9, Math.max(...values) * 1.1];
  const [from, to] = [Math.floor(Math.log10(least)), Math.ceil(Math.log10(most))];
  const steps = to - from > 4 ? [1] : [1, 2, 5];
  const marks = [];
  for (let power = from; power <= to; power++) for (const step of steps) if (step * (10 ** power) >= least && step * (10 ** power) <= most) marks.push(step * (10 ** power));
  return { min: least, max: most, axisTick: { customValues: marks }, axisLabel: { customValues: marks, hideOverlap: true, formatter: format } };
}

/** What a chart says of one place, in words: for who reads it without seeing it. */
export function readout(figure, index, hidden) {
  if (figure.kind === "steps") return `${figure.steps[index].name}: ${show(figure.steps[index].value, { kind: "points" })}`;
  if (figure.kind === "curve") return `${periodName(figure.points[index].period)}: ${figure.yName} ${exact(figure.points[index].y)}, ${figure.xName} ${show(figure.points[index].x, figure.xUnit)}`;
  return `${headOf(figure, index)}: ${figure.series.filter(each => !hidden.includes(each.id)).map(each => `${each.name} ${show(each.values[index], each.unit ?? figure.unit)}`).join(", ")}`;
}

export function placesOf(figure) {
  return (figure.steps ?? figure.points ?? figure.periods).length;
}
