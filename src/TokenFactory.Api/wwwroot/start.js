// The latest months as plain tables. Figures are decimal text; they become numbers here only to be shown.
const months = 13;
const sectors = ["household", "government", "enterprise", "unclassified"];
const count = new Intl.NumberFormat("en", { notation: "compact", compactDisplay: "long", maximumFractionDigits: 1 });
const instant = new Intl.DateTimeFormat("en", { dateStyle: "long", timeStyle: "short", timeZone: "UTC" });

async function read(query) {
  let answer;
  try {
    answer = await fetch(query, { headers: { accept: "application/json" } });
  } catch {
    throw new Error("The service does not answer. Reload the page to try again.");
  }

  if (answer.ok) return answer.json();
  throw new Error(answer.status === 401 || answer.status === 403
    ? "Figures need a key here: ask for them in Swagger UI, or with curl, with a key that has the scope read."
    : answer.status === 503
      ? "The service is starting, or its database is away. Reload the page in a moment."
      : `The figures could not be read (${answer.status}). Reload the page to try again.`);
}

// Groups and total are two questions, but for the headline index, whose answer has both.
async function gdp() {
  return Promise.all([read("v1/gdp?frequency=month&by=sector"), read("v1/gdp?frequency=month")]);
}

async function tokenIndex() {
  const answer = await read("v1/token-index?frequency=month");
  return [answer, { ...answer, rows: answer.rows.filter(row => row.sector === "total") }];
}

async function show(id, figures, member, formatFor, remark) {
  const note = document.getElementById(`${id}-note`);
  try {
    const [groups, total] = await figures();
    if (total.rows.length === 0) {
      note.textContent = "Nothing is recorded yet. Register a source and post a first event for it: both can be tried on the API page, with an admin key.";
      return;
    }

    const columns = sectors.filter(sector => groups.rows.some(row => row.sector === sector));
    const cells = new Map(groups.rows.map(row => [`${row.period} ${row.sector}`, row[member]]));
    const shown = total.rows.slice(-months).reverse();
    const rows = shown.map(row => [nameOf(row), row[member], ...columns.map(sector => cells.get(`${row.period} ${sector}`))]);
    const table = document.getElementById(id);
    fill(table, ["Month", "Total", ...columns.map(capital)], rows, formatFor(shown.map(row => Number(row[member] ?? 0))));
    table.parentElement.hidden = false;
    note.textContent = [remark(total, shown), `Includes everything recorded up to ${instant.format(new Date(total.complete_through))} UTC.`].join(" ");
  } catch (error) {
    note.textContent = error.message;
  }
}

// A month that is not over is not to be compared with whole ones.
function nameOf(row) {
  return new Date(row.end) > new Date() ? `${row.period} (so far)` : row.period;
}

function capital(word) {
  return word[0].toUpperCase() + word.slice(1);
}

// As many decimals as the largest figure of the table needs to be told from others.
function money(values) {
  const largest = Math.max(...values.map(Math.abs));
  const decimals = largest >= 1000 ? 0 : largest >= 1 ? 2 : 6;
  return new Intl.NumberFormat("en", { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
}

function points() {
  return new Intl.NumberFormat("en", { minimumFractionDigits: 1, maximumFractionDigits: 1 });
}

function aboutMoney(total, shown) {
  const unpriced = shown.reduce((sum, row) => sum + Number(row.unpriced_quantity), 0);
  return `In ${total.currency}.${unpriced > 0 ? ` Not in it: ${count.format(unpriced)} tokens that have no price.` : ""}`;
}

function fill(table, names, rows, format) {
  const head = table.createTHead().insertRow();
  for (const name of names) head.append(heading("col", name));

  const body = table.createTBody();
  for (const [period, ...values] of rows) {
    const line = body.insertRow();
    line.append(heading("row", period));
    for (const value of values) line.insertCell().textContent = value == null ? "\u2013" : format.format(Number(value));
  }
}

function heading(scope, text) {
  const cell = document.createElement("th");
  cell.scope = scope;
  cell.textContent = text;
  return cell;
}

show("gdp", gdp, "gdp", money, aboutMoney);
show("index", tokenIndex, "price", points, total => `${total.reference ?? "The first month with data"} = 100.`);
