const NUMBERED = /^\d [^\d]/;

// The groups of rows that a visual shows, each with its measures.
function dimensionsOf(visual, path) {
  const [first, ...rest] = visual.by;
  if (!visual.hierarchy.length) return visual.by;
  const level = visual.hierarchy[Math.min(path.length, visual.hierarchy.length - 1)];
  return [{ ...first, ...level }, ...rest];
}

function groupsOf(visual, dataset, tests, path) {
  const rows = rowsOf(visual, dataset, tests, path);
  const by = dimensionsOf(visual, path);
  const grouping = grouped(dataset, rows, by.map(({ column }) => column));
  const estimate = estimator(dataset, rows, grouping);
  const groups = grouping.words.map((words, place) => ({
    words,
    estimates: visual.measures.map((one) => estimate(one, place)),
  }));
  const whole = estimator(dataset, rows, grouped(dataset, rows, []));
  const totals = visual.measures.map((one) => whole(one, 0));
  const said = by.map((one) => ({ ...one, says: sayer(visual, dataset, one.column) }));
  return { by: said, totals, groups: ordered(visual, groups), filtered: tests.length + path.length > 0 };
}

function rowsOf(visual, dataset, tests, path) {
  const inside = path.map((word, depth) => ({
    column: visual.hierarchy[depth].column,
    key: JSON.stringify([visual.hierarchy[depth].column, word]),
    allows: (value) => named(value) === word,
  }));
  return selected(dataset, [...visual.fixed.map(fixedTest), ...inside, ...tests]);
}

// A level that says the same again, such as the others of the others, is passed by.
function opened(visual, dataset, tests, path) {
  if (path.length >= visual.hierarchy.length - 1) return path;
  const below = grouped(dataset, rowsOf(visual, dataset, tests, path), [visual.hierarchy[path.length].column]);
  const same = below.words.length === 1 && named(below.words[0][0]) === path.at(-1);
  return same ? opened(visual, dataset, tests, [...path, path.at(-1)]) : path;
}

// The levels that were not passed by, each with its depth.
function wayOf(path) {
  const steps = path.map((word, place) => ({ word, depth: place + 1 }));
  return steps.filter(({ word, depth }) => word !== path[depth]);
}

// "1 Mon" is Mon where every value there may be has a digit of its own: it is for the order alone.
function sayer(visual, dataset, column) {
  visual.says ??= {};
  visual.says[column] ??= numberedBy(visual, dataset, column)
    ? (word) => (NUMBERED.test(word) ? word.slice(2) : named(word))
    : named;
  return visual.says[column];
}

function numberedBy(visual, dataset, column) {
  const { words } = grouped(dataset, rowsOf(visual, dataset, [], []), [column]);
  const plain = words.map(([word]) => word).filter((word) => word !== null && !String(word).startsWith("("));
  const digits = new Set(plain.map((word) => String(word)[0]));
  return plain.length > 0 && plain.every((word) => NUMBERED.test(word)) && digits.size === plain.length;
}

// A filter that the definition sets for good.
function fixedTest({ column, value, keep }) {
  const key = JSON.stringify([column, value, keep]);
  return { column, key, allows: (word) => word !== null && (named(word) === value) === keep };
}

function ordered(visual, groups) {
  const { measure: place, descending } = visual.sort ?? {
    measure: ["bar", "table"].includes(visual.kind) ? 0 : null,
    descending: true,
  };
  const sign = descending ? -1 : 1;
  const byWords = (a, b) => compared(a.words, b.words);
  if (place === null) return groups.sort((a, b) => (visual.sort ? sign : 1) * byWords(a, b));
  const value = (group) => group.estimates[place]?.value ?? -Infinity;
  const last = (group) => Number(group.words[0] === OTHERS);
  return groups.sort(
    (a, b) => last(a) - last(b) || sign * (value(a) - value(b)) || byWords(a, b),
  );
}

function compared(left, right) {
  for (const [place, a] of left.entries()) {
    const b = right[place];
    if (a === b) continue;
    if (a === null || b === null) return a === null ? 1 : -1;
    return typeof a === "number" ? a - b : a < b ? -1 : 1;
  }
  return 0;
}

// The first so many values of the first dimension; the others are in the table.
function limited(visual, groups) {
  if (!visual.limit) return groups;
  const kept = new Set(groups.map(({ words }) => words[0]).slice(0, visual.limit));
  return groups.filter(({ words }) => kept.has(words[0]));
}
