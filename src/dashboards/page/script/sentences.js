// Each chart in a sentence, computed from what it shows.
function sentenceOf(visual, dataset, found, path) {
  const { by, groups, totals } = found;
  if (!groups.length) return emptiness(dataset);
  if (visual.kind === "kpi") return visual.measures[0].share ? told(totals[0], visual.measures[0]) : "";
  if (visual.kind === "table") return `${counted(groups.length, "row")}.`;
  if (visual.kind === "scatter") return sides(visual, by, groups);
  const [measure] = visual.measures;
  const overall = visual.measures.map((one, place) => overallOf(totals[place], one)).filter(Boolean);
  const parts = [listed(overall), extremes(by, groups, measure, totals[0])];
  const within = path.length ? `In ${path.join(" › ")}: ` : "";
  const text = within + parts.filter(Boolean).join("; ");
  const left = visual.limit && groups.length > visual.limit;
  const drawn = left ? ` The first ${visual.limit} of ${groups.length} are drawn, the table has all.` : "";
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.${drawn}`;
}

function overallOf(estimate, measure) {
  const value = told(estimate, measure);
  if (adds(measure)) return `${value} ${measure.label} in all`;
  if (measure.tree.op === "avg") return `${value} ${measure.label} on average`;
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
  const left = few ? ` ${few} with fewer than ${SMALL} ${y.parts[1]} are in the table alone.` : "";
  return `${counted(groups.length, by[0].label)}: ${below} with ${y.label} below ${x.label}.${left}`;
}

function emptiness(dataset) {
  return dataset.rows
    ? "Nothing is left by the filters: take one away to see more."
    : `There is no data: the view ${dataset.name} holds no row.`;
}
