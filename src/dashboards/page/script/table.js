// The table behind a chart: sortable, copied, saved as CSV.
const FIRST_ROWS = 40; // three times what is in sight
const ROWS_ON_PAPER = 100;

// A share stands with its parts and its interval, where no other column has them.
function columnsOf(visual, dataset, by) {
  const words = by.map(({ label, time }, place) => ({
    label,
    text: true,
    kind: time ? "text time" : "text",
    of: ({ words: all }) => all[place],
    shown: by[place].says,
    whole: (word) => (word === null ? "" : String(word)),
  }));
  const labels = visual.measures.map(({ label }) => label);
  return [...words, ...visual.measures.flatMap((one, place) => numbersOf(one, place, labels))];
}

function numbersOf(measure, place, labels) {
  const column = (label, key, format, exact = null) => ({
    label,
    of: ({ estimates }) => estimates[place][key] ?? null,
    shown: (value) => shown(value, format),
    whole: (value) => (value === null ? "" : written(value, exact)),
    small: ({ estimates }) => estimates[place].small,
  });
  const value = column(measure.label, "value", measure.format, measure.exact);
  if (!measure.share) return [value];
  return [
    value,
    column(measure.parts[0], "part", COUNT),
    column(measure.parts[1], "of", COUNT),
    column(`${measure.label} low`, "low", measure.format),
    column(`${measure.label} high`, "high", measure.format),
  ].filter(({ label }, at) => !at || !labels.includes(label));
}

// All digits: an exact decimal as its type has it, a double as the shortest text that reads back.
function written(value, exact) {
  return exact === null || typeof value === "string" ? String(value) : value.toFixed(exact);
}

function csvOf(columns, groups) {
  const lines = [columns.map(({ label }) => label), ...groups.map((group) =>
    columns.map((one) => (one.text ? defused(one.whole(one.of(group))) : one.whole(one.of(group)))),
  )];
  return lines.map((cells) => cells.map(quoted).join(",")).join("\r\n") + "\r\n";
}

// A spreadsheet would take such a text for a formula.
function defused(text) {
  return /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
}

function quoted(text) {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function tableOf(visual, columns, groups, { open, paper = false } = {}) {
  let order = null;
  let rows = groups;
  let most = FIRST_ROWS;
  const body = element("tbody");
  const heads = columns.map((one, place) => {
    const button = element("button", { type: "button", class: "sort", onclick: () => sort(place) }, one.label);
    return element("th", { scope: "col", class: one.kind ?? "number" }, button);
  });
  const more = element("button", { type: "button", class: "more", onclick: () => {
    most = Infinity;
    fill();
    scroll.focus(); // the button is gone
  } });
  const rest = element("p", { class: "rest" });
  const fill = () => {
    const count = paper ? ROWS_ON_PAPER : most;
    body.replaceChildren(...rows.slice(0, count).map((group) => row(group)));
    scroll.hidden = !rows.length;
    more.hidden = rows.length <= most;
    more.textContent = `Show all ${counted(rows.length, "row")}`;
    rest.textContent = rows.length > ROWS_ON_PAPER ? `The first ${ROWS_ON_PAPER} of ${counted(rows.length, "row")}: the page itself and its CSV have them all.` : "";
  };
  const row = (group) =>
    element("tr", {}, ...columns.map((one, place) => {
      const value = one.of(group);
      const text = one.shown(value);
      if (!one.text) return element("td", { class: one.small(group) ? "number small" : "number" }, text);
      const opened = place === 0 && open;
      return element("th", { scope: "row", class: one.kind },
        opened ? element("button", { type: "button", class: "open", onclick: () => open(text) }, text) : text);
    }));
  const sort = (place) => {
    const descending = order?.place === place ? !order.descending : !columns[place].text;
    order = { place, descending };
    const of = columns[place].of;
    rows = groups.toSorted((a, b) => (descending ? -1 : 1) * compared([of(a)], [of(b)]));
    for (const [at, head] of heads.entries()) {
      if (at === place) head.setAttribute("aria-sort", descending ? "descending" : "ascending");
      else head.removeAttribute("aria-sort");
    }
    fill();
    say(`${visual.title}: sorted by ${columns[place].label}, ${descending ? "highest" : "lowest"} first.`);
  };
  const caption = element("caption", {}, visual.title);
  const table = element("table", {}, caption, element("thead", {}, element("tr", {}, ...heads)), body);
  const scroll = element("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": `Table: ${visual.title}` }, table);
  fill();
  return element("div", {}, tools(visual, columns, () => rows), scroll, more, rest);
}

function tools(visual, columns, rows) {
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(csvOf(columns, rows()));
      say(`${visual.title}: ${counted(rows().length, "row")} copied.`);
    } catch (error) {
      say(`${visual.title}: the browser does not let it be copied (${error.message}): save it as CSV.`);
    }
  };
  const save = () => {
    const blob = new Blob(["\ufeff", csvOf(columns, rows())], { type: "text/csv;charset=utf-8" });
    const link = element("a", { href: URL.createObjectURL(blob), download: `${visual.id}.csv` });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
    say(`${visual.title}: ${counted(rows().length, "row")} saved.`);
  };
  const button = (text, onclick) =>
    element("button", { type: "button", onclick, "aria-label": `${text}: ${visual.title}` }, text);
  return element("p", { class: "tools" }, button("Copy", copy), button("Save as CSV", save));
}
