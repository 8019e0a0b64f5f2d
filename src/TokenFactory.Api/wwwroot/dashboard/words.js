// What the page says, in the reader's language.
import { en } from "./words.en.js";
import { zh } from "./words.zh.js";

const languages = { en: { words: en, locale: "en" }, zh: { words: zh, locale: "zh-CN" } };
let chosen = "en";

/** A language by its code; without one, the browser's. */
export function chooseLanguage(code) {
  const own = navigator.languages?.some(each => each.startsWith("zh")) && !navigator.languages[0].startsWith("en") ? "zh" : "en";
  chosen = Object.hasOwn(languages, code ?? "") ? code : own;
}

export function language() { return chosen; }

export function locale() { return languages[chosen].locale; }

/** The name of a member of a dimension: producers and models are called what they are called, be it like a code. */
export function nameIn(dimension, id) {
  return dimension === "producer" || dimension === "model" ? String(id) : nameOf(id);
}

/** A text with its places filled: word("others", { count: 3 }). */
export function word(key, places = {}) {
  const text = languages[chosen].words[key] ?? en[key] ?? key;
  return text.replace(/\{(\w+)\}/g, (whole, name) => (name in places ? String(places[name]) : whole));
}

/** The name of a code of the API: a sector, token class, tier, method, dimension or reason. What has no word, such as a producer, is its own name. */
export function nameOf(code) {
  const { words } = languages[chosen];
  return Object.hasOwn(words.names, code) ? words.names[code] : Object.hasOwn(en.names, code) ? en.names[code] : String(code ?? "\u2013");
}
