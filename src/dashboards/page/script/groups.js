const NUMBERED = /^\d [^\d]/;

// The groups of rows that a visual shows, each with its measures.
function dimensionsOf(visual, path) {
  const [first, ...rest] = visual.by;
  if (!visual.hierarchy.length) return visual.by;
  const level = visual.hierarchy[Math.min(path.length, visual.hierarchy.length - 1)];
  return [{ ...first, ...level }, ...rest];
}

function groupsOf(visual, dataset, tests, path) {
  const inside = path.map((word, depth) => ({
    column: visual.hierarchy[depth].column,
    key: JSON.stringify([visual.hierarchy[depth].column, word]),
    allows: (value) => named(value) === word,
  }));
  const rows = selected(dataset, [...visual.fixed.map(fixedTest), ...inside, ...tests]);
  const by = dimensionsOf(visual, path);
  const grouping = grouped(dataset, rows, by.map(({ column }) => column));
  const estimate = estimator(dataset, rows, grouping);
  const groups = grouping.words.map((words, place) => ({
    words,
    estimates: visual.measures.map((one) => estimate(one, place)),
  }));
  const whole = estimator(dataset, rows, grouped(dataset, rows, []));
  const totals = visual.measures.map((one) => whole(one, 0));
  const said = by.map((one, place) => ({ ...one, says: sayer(groups, place) }));
  return { by: said, totals, groups: ordered(visual, groups) };
}

// "1 Mon" is Mon where all values are numbered so: the number is for the order alone.
function sayer(groups, place) {
  const texts = groups.map(({ words }) => words[place]).filter((word) => word !== null);
  const plain = texts.filter((word) => !String(word).startsWith("("));
  if (!plain.length || !plain.every((word) => NUMBERED.test(word))) return named;
  return (word) => (NUMBERED.test(word) ? word.slice(2) : named(word));
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
