// The address is the state of the page: whoever opens it sees the same view.

const listeners = [];

/** The state as an object of texts; what stands for itself is left out of the address. */
export function state() {
  return Object.fromEntries(new URLSearchParams(location.search));
}

/** Changes parameters; an empty or undefined one goes away. Each change is a step that the back button undoes, unless it replaces the one before. */
export function go(changes, { replace = false } = {}) {
  const next = address(changes);
  if (next === location.pathname + location.search) return;
  history[replace ? "replaceState" : "pushState"](null, "", next);
  for (const told of listeners) told();
}

/** The address after such changes. */
export function address(changes) {
  const query = new URLSearchParams(location.search);
  for (const [name, value] of Object.entries(changes)) {
    if (value === undefined || value === null || value === "") query.delete(name);
    else query.set(name, value);
  }

  const text = query.toString().replaceAll("%2C", ",");
  return location.pathname + (text && `?${text}`);
}

/** The address of a view, with what holds for all views. */
export function addressOf(view) {
  const query = new URLSearchParams();
  if (view !== "overview") query.set("view", view);
  for (const [name, value] of new URLSearchParams(location.search)) if (["lang", "theme", "zone"].includes(name)) query.set(name, value);
  return location.pathname + (query.size ? `?${query}` : "");
}

/** Opens an address of this page. */
export function open(next) {
  history.pushState(null, "", next);
  for (const told of listeners) told();
}

export function whenChanged(told) {
  listeners.push(told);
  addEventListener("popstate", told);
}
