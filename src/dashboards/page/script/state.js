// What is looked at, as the address says it: a link shows the same, back goes back.
const RANGE = "..";

function readState(hash, plan, datasets) {
  const said = new URLSearchParams(hash.replace(/^#/, ""));
  const state = { sheet: plan.sheets[0].id, filters: {}, drills: {}, theme: "", unknown: [] };
  for (const [name, value] of said) {
    const filter = plan.filters.find((one) => one.id === name);
    if (name === "sheet") {
      if (plan.sheets.some((sheet) => sheet.id === value)) state.sheet = value;
      else state.unknown.push(`sheet ${value}`);
    } else if (name === "theme" && ["light", "dark"].includes(value)) state.theme = value;
    else if (name.startsWith("drill.")) {
      const path = state.drills[name.slice(6)] ?? [];
      if (hasLevel(plan, datasets, name.slice(6), path, value)) state.drills[name.slice(6)] = [...path, value];
      else state.unknown.push(`what opens as ${value}`);
    } else if (filter?.kind === "range") {
      const [from, to] = value.split(RANGE).sort();
      if (isDay(from) && isDay(to)) state.filters[name] = { from, to };
      else state.unknown.push(`${filter.label} ${value}`);
    } else if (filter && filter.values.includes(value)) {
      const values = state.filters[name] ?? [];
      if (!values.includes(value)) state.filters[name] = [...values, value];
    } else state.unknown.push(`${filter?.label ?? name} ${value}`.trim());
  }
  return state;
}

// Whether a visual opens so far, and into such a value.
function hasLevel(plan, datasets, id, path, word) {
  const visual = plan.sheets.flatMap(({ visuals }) => visuals).find((one) => one.id === id);
  const levels = visual?.error ? [] : (visual?.hierarchy.slice(0, -1) ?? []);
  const { column } = levels[path.length] ?? {};
  return Boolean(column) && coded(datasets[visual.dataset], column).words.some((one) => named(one) === word);
}

function isDay(text) {
  return DAY.test(text ?? "") && !Number.isNaN(instant(text)) && new Date(instant(text)).toISOString().startsWith(text);
}

function writeState(state, plan) {
  const said = new URLSearchParams();
  said.set("sheet", state.sheet);
  for (const { id, kind } of plan.filters) {
    const chosen = state.filters[id];
    if (chosen && kind === "range") said.set(id, `${chosen.from}${RANGE}${chosen.to}`);
    else for (const value of chosen ?? []) said.append(id, value);
  }
  for (const [visual, path] of Object.entries(state.drills)) {
    for (const word of path) said.append(`drill.${visual}`, word);
  }
  if (state.theme) said.set("theme", state.theme);
  return `#${said}`;
}

// The filters that are set, as rows are tested by them.
function testsOf(state, plan) {
  return plan.filters
    .filter(({ id }) => state.filters[id])
    .map(({ id, kind, column, label }) => {
      const chosen = state.filters[id];
      const allows =
        kind === "range"
          ? (word) => word !== null && word.slice(0, 10) >= chosen.from && word.slice(0, 10) <= chosen.to
          : (word) => chosen.includes(named(word));
      return { id, column, label, key: JSON.stringify([column, chosen]), allows };
    });
}
