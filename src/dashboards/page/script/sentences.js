// Each chart in a sentence, computed from what it shows.
function sentenceOf(visual, dataset, found, path) {
  const { by, groups, totals, filtered } = found;
  if (!groups.length) return emptiness(dataset, filtered);
  if (totals.every(({ value }) => value === null)) return `No row here has a value of ${listed(visual.measures.map(({ label }) => label))}.`;
  if (visual.kind === "kpi") return visual.measures[0].share ? told(totals[0], visual.measures[0]) : "";
  if (visual.kind === "table") return `${counted(groups.length, "row")}.`;
  if (visual.kind === "scatter") return sides(visual, by, groups);
  const [measure] = visual.measures;
  const overall = visual.measures.map((one, place) => overallOf(totals[place], one)).filter(Boolean);
  const of = visual.measures.length > 1 ? `${measure.label}: ` : "";
  const extreme = extremes(by, groups, measure, totals[0]);
  const parts = [listed(overall), extreme && of + extreme];
  const within = path.length ? `In ${wayOf(path).map(({ word }) => word).join(" › ")}: ` : "";
  const text = within + (parts.filter(Boolean).join("; ") || `${measure.label} ${told(totals[0], measure)}`);
  const left = visual.limit && groups.length > visual.limit;
  const drawn = left ? ` The first ${visual.limit} of ${shown(groups.length, COUNT)} are drawn, the table has all.` : "";
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.${drawn}`;
}

function overallOf(estimate, measure) {
  if (estimate.value === null) return "";
  const value = told(estimate, measure);
  const label = value === "1" ? measure.label.replace(/s$/, "") : measure.label;
  if (adds(measure)) return `${value} ${label} in all`;
  if (measure.tree.op === "avg") return `${value} ${label} on average`;
  return measure.share ? `${measure.label} ${value} overall` : "";
}

// The highest and the lowest group; shares of few are not compared.
function extremes(by, groups, measure, total) {
  const valued = groups.filter(({ estimates: [one] }) => one.value !== null);
  if (!valued.length) return `no value of ${measure.label} here`;
  const large = valued.filter(({ estimates: [one] }) => !one.small);
  if (!large.length) return `by ${by[0].label} each share is of fewer than ${SMALL}: too few to compare`;
  const known = large.filter(({ words }) => words[0] !== OTHERS);
  if (known.length < 2) return "";
  const value = ({ estimates: [one] }) => one.value;
  const best = known.reduce((a, b) => (value(b) > value(a) ? b : a));
  const least = known.reduce((a, b) => (value(b) < value(a) ? b : a));
  if (value(best) === value(least)) return `${measure.label} is the same everywhere`;
  const text = (group) => `${whereOf(by, group.words)} (${shown(value(group), measure.format)}`;
  const isPart = adds(measure) && total.value > 0 && known.every((group) => value(group) >= 0);
  const of = isPart ? `, ${shown(value(best) / total.value, { kind: "percent", digits: 1 })} of all` : "";
  return `highest ${text(best)}${of}), lowest ${text(least)})`;
}

function adds(measure) {
  return measure.tree.op === "sum" || measure.tree.op === "count";
}

function whereOf(by, words) {
  return by
    .map(({ says, label }, place) => {
      const word = words[place];
      return typeof word === "number" ? `${label} ${word}` : says(word);
    })
    .join(", ");
}

// How many lie below the line on which both measures are the same.
function sides(visual, by, groups) {
  const [x, y] = visual.measures;
  const values = groups.map(({ estimates }) => estimates.map(({ value }) => value));
  const below = values.filter(([a, b]) => a !== null && b !== null && b < a).length;
  const few = groups.length - enough(groups).length;
  const left = few ? ` ${shown(few, COUNT)} with fewer than ${SMALL} ${y.parts[1]} are in the table alone.` : "";
  return `${counted(groups.length, by[0].label)}: ${shown(below, COUNT)} with ${y.label} below ${x.label}.${left}`;
}

function emptiness(dataset, filtered) {
  if (!dataset.rows) return `There is no data: the view ${dataset.name} holds no row.`;
  return filtered
    ? "Nothing is left by the filters: take one away to see more."
    : `The view ${dataset.name} holds no row of this.`;
}
