// What pages are built of. Text goes in as text: nothing that the API says is ever markup.

/** element("button", { class: "x", onclick, dataset: {}, "aria-label": "y" }, "text", child, ...) */
export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (key === "dataset") Object.assign(made.dataset, value);
    else if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else if (key === "class") made.className = value;
    else if (value === true) made.setAttribute(key, "");
    else made.setAttribute(key, value);
  }

  made.append(...children.flat().filter(child => child !== null && child !== undefined));
  return made;
}

/** Says something that is not on the screen, or only for a moment. */
export function tell(text) {
  const told = document.getElementById("told");
  top().append(told);
  told.textContent = text;
  told.dataset.shown = "";
  clearTimeout(tell.timer);
  tell.timer = setTimeout(() => { delete told.dataset.shown; told.textContent = ""; }, 4000);
}

// Behind an open dialog nothing is seen, nor selected.
function top() { return document.querySelector("dialog[open]") ?? document.body; }

/** Saves content under a file name. */
export function save(content, fileName) {
  const url = URL.createObjectURL(content);
  element("a", { href: url, download: fileName }).click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

/** Puts text on the clipboard; where there is none (pages that came without TLS), it is selected for the reader to copy. */
export async function copy(text, told) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const focused = document.activeElement;
    const field = element("textarea", { readonly: true, class: "copied" });
    field.value = text;
    top().append(field);
    field.select();
    document.execCommand("copy");
    field.remove();
    focused?.focus();
  }

  tell(told);
}

/** RFC 4180. A text that a spreadsheet would take for a formula gets an apostrophe, as the API's own CSV does. */
export function csv(lines) {
  const cell = value => {
    const text = value ?? "";
    const safe = /^[=+\-@\t\r]/.test(text) && !/^-?[\d.]+$/.test(text) ? `'${text}` : text;
    return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  };
  return lines.map(line => line.map(cell).join(",") + "\r\n").join("");
}
