// Datasets as columns: selected by filters, grouped by dimensions.
const OTHERS = "(others)";
const MOST_SELECTIONS = 64;
const MOST_CELLS = 1 << 20; // beyond, a map takes less room than a list with a place for each

// The columns of a view, which travel as base64 of gzip's JSON.
async function unpacked(text) {
  const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const json = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  const dataset = await new Response(json).json();
  for (const column of Object.values(dataset.columns)) {
    if (column.words) column.codes = Int32Array.from(column.codes);
    else column.values = Float64Array.from(column.values, (value) => value ?? NaN);
  }
  return dataset;
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
    const first = (value) => (Number.isNaN(value) ? -Infinity : value);
    const values = [...new Set(column.values)].sort((a, b) => first(a) - first(b));
    const places = new Map(values.map((value, place) => [value, place]));
    column.words = values.map((value) => (Number.isNaN(value) ? null : real(column, value)));
    column.codes = Int32Array.from(column.values, (value) => places.get(value));
  }
  return column;
}

// Decimals travel as whole numbers of their last digit, so that sums of them are exact.
function real(column, value) {
  return column.scale ? value / 10 ** column.scale : value;
}

// The rows that all filters allow. What the first of them leave is kept: visuals share it, and a
// reader's filters, which come last, look at no more than that.
function selected(dataset, filters) {
  const heard = filters.filter(({ column }) => column in dataset.columns);
  const key = heard.map((filter) => filter.key).join("\n");
  dataset.selected ??= new Map();
  const rows = dataset.selected.get(key) ?? chosen(dataset, heard);
  dataset.selected.delete(key);
  dataset.selected.set(key, rows); // now the last to be forgotten
  if (dataset.selected.size > MOST_SELECTIONS) {
    dataset.selected.delete(dataset.selected.keys().next().value);
  }
  return rows;
}

function chosen(dataset, filters) {
  if (!filters.length) return Int32Array.from({ length: dataset.rows }, (_, row) => row);
  const rows = selected(dataset, filters.slice(0, -1));
  const { column, allows } = filters.at(-1);
  const { words, codes } = coded(dataset, column);
  const allowed = Uint8Array.from(words, (word) => Number(allows(word)));
  const left = new Int32Array(rows.length);
  let count = 0;
  for (const row of rows) if (allowed[codes[row]]) left[count++] = row;
  return left.slice(0, count);
}

// The number of each row's group, how many groups there are, and the words of each.
function grouped(dataset, rows, names) {
  const parts = names.map((name) => coded(dataset, name));
  let of = new Int32Array(rows.length);
  let firsts = [0]; // a row of each group, by its place
  for (const { words, codes } of parts) {
    const cells = firsts.length * words.length;
    const numbers = cells > MOST_CELLS ? new Map() : new Int32Array(cells).fill(-1);
    const at = (cell) => (numbers instanceof Map ? (numbers.get(cell) ?? -1) : numbers[cell]);
    const finer = new Int32Array(rows.length);
    const begun = [];
    for (let place = 0; place < rows.length; place += 1) {
      const cell = of[place] * words.length + codes[rows[place]];
      let number = at(cell);
      if (number < 0) {
        number = begun.push(place) - 1;
        if (numbers instanceof Map) numbers.set(cell, number);
        else numbers[cell] = number;
      }
      finer[place] = number;
    }
    [of, firsts] = [finer, begun];
  }
  const there = rows.length ? firsts.map((place) => rows[place]) : [];
  const words = there.map((row) => parts.map((part) => part.words[part.codes[row]]));
  return { of, count: firsts.length, words };
}
