// Groups as the rows that a chart draws: x, y, series, ends of the interval, the words of a tip.
const ABOVE = "above 1";
const BELOW = "below 1";
const FARTHEST = 5; // doublings away from 1, which 0 is too
const FEW_DOTS = 5;
const DAY_MS = 86_400_000;

function pointsOf(visual, by, groups) {
  if (visual.kind === "heat") return groups.map((group) => cell(visual, by, group));
  if (visual.kind === "scatter") return enough(groups).map((group) => dot(visual, by, group));
  const points = groups.flatMap((group) =>
    visual.measures.map((one, place) => ({
      x: visual.time ? instant(group.words[0]) : named(group.words[0]),
      word: by[0].says(group.words[0]),
      key: named(group.words[0]),
      series: one.label,
      ...mark(visual, by, group, place),
    })),
  );
  return visual.time === "day" ? withGaps(points) : points;
}

function mark(visual, by, group, place) {
  const estimate = group.estimates[place];
  const label = shown(estimate.value, visual.measures[place].format);
  const tip = tipOf(visual, by, group);
  const { value: y, low = null, high = null, small } = estimate;
  return { y, low, high, small, label, tip };
}

// A number around 1, such as a lift, is drawn by its side and its distance.
function cell(visual, by, group) {
  const made = mark(visual, by, group, 0);
  const x = by[1].says(group.words[1]);
  const strength = made.y === null ? null : Math.min(FARTHEST, Math.abs(Math.log2(Math.max(made.y, 0))));
  const key = named(group.words[0]);
  return { x, row: by[0].says(group.words[0]), key, side: made.y < 1 ? BELOW : ABOVE, strength, ...made };
}

// Dots of few would spread the axes until nothing is told apart: they are in the table.
function enough(groups) {
  const known = groups.filter(({ estimates }) => !estimates.some(({ small }) => small));
  return known.length < FEW_DOTS ? groups : known;
}

function dot(visual, by, group) {
  const [x, y, size] = group.estimates.map(({ value }) => value);
  return { x, y, size: size ?? 1, key: named(group.words[0]), series: by[1].says(group.words[1]), tip: tipOf(visual, by, group) };
}

function tipOf(visual, by, group) {
  const words = by.map(({ label }, place) => `${label}: ${by[place].says(group.words[place])}`);
  const small = group.estimates.some((one) => one.small) ? [`fewer than ${SMALL}: may be chance`] : [];
  const values = visual.measures.map((one, place) => `${one.label}: ${told(group.estimates[place], one)}`);
  return [...words, ...values, ...small].join("\n");
}

// A day without a row is a gap in the line, not a line across it.
function withGaps(points) {
  const there = points.map(({ x }) => x);
  const known = new Set(points.map(({ x, series }) => `${x} ${series}`));
  const gaps = [];
  const last = Math.max(...there);
  for (let x = Math.min(...there); x <= last; x += DAY_MS) {
    for (const series of new Set(points.map((point) => point.series))) {
      if (!known.has(`${x} ${series}`)) gaps.push({ x, series, y: null, tip: "no row" });
    }
  }
  return [...points, ...gaps].sort((a, b) => a.x - b.x);
}
