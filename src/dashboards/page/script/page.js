// The page: state from the address, one sheet at a time, all of them on paper.
const plan = JSON.parse(document.getElementById("plan").textContent);
const texts = Object.entries(JSON.parse(document.getElementById("data").textContent));
const datasets = Object.fromEntries(await Promise.all(texts.map(async ([name, text]) => [name, { ...(await unpacked(text)), name }])));

const page = { plan, datasets, state: null, go };
const sheets = plan.sheets.map((sheet) => ({
  ...sheet,
  box: document.getElementById(`sheet-${sheet.id}`),
  figures: sheet.visuals.map((visual) => figureOf(visual, page)),
}));
const controls = controlsOf(page);
let showing = 0;

function go(state) {
  const hash = writeState(state, plan);
  if (hash === location.hash) show();
  else location.hash = hash;
}

// What is under way is told to whoever waits for the page.
async function show() {
  const { dataset } = document.documentElement;
  showing += 1;
  dataset.busy = "yes";
  try {
    await showState();
  } finally {
    showing -= 1;
    dataset.busy = showing ? "yes" : "";
  }
}

async function showState() {
  const before = page.state;
  page.state = readState(location.hash, plan, datasets);
  const { state } = page;
  document.documentElement.dataset.theme = state.theme;
  showControls(controls, page);
  for (const sheet of sheets) {
    sheet.box.hidden = sheet.id !== state.sheet;
    const link = document.getElementById(`link-${sheet.id}`);
    link.href = writeState({ ...state, sheet: sheet.id }, plan);
    if (sheet.id === state.sheet) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  document.getElementById("controls").hidden = !sheets.find(({ id }) => id === state.sheet).visuals.length;
  const sheet = sheets.find(({ id }) => id === state.sheet);
  await refreshSheet(sheet, state);
  document.title = `${sheet.title} – ${plan.title}`;
  if (before || state.unknown.length) announce(sheet, state);
}

async function refreshSheet(sheet, state) {
  const widths = sheet.figures.map(widthOf);
  await Promise.all(sheet.figures.map((figure, place) => refresh(figure, state, widths[place])));
  const first = sheet.figures.find(({ visual }) => !["kpi", "table"].includes(visual.kind));
  const sentence = sheet.box.querySelector(".scope");
  if (sentence) sentence.textContent = scopeOf(sheet, state, first);
}

// What the sheet shows, and what its first chart says.
function scopeOf(sheet, state, first) {
  const obeyed = plan.filters.filter(({ id, cannot }) => state.filters[id] && !cannot[sheet.id]);
  const parts = obeyed.map(({ id, kind, label }) => {
    const chosen = state.filters[id];
    return kind === "range" ? spanned(chosen.from, chosen.to) : `${label.toLowerCase()} ${listed(chosen)}`;
  });
  const scope = parts.length ? `Only ${listed(parts)}` : `All of the data${spanOf(sheet)}`;
  if (!first) return `${scope}.`;
  const { visual: { title }, parts: { sentence: { textContent: said } } } = first;
  return `${scope}. ${said.startsWith(title) ? said : `${title}: ${said}`}`;
}

// From which day to which the sheet's data is.
function spanOf(sheet) {
  const charts = sheet.visuals.filter(({ kind, error }) => kind !== "kpi" && !error);
  const words = (charts.length ? charts : sheet.visuals.filter(({ error }) => !error))
    .map(({ dataset }) => datasets[dataset].columns.day?.words ?? [])
    .flat().filter((word) => word !== null).sort();
  return words.length ? `, ${spanned(words[0].slice(0, 10), words.at(-1).slice(0, 10))}` : "";
}

function announce(sheet, state) {
  const unknown = state.unknown.length ? ` The address names what is not here: ${listed(state.unknown)}. Shown is the sheet ${sheet.title} without it.` : "";
  const scope = sheet.box.querySelector(".scope");
  say(`${sheet.title}. ${scope ? scope.textContent : ""}${unknown}`);
  document.getElementById("unknown").textContent = unknown;
}

function theme() {
  const dark = matchMedia("(prefers-color-scheme: dark)").matches;
  const now = page.state.theme || (dark ? "dark" : "light");
  go({ ...page.state, theme: now === "dark" ? "light" : "dark" });
}

// On paper all sheets stand open, each with its tables.
function forPaper() {
  for (const sheet of sheets) {
    sheet.box.hidden = false;
    for (const { details, parts } of sheet.figures) {
      parts.paper = true;
      details.open = true;
    }
    refreshSheet(sheet, page.state);
  }
}

function afterPaper() {
  for (const { parts, details } of sheets.flatMap(({ figures }) => figures)) {
    parts.paper = false;
    details.open = false;
  }
  show();
}

for (const { box, figures } of sheets) box.querySelector(".cards")?.append(...figures.map(({ card }) => card));
document.getElementById("controls").append(controls.form, controls.chips);
document.getElementById("theme").addEventListener("click", theme);
document.getElementById("skip").addEventListener("click", (event) => {
  event.preventDefault(); // the address says what is looked at
  document.getElementById("main").focus();
});
window.addEventListener("hashchange", show);
window.addEventListener("beforeprint", forPaper);
window.addEventListener("afterprint", afterPaper);
let settled = 0;
window.addEventListener("resize", () => {
  clearTimeout(settled);
  settled = setTimeout(show, 150);
});
show().then(() => { document.documentElement.dataset.ready = "yes"; });
