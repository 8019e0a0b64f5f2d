// The public API, as anybody may use it.

import { noteReportingZone } from "./numbers.js";

const keyName = "token-factory-key";
let key = null;
try { key = sessionStorage.getItem(keyName); } catch { /* A browser that keeps nothing: a key holds for this page alone. */ }

export class ApiError extends Error {
  constructor(status, problem) {
    super(problem?.detail ?? problem?.title ?? String(status));
    this.status = status;
    this.problem = problem;
  }

  get needsKey() { return this.status === 401 || this.status === 403; }
}

export function hasKey() { return key !== null; }

/** Kept for this tab; null forgets it. */
export function useKey(text) {
  key = text;
  try {
    if (key === null) sessionStorage.removeItem(keyName);
    else sessionStorage.setItem(keyName, key);
  } catch { /* As above. */ }
}

/** A call: a path with its parameters, without those that are not set. Several values of one name repeat it. */
export function call(path, parameters = {}) {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    for (const each of [value].flat()) if (each !== undefined && each !== null && each !== "") query.append(name, each);
  }

  const text = query.toString().replaceAll("%2C", ",");
  return text ? `${path}?${text}` : path;
}

/** Reads JSON. The browser asks again with the ETag that it has. */
export async function read(path, signal) {
  const answer = await (await request(path, "application/json", signal)).json();
  noteReportingZone(answer.time_zone);
  return answer;
}

/** An answer whose body is still to be read. */
async function request(path, accept, signal) {
  let answer;
  try {
    answer = await fetch(path, { headers: { accept, ...(key && { authorization: `Bearer ${key}` }) }, signal, cache: "no-cache" });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new ApiError(0, null);
  }

  if (answer.ok) return answer;
  throw new ApiError(answer.status, await answer.json().catch(() => null));
}

/** Reads server-sent events (WHATWG HTML, 9.2) until the stream ends. The browser's own EventSource sends no key. */
export async function listen(path, signal, take) {
  const answer = await request(path, "text/event-stream", signal);
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let [rest, name, data] = ["", "", []];
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    const lines = (rest + value).split(/\r\n|\n|\r/);
    rest = lines.pop();
    for (const line of lines) {
      if (line === "") {
        if (data.length) take(name || "message", data.join("\n"));
        [name, data] = ["", []];
      } else if (line.startsWith("event:")) name = line.slice(6).trimStart();
      else if (line.startsWith("data:")) data.push(line.slice(5).replace(/^ /, ""));
    }
  }
}
