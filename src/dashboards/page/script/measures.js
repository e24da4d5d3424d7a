// What is counted of groups of rows: a pass over the rows for each sum, whatever measures need it.
const SMALL = 30; // a share of fewer is greyed
const Z = 1.96;
const ROUNDING = 2 ** -53; // of one addition of doubles, at most, against its sum

// Gives the value of a group by measure, with, of a share, what it is a share of and its interval.
function estimator(dataset, rows, grouping) {
  const known = new Map();
  const leaf = (tree) => {
    const key = `${tree.op} ${tree.column}`;
    if (!known.has(key)) known.set(key, leaves(dataset, rows, grouping, tree));
    return known.get(key);
  };
  const value = (tree, group) => {
    if (tree.op === "number") return tree.value;
    return tree.args ? calculated(tree.op, tree.args.map((part) => value(part, group))) : leaf(tree)[group];
  };
  return (measure, group) => {
    const found = value(measure.tree, group);
    if (!measure.share) return { value: found, small: false };
    const [part, of] = measure.tree.args.map((tree) => value(tree, group));
    if (found === null) return { value: found, part, of, small: true };
    return { value: found, part, of, small: of < SMALL, ...wilson(part, of) };
  };
}

function calculated(op, [left, right]) {
  if (left === null || right === null) return null;
  if (op === "sqrt") return left < 0 ? null : Math.sqrt(left);
  if (op === "+") return left + right;
  if (op === "-") return left - right;
  if (op === "*") return left * right;
  return right === 0 ? null : left / right;
}

// What a column comes to in each group; null where it has no value.
function leaves(dataset, rows, grouping, { op, column: name }) {
  const column = columnOf(dataset, name);
  if (op === "count" || op === "distinct_count") return counts(coded(dataset, name), rows, grouping, op);
  if (op === "min" || op === "max") return extremesOf(column, rows, grouping, op);
  if (!column.values) throw new Error(`${name} of ${dataset.name} is no number.`);
  const { sums, numbers } = column.scale === null ? doubles(column, rows, grouping) : wholes(column, rows, grouping);
  return Array.from(sums, (sum, group) => {
    if (!numbers[group]) return null;
    return op === "avg" ? real(column, sum) / numbers[group] : real(column, sum);
  });
}

function counts({ words, codes }, rows, { of, count }, op) {
  const found = new Array(count).fill(0);
  const seen = new Set();
  for (const [place, row] of rows.entries()) {
    const cell = of[place] * words.length + codes[row];
    if (words[codes[row]] === null || (op === "distinct_count" && seen.has(cell))) continue;
    if (op === "distinct_count") seen.add(cell);
    found[of[place]] += 1;
  }
  return found;
}

// The words of texts are sorted, so that their codes are compared.
function extremesOf({ words, codes, values }, rows, { of, count }, op) {
  const found = new Array(count).fill(null);
  const numbers = values ?? codes;
  for (const [place, row] of rows.entries()) {
    const number = numbers[row];
    const best = found[of[place]];
    if (Number.isNaN(number) || (!values && words[number] === null)) continue;
    if (best === null || (op === "min" ? number < best : number > best)) found[of[place]] = number;
  }
  return found.map((number) => (number === null ? null : values ? number : words[number]));
}

// Whole numbers, whose sums are below 2^53: exact.
function wholes({ values }, rows, { of, count }) {
  const [sums, numbers] = [new Float64Array(count), new Int32Array(count)];
  for (let place = 0; place < rows.length; place += 1) {
    const value = values[rows[place]];
    if (Number.isNaN(value)) continue;
    sums[of[place]] += value;
    numbers[of[place]] += 1;
  }
  return { sums, numbers };
}

// The doubles nearest to the sums. What each addition loses is added up aside (D. Knuth's TwoSum);
// where that might itself be off by as much as decides the last digit, the sum is done anew, exactly.
function doubles({ values }, rows, { of, count }) {
  const [sums, lost, lostAtMost] = [new Float64Array(count), new Float64Array(count), new Float64Array(count)];
  const numbers = new Int32Array(count);
  for (let place = 0; place < rows.length; place += 1) {
    const value = values[rows[place]];
    if (Number.isNaN(value)) continue;
    const group = of[place];
    const sum = sums[group];
    const next = sum + value;
    const added = next - sum;
    const error = sum - (next - added) + (value - added);
    sums[group] = next;
    lost[group] += error;
    lostAtMost[group] += Math.abs(error);
    numbers[group] += 1;
  }
  for (let group = 0; group < count; group += 1) {
    const doubt = 2 * numbers[group] * ROUNDING * lostAtMost[group];
    const [low, high] = [sums[group] + (lost[group] - doubt), sums[group] + (lost[group] + doubt)];
    sums[group] = low === high ? low : exactSum(valuesOf(values, rows, of, group));
  }
  return { sums, numbers };
}

function valuesOf(values, rows, of, group) {
  const found = [];
  for (const [place, row] of rows.entries()) {
    if (of[place] === group && !Number.isNaN(values[row])) found.push(values[row]);
  }
  return found;
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
