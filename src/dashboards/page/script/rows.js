// Datasets as columns: selected by filters, grouped by dimensions.
const OTHERS = "(others)";
const MOST_KEYS = Number.MAX_SAFE_INTEGER;

function columnOf(dataset, name) {
  const found = dataset.columns[name];
  if (!found) throw new Error(`The view ${dataset.name} has no column ${name}.`);
  return found;
}

// A column as codes into the sorted list of its values, also where it holds numbers.
function coded(dataset, name) {
  const column = columnOf(dataset, name);
  if (!column.words) {
    const values = [...new Set(column.values)].sort((a, b) => (a ?? -Infinity) - (b ?? -Infinity));
    const places = new Map(values.map((value, place) => [value, place]));
    column.words = values.map((value) => (value === null ? null : real(column, value)));
    column.codes = column.values.map((value) => places.get(value));
  }
  return column;
}

// Decimals travel as whole numbers of their last digit, so that sums of them are exact.
function real(column, value) {
  return column.scale ? value / 10 ** column.scale : value;
}

function selected(dataset, filters) {
  let rows = Int32Array.from({ length: dataset.rows }, (_, row) => row);
  for (const filter of filters) {
    if (!(filter.column in dataset.columns)) continue;
    const { words, codes } = coded(dataset, filter.column);
    const allowed = words.map((word) => filter.allows(word));
    rows = rows.filter((row) => allowed[codes[row]]);
  }
  return rows;
}

function grouped(dataset, rows, names) {
  const parts = names.map((name) => coded(dataset, name));
  const few = parts.reduce((product, part) => product * part.words.length, 1) <= MOST_KEYS;
  const keyOf = few
    ? (row) => parts.reduce((key, part) => key * part.words.length + part.codes[row], 0)
    : (row) => parts.map((part) => part.codes[row]).join();
  const groups = new Map();
  for (const row of rows) {
    const key = keyOf(row);
    const group = groups.get(key);
    if (group) group.rows.push(row);
    else {
      groups.set(key, { words: parts.map((part) => part.words[part.codes[row]]), rows: [row] });
    }
  }
  return [...groups.values()];
}
