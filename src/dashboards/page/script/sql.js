// The statement that gives a chart's numbers in Athena, filters and all.
function statementOf(visual, dataset, state, plan, path) {
  const by = dimensionsOf(visual, path);
  const names = by.map(({ column }) => column);
  const measures = visual.measures.map(({ tree, label }) => `${expression(tree)} AS "${label.replaceAll('"', '""')}"`);
  const where = [
    ...plan.filters.filter(({ id, column }) => state.filters[id] && column in dataset.columns)
      .map((filter) => condition(dataset, filter.column, state.filters[filter.id], filter.kind)),
    ...visual.fixed.map(fixedCondition),
    ...path.map((word, depth) => condition(dataset, visual.hierarchy[depth].column, [word], "set")),
  ];
  const ordinals = names.map((_, place) => place + 1).join(", ");
  return [
    `SELECT\n${[...names, ...measures].map((part) => `    ${part}`).join(",\n")}`,
    `FROM ${dataset.name}`,
    ...(where.length ? [`WHERE ${where.join("\n    AND ")}`] : []),
    ...(names.length ? [`GROUP BY ${ordinals}`, `ORDER BY ${ordinals}`] : []),
  ].join("\n");
}

function expression(tree) {
  if (tree.op === "number") return String(tree.value);
  if (tree.op === "distinct_count") return `COUNT(DISTINCT ${tree.column})`;
  if (!tree.args) return `${tree.op.toUpperCase()}(${tree.column})`;
  if (tree.op === "sqrt") return `SQRT(${expression(tree.args[0])})`;
  const [left, right] = tree.args.map((part) => (part.args ? `(${expression(part)})` : expression(part)));
  // whole numbers would be divided without their rest
  return tree.op === "/" ? `CAST(${left} AS double) / NULLIF(${right}, 0)` : `${left} ${tree.op} ${right}`;
}

function condition(dataset, column, chosen, kind) {
  if (kind === "range") {
    return `CAST(${column} AS date) BETWEEN DATE '${chosen.from}' AND DATE '${chosen.to}'`;
  }
  const { words } = coded(dataset, column);
  const values = words.filter((word) => chosen.includes(named(word)));
  const there = values.filter((word) => word !== null).map(literal);
  const parts = [
    ...(there.length ? [`${column} IN (${there.join(", ")})`] : []),
    ...(values.includes(null) ? [`${column} IS NULL`] : []),
  ];
  return parts.length > 1 ? `(${parts.join(" OR ")})` : (parts[0] ?? "FALSE");
}

function fixedCondition({ column, value, keep }) {
  return `${column} ${keep ? "=" : "<>"} ${literal(value)}`;
}

function literal(word) {
  return typeof word === "number" ? String(word) : `'${word.replaceAll("'", "''")}'`;
}
