// What happens now, as the stream tells it.
import { listen } from "../api.js";
import { colour } from "../palette.js";
import { element } from "../elements.js";
import { clock, exact, instant, show } from "../numbers.js";
import { explain, panel } from "../panel.js";
import { word } from "../words.js";

const kept = 300;
const silenceMs = 15_000;
const tiles = [
  ["events_per_second", "number"], ["tokens_per_second", "tokens"], ["gdp_today", "money"], ["tokens_today", "tokens"],
  ["lag_seconds", "seconds"], ["sealing_lag_seconds", "seconds"], ["quarantined", "count"], ["unpriced_share_today", "share"],
];

export function live() {
  const status = element("p", { id: "live-state", class: "live-state", role: "status", dataset: { state: "connecting" } }, word("connecting"));
  // Beside the state: a screen reader is not told of every second.
  const at = element("p", { class: "live-at" });
  const message = element("div", { class: "message", role: "status" });
  const cards = element("div", { class: "cards tiles" }, tiles.map(([name]) => element("article", { class: "tile", dataset: { figure: name } },
    element("h3", {}, word(name)), element("p", { class: "value", dataset: { exact: "" } }, "\u2013"))));
  const frames = [];
  const rates = panel("live", { title: word("rates"), about: word("rates_about"), load: async () => figureOf(frames) });
  const ending = new AbortController();
  let [waiting, alive] = [null, null];

  // A connection that has died in silence is given up: frames come every second.
  function expect(link) {
    clearTimeout(alive);
    alive = setTimeout(() => link.abort(), silenceMs);
  }

  async function follow() {
    let wait = 1000;
    while (!ending.signal.aborted) {
      try {
        const link = new AbortController();
        expect(link);
        await listen("v1/stream", AbortSignal.any([ending.signal, link.signal]), (name, data) => {
          expect(link);
          if (name === "status") take(JSON.parse(data));
          else if (name === "unavailable") say("lost", word("away"));
          wait = 1000;
        });
        say("connecting", word("connecting"));
      } catch (error) {
        if (ending.signal.aborted) return;
        if (error.needsKey) {
          const said = explain(error, () => {});
          say("lost", said[0].textContent);
          return message.replaceChildren(...said);
        }

        say("lost", word("reconnecting"));
      }

      await new Promise(done => { waiting = setTimeout(done, wait); });
      wait = Math.min(wait * 2, 30_000);
    }
  }

  function take(frame) {
    message.replaceChildren();
    frames.push(frame);
    if (frames.length > kept) frames.shift();
    for (const [name, kind] of tiles) {
      const node = cards.querySelector(`[data-figure="${name}"] .value`);
      const text = frame[name] === null || frame[name] === undefined ? null : String(frame[name]);
      node.dataset.exact = text ?? "";
      node.textContent = show(text, { kind, currency: frame.currency });
      node.title = exact(text);
    }

    say("open", word("live_open"));
    at.textContent = word("live_at", { time: clock(frame.at), through: frame.complete_through ? instant(frame.complete_through) : "\u2013" });
    if (!document.hidden) rates.present(figureOf(frames));
  }

  function say(name, text) {
    if (status.dataset.state === name && status.textContent === text) return;
    status.dataset.state = name;
    status.textContent = text;
  }

  return {
    nodes: [element("section", { class: "figures", "aria-labelledby": "live-title" }, element("div", { class: "heading" }, element("h2", { id: "live-title" }, word("live")), at, status), message, cards), rates.node],
    refresh: () => { if (!live.following) { live.following = true; follow(); } return rates.refresh(); },
    dispose: () => { live.following = false; ending.abort(); clearTimeout(waiting); clearTimeout(alive); rates.dispose(); },
  };
}

function figureOf(frames) {
  const text = name => frames.map(each => (each[name] === null || each[name] === undefined ? null : String(each[name])));
  return {
    live: true, periods: frames.map(each => ({ period: each.at, partial: false })), unit: { kind: "number" }, unitName: word("per_second"), notes: [word("live_note")], calls: ["v1/stream", "v1/status"],
    empty: [element("p", {}, word("waiting"))],
    series: [
      { id: "events_per_second", name: word("events_per_second"), colour: colour("x", 0), values: text("events_per_second"), shape: "line" },
      { id: "tokens_per_second", name: word("tokens_per_second"), colour: colour("x", 1), values: text("tokens_per_second"), shape: "line", axis: 1, dash: true, unit: { kind: "tokens" } },
    ],
  };
}
