// Datasets as columns: selected by filters, grouped by dimensions.
const OTHERS = "(others)";
const MOST_KEYS = Number.MAX_SAFE_INTEGER;
const MOST_SELECTIONS = 8;

// The columns of a view, which travel as base64 of gzip's JSON.
function unpacked(text) {
  const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const json = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Response(json).json();
}

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

// The rows that all filters allow; visuals of a sheet mostly ask for the same.
function selected(dataset, filters) {
  const heard = filters.filter(({ column }) => column in dataset.columns);
  const key = heard.map((filter) => filter.key).join("\n");
  dataset.selected ??= new Map();
  if (dataset.selected.has(key)) return dataset.selected.get(key);
  let rows = Int32Array.from({ length: dataset.rows }, (_, row) => row);
  for (const filter of heard) {
    const { words, codes } = coded(dataset, filter.column);
    const allowed = words.map((word) => filter.allows(word));
    rows = rows.filter((row) => allowed[codes[row]]);
  }
  if (dataset.selected.size >= MOST_SELECTIONS) dataset.selected.clear();
  dataset.selected.set(key, rows);
  return rows;
}

function grouped(dataset, rows, names) {
  if (!names.length) return rows.length ? [{ words: [], rows }] : [];
  const parts = names.map((name) => coded(dataset, name));
  const few = parts.reduce((product, part) => product * part.words.length, 1) <= MOST_KEYS;
  const number = (row) => {
    let key = 0;
    for (const { words, codes } of parts) key = key * words.length + codes[row];
    return key;
  };
  const keyOf = few ? number : (row) => parts.map((part) => part.codes[row]).join();
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
