// What is counted of a group of rows.
const SMALL = 30; // a share of fewer is greyed
const Z = 1.96;

function measured(dataset, rows, tree) {
  if (tree.op === "number") return tree.value;
  if (tree.args) {
    const [left, right] = tree.args.map((part) => measured(dataset, rows, part));
    if (left === null || right === null) return null;
    if (tree.op === "sqrt") return left < 0 ? null : Math.sqrt(left);
    if (tree.op === "+") return left + right;
    if (tree.op === "-") return left - right;
    if (tree.op === "*") return left * right;
    return right === 0 ? null : left / right;
  }
  const column = columnOf(dataset, tree.column);
  if (tree.op === "distinct_count" || tree.op === "count") {
    const { words, codes } = coded(dataset, tree.column);
    const there = Array.from(rows, (row) => codes[row]).filter((code) => words[code] !== null);
    return tree.op === "count" ? there.length : new Set(there).size;
  }
  if (!column.values && ["min", "max"].includes(tree.op)) return extreme(dataset, rows, tree);
  if (!column.values) throw new Error(`${tree.column} of ${dataset.name} is no number.`);
  const values = [];
  for (const row of rows) if (column.values[row] !== null) values.push(column.values[row]);
  if (!values.length) return null;
  if (tree.op === "min") return real(column, values.reduce((a, b) => Math.min(a, b)));
  if (tree.op === "max") return real(column, values.reduce((a, b) => Math.max(a, b)));
  const sum = column.scale === null ? exactSum(values) : values.reduce((a, b) => a + b);
  return tree.op === "avg" ? real(column, sum) / values.length : real(column, sum);
}

function extreme(dataset, rows, tree) {
  const { words, codes } = coded(dataset, tree.column);
  const there = Array.from(rows, (row) => words[codes[row]]).filter((word) => word !== null).sort();
  return (tree.op === "min" ? there[0] : there.at(-1)) ?? null;
}

// The value with, of a share, what it is a share of and its 95 % interval.
function estimated(dataset, rows, measure) {
  const value = measured(dataset, rows, measure.tree);
  if (!measure.share) return { value, small: false };
  const [part, of] = measure.tree.args.map((tree) => measured(dataset, rows, tree));
  if (value === null) return { value, part, of, small: true };
  return { value, part, of, small: of < SMALL, ...wilson(part, of) };
}

// E. B. Wilson's score interval, 1927; a share above 1 counts as 1.
function wilson(part, of) {
  const p = Math.min(part / of, 1);
  const middle = p + (Z * Z) / 2 / of;
  const reach = Z * Math.sqrt((p * (1 - p)) / of + (Z * Z) / 4 / of / of);
  const whole = 1 + (Z * Z) / of;
  return { low: (middle - reach) / whole, high: (middle + reach) / whole };
}

// The double nearest to the sum, whatever the order (J. Shewchuk, 1997; as Python's math.fsum).
function exactSum(values) {
  const partials = [];
  for (let x of values) {
    let kept = 0;
    for (let place = 0; place < partials.length; place += 1) {
      let y = partials[place];
      if (Math.abs(x) < Math.abs(y)) [x, y] = [y, x];
      const high = x + y;
      const low = y - (high - x);
      if (low) {
        partials[kept] = low;
        kept += 1;
      }
      x = high;
    }
    partials.length = kept;
    partials.push(x);
  }
  let high = partials.pop() ?? 0;
  let low = 0;
  while (partials.length && !low) {
    const x = high;
    const y = partials.pop();
    high = x + y;
    low = y - (high - x);
  }
  // half-way cases: the next partial says to which side
  if (partials.length && Math.sign(low) === Math.sign(partials.at(-1))) {
    const twice = low * 2;
    const x = high + twice;
    if (twice === x - high) high = x;
  }
  return high;
}
