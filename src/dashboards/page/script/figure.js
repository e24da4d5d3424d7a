const NARROW = 420;

// One visual: its sentence, its chart, the table behind it, the statement.
function figureOf(visual, page) {
  const parts = {
    sentence: element("p", { class: "sentence" }),
    mount: element("div", { "aria-hidden": "true" }), // the library says there what it is
    trail: element("p", { class: "trail", tabindex: "-1" }),
    data: element("div"),
    statement: element("pre"),
    summary: element("summary"),
  };
  parts.chart = element("div", { class: `chart ${visual.kind}`, role: "img", "aria-label": visual.alt }, parts.mount);
  const isText = visual.kind === "kpi";
  const shownAs = visual.kind === "table" ? parts.data : isText ? element("p", { class: "figure" }) : parts.chart;
  parts.figure = shownAs;
  const details = element("details", { class: "data", ontoggle: () => fillTable(visual, parts) }, parts.summary, parts.data);
  const how = element("details", { class: "how" }, element("summary", {}, "The same in Athena"), parts.statement);
  parts.body = element("div", { class: "body" }, parts.trail, shownAs);
  const below = element("div", { class: "below" }, visual.kind === "table" ? null : details, how);
  const card = element(
    "section",
    { class: `card ${visual.kind}${isStrip(visual) ? " strip" : ""}`, style: `--span: ${visual.span}`, "aria-labelledby": `title-${visual.id}` },
    element("h3", { id: `title-${visual.id}` }, visual.title),
    parts.sentence,
    parts.body,
    element("p", { class: "quiet" }, visual.text),
    below,
  );
  return { visual, page, card, parts, details, view: null, drawn: "" };
}

// A time, not a number: a line of text.
function isStrip({ kind, measures }) {
  return kind === "kpi" && measures[0].tree.op === "max" && measures[0].exact === null;
}

// Draws again what has changed; what goes wrong is said in the card, and the others go on.
async function refresh(figure, state, width) {
  const { visual, page, parts, card } = figure;
  try {
    if (visual.error) throw new Error(visual.error);
    const dataset = page.datasets[visual.dataset];
    const path = state.drills[visual.id] ?? [];
    const tests = testsOf(state, page.plan).filter(({ column }) => column in dataset.columns);
    const drawn = JSON.stringify([tests.map(({ key }) => key), path, width, parts.paper]);
    if (drawn === figure.drawn) return;
    figure.drawn = "";
    const found = groupsOf(visual, dataset, tests, path);
    parts.sentence.textContent = sentenceOf(visual, dataset, found, path);
    parts.statement.textContent = statementOf(visual, dataset, state, page.plan, path);
    figure.open = opener(figure, path);
    showTrail(figure, path, found.groups);
    parts.found = found;
    parts.columns = columnsOf(visual, dataset, found.by);
    parts.summary.textContent = `Table: ${counted(found.groups.length, "row")}`;
    parts.stale = true;
    parts.open = figure.open;
    if (visual.kind === "table" || figure.details.open) fillTable(visual, parts);
    if (visual.kind === "kpi") showFigure(visual, parts, found);
    else if (visual.kind !== "table") await draw(figure, found, width);
    figure.drawn = drawn;
    card.classList.remove("broken");
  } catch (error) {
    card.classList.add("broken");
    parts.sentence.textContent = `This cannot be shown: ${error.message}`;
  }
}

// In pixels; read before anything is written, or the browser would lay out the sheet for each.
function widthOf({ parts }) {
  return Math.max(parts.body.clientWidth || 600, 200);
}

function showFigure(visual, parts, { totals }) {
  const [first, ...others] = visual.measures.map((one, place) => ({ one, at: totals[place] }));
  parts.figure.replaceChildren(
    element("strong", { class: first.at.small ? "small" : "" }, shown(first.at.value, first.one.format)),
    ...others.map(({ one, at }) => element("span", {}, `${one.label}: ${shown(at.value, one.format)}`)),
  );
}

