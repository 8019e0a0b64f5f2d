// The latest months as plain tables. Figures are decimal text; they become numbers here only to be shown.
const months = 13;
const sectors = ["household", "government", "enterprise", "unclassified"];
const money = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const points = new Intl.NumberFormat("en", { minimumFractionDigits: 1, maximumFractionDigits: 1 });

async function read(query) {
  const answer = await fetch(query, { headers: { accept: "application/json" } });
  if (answer.ok) return answer.json();
  throw new Error(answer.status === 401
    ? "These figures need a key: ask the API with one that has the scope read."
    : `The figures could not be read (${answer.status}). Reload the page to try again.`);
}

async function show(id, path, member, format) {
  const note = document.getElementById(`${id}-note`);
  try {
    const [groups, total] = await Promise.all([read(`${path}&by=sector`), read(path)]);
    if (total.rows.length === 0) {
      note.textContent = "Nothing is recorded yet. Post a first event: the API page has one to try.";
      return;
    }

    const columns = sectors.filter(sector => groups.rows.some(row => row.sector === sector));
    const cells = new Map(groups.rows.map(row => [`${row.period} ${row.sector}`, row[member]]));
    const rows = total.rows.slice(-months).reverse().map(row => [row.period,
      ...columns.map(sector => cells.get(`${row.period} ${sector}`)), row[member]]);
    fill(document.getElementById(id), ["Month", ...columns, "Total"], rows, format);
    note.textContent = `${total.currency}; includes everything recorded up to ${total.complete_through}.`;
  } catch (error) {
    note.textContent = error.message;
  }
}

function fill(table, names, rows, format) {
  const head = table.createTHead().insertRow();
  for (const name of names) {
    const cell = document.createElement("th");
    cell.scope = "col";
    cell.textContent = name;
    head.append(cell);
  }

  const body = table.createTBody();
  for (const [period, ...values] of rows) {
    const line = body.insertRow();
    line.insertCell().textContent = period;
    for (const value of values) line.insertCell().textContent = value == null ? "-" : format.format(Number(value));
  }

  table.hidden = false;
}

show("gdp", "v1/gdp?frequency=month", "gdp", money);
show("index", "v1/indices?index=price&frequency=month", "index", points);
