// One page, seven views: which one, and all that it shows, is in the address.
import { addressOf, go, open, state, whenChanged } from "./address.js";
import { hasKey, useKey } from "./api.js";
import { element, tell } from "./elements.js";
import { chooseLanguage, language, locale, word } from "./words.js";
import { overview } from "./views/overview.js";

const views = {
  overview: async () => overview,
  "over-time": async () => (await import("./views/over-time.js")).overTime,
  "token-index": async () => (await import("./views/token-index.js")).tokenIndex,
  movers: async () => (await import("./views/movers.js")).movers,
  structure: async () => (await import("./views/structure.js")).structure,
  revisions: async () => (await import("./views/revisions.js")).revisions,
  live: async () => (await import("./views/live.js")).live,
};

const main = document.getElementById("main");
let [shown, current, dressed] = [null, null, null];

function keep(name, value) {
  try { localStorage.setItem(name, value); } catch { /* A browser that keeps nothing: the address still holds. */ }
}

function kept(name) {
  try { return localStorage.getItem(name); } catch { return null; }
}

async function show() {
  const now = state();
  const name = Object.hasOwn(views, now.view ?? "") ? now.view : "overview";
  chooseLanguage(now.lang ?? kept("lang"));
  const isDark = dressTheme(now.theme ?? kept("theme") ?? "auto");
  const wanted = JSON.stringify([name, language(), isDark, hasKey()]);
  for (const link of document.querySelectorAll("#views a")) link.href = addressOf(link.dataset.view);
  if (wanted === shown) return current?.refresh();
  shown = wanted;
  if (dressed !== language()) dress();
  renderNavigation(name);
  let make;
  try {
    make = await views[name]();
  } catch {
    // A part of the page did not arrive.
    if (shown !== wanted) return;
    current?.dispose();
    current = null;
    shown = null;
    return main.replaceChildren(element("div", { class: "message" }, element("p", {}, word("no_answer")), element("button", { type: "button", onclick: () => show() }, word("retry"))));
  }

  if (shown !== wanted) return;
  current?.dispose();
  current = make();
  main.dataset.view = name;
  main.replaceChildren(...current.nodes);
  document.title = `${word(`view_${name}`)} \u00b7 Token Factory`;
  await current.refresh();
}

function dressTheme(choice) {
  const isDark = choice === "dark" || (choice !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
  document.documentElement.dataset.theme = isDark ? "dark" : "light";
  document.getElementById("theme").value = ["light", "dark"].includes(choice) ? choice : "auto";
  return isDark;
}

// The words of the page itself.
function dress() {
  dressed = language();
  document.documentElement.lang = locale();
  document.getElementById("language").value = language();
  for (const node of document.querySelectorAll("[data-word]")) node.textContent = word(node.dataset.word);
  for (const node of document.querySelectorAll("[data-word-label]")) node.setAttribute("aria-label", word(node.dataset.wordLabel));
  renderZones();
}

function renderNavigation(name) {
  document.getElementById("views").replaceChildren(element("ul", {}, Object.keys(views).map(each => element("li", {},
    element("a", { href: addressOf(each), dataset: { view: each, inside: "" }, "aria-current": each === name ? "page" : null }, word(`view_${each}`))))));
}

function renderZones() {
  const field = document.getElementById("zone");
  const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const all = Intl.supportedValuesOf("timeZone");
  const option = (value, text) => element("option", { value }, text);
  field.replaceChildren(option("", word("zone_reporting")), option("UTC", "UTC"), ...own && own !== "UTC" ? [option(own, `${own} (${word("zone_own")})`)] : [],
    element("optgroup", { label: word("zone_all") }, all.filter(each => each !== own && each !== "UTC").map(each => option(each, each))));
  showZone();
}

// A zone that is not in the list is in force all the same, or refused with a reason.
function showZone() {
  const field = document.getElementById("zone");
  const chosen = state().zone ?? "";
  if (![...field.options].some(each => each.value === chosen)) field.append(element("option", { value: chosen }, chosen));
  field.value = chosen;
}

document.getElementById("settings").addEventListener("submit", event => event.preventDefault());
document.getElementById("language").addEventListener("change", event => { keep("lang", event.target.value); go({ lang: "" }, { replace: true }); show(); });
document.getElementById("theme").addEventListener("change", event => { keep("theme", event.target.value); go({ theme: "" }, { replace: true }); show(); });
document.getElementById("zone").addEventListener("change", event => go({ zone: event.target.value, from: "", to: "" }));
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => show());

const dialog = document.getElementById("key-dialog");
document.getElementById("key-button").addEventListener("click", () => { dialog.returnValue = "cancel"; dialog.showModal(); });
dialog.addEventListener("close", () => {
  const field = document.getElementById("key");
  const typed = field.value.trim();
  field.value = "";
  if (dialog.returnValue === "forget") { useKey(null); tell(word("key_forgotten")); }
  else if (dialog.returnValue === "save" && /^[\x21-\x7e]+$/.test(typed)) { useKey(typed); tell(word("key_used")); }
  else if (dialog.returnValue === "save") return tell(word("key_no_key"));
  else return;
  shown = null;
  show();
});

// Links that stay on this page; those that are opened elsewhere do as links do.
document.addEventListener("click", event => {
  const link = event.target.closest?.("a[data-inside]");
  if (!link || event.defaultPrevented || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  open(link.getAttribute("href"));
  if (link.dataset.view) { main.focus({ preventScroll: true }); scrollTo(0, 0); }
});

whenChanged(() => { showZone(); show(); });
show();