function fillTable(visual, parts) {
  if (!parts.stale || !(visual.kind === "table" || parts.summary.parentElement.open)) return;
  parts.stale = false;
  parts.data.replaceChildren(tableOf(visual, parts.columns, parts.found.groups, { open: parts.open, paper: parts.paper }));
}

async function draw(figure, found, width) {
  const { visual, parts } = figure;
  const points = pointsOf(visual, found.by, limited(visual, found.groups));
  parts.chart.hidden = !points.some(({ y }) => y !== null);
  if (parts.chart.hidden) return;
  parts.chart.setAttribute("aria-label", `${visual.alt} ${parts.sentence.textContent}`);
  const lines = new Set(points.map(({ row, word }) => row ?? word)).size;
  if (figure.view) {
    if (visual.step) figure.view.height(visual.step * lines);
    if (width !== figure.width) figure.view.width(width);
    figure.width = width;
    figure.view.data("points", points).resize().run(); // or longer labels would be cut
    return;
  }
  const spec = structuredClone(visual.spec);
  figure.width = width;
  spec.width = width;
  if (width < NARROW) spec.config.legend.columns = 1;
  if (visual.step) spec.height = visual.step * lines;
  spec.data = { name: "points", values: points };
  const options = { ast: true, renderer: "svg", actions: false, defaultStyle: false, tooltip: tip, logLevel: 1 };
  const { view } = await window.vegaEmbed(parts.mount, spec, options);
  figure.view = view;
  view.addEventListener("click", (_, item) => {
    if (item?.datum?.key !== undefined) figure.open?.(item.datum.key);
  });
}

// Down the levels: category, brand, product.
function opener(figure, path) {
  const { visual, page } = figure;
  if (path.length >= visual.hierarchy.length - 1) return null;
  const goTo = drillTo(figure);
  const dataset = page.datasets[visual.dataset];
  return (word) => goTo(opened(visual, dataset, testsOf(page.state, page.plan), [...path, word]));
}

// What was pressed is drawn anew: the keyboard goes on at the way that leads there.
function drillTo({ visual, page, parts }) {
  return (path) => {
    const { state } = page;
    page.go({ ...state, drills: { ...state.drills, [visual.id]: path } });
    parts.trail.focus();
  };
}

function showTrail(figure, path, groups) {
  const { visual, parts } = figure;
  parts.trail.hidden = !visual.hierarchy.length;
  if (!visual.hierarchy.length) return;
  const goTo = drillTo(figure);
  const step = ({ word, depth }) =>
    depth === path.length
      ? element("strong", {}, word)
      : element("button", { type: "button", onclick: () => goTo(path.slice(0, depth)) }, word);
  const steps = [{ word: "All", depth: 0 }, ...wayOf(path)].map(step);
  const next = visual.hierarchy[path.length + 1];
  const level = visual.hierarchy[path.length].label.toLowerCase();
  const others = groups.some(({ words }) => words[0] === OTHERS) ? ` – ${OTHERS} is every other ${level} together: the file does not hold them one by one` : "";
  const hint = next ? ` – click a ${visual.kind === "heat" ? "row" : "bar"}, or a name in the table, for its ${next.label.toLowerCase()}` : others;
  parts.trail.replaceChildren(...steps.flatMap((step, place) => (place ? [" › ", step] : [step])), next ? element("span", { class: "hint" }, hint) : hint);
}

// The tip at the pointer: text alone.
function tip(handler, event, item, value) {
  const box = document.getElementById("tip");
  const text = value === null || value === undefined ? "" : String(value);
  box.hidden = !text;
  box.textContent = text;
  if (!text) return;
  const left = Math.min(event.clientX + 14, window.innerWidth - box.offsetWidth - 8);
  const top = Math.min(event.clientY + 14, window.innerHeight - box.offsetHeight - 8);
  box.style.transform = `translate(${Math.max(left, 4)}px, ${Math.max(top, 4)}px)`;
}
