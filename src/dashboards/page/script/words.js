// Numbers and values in words.
const WEEKDAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const DAY = /^\d{4}-\d{2}-\d{2}$/;
const COUNT = { kind: "number", digits: 0 };
const _numbers = new Map();

function shown(value, format) {
  if (value === null || value === undefined) return "–";
  if (typeof value === "string") return value;
  const key = `${format.kind}${format.digits}`;
  if (!_numbers.has(key)) {
    const digits = { minimumFractionDigits: format.digits, maximumFractionDigits: format.digits };
    const style = format.kind === "percent" ? { style: "percent" } : {};
    _numbers.set(key, new Intl.NumberFormat("en-US", { ...digits, ...style }));
  }
  return _numbers.get(key).format(value);
}

function counted(number, thing, things = `${thing}s`) {
  return `${shown(number, COUNT)} ${number === 1 ? thing : things}`;
}

// A dimension's value as a reader reads it.
function named(word) {
  if (word === null || word === undefined) return "(none)";
  const text = String(word);
  return DAY.test(text) ? `${WEEKDAYS[new Date(instant(text)).getUTCDay()]} ${text}` : text;
}

// Milliseconds of a day or a time of the data, which are UTC.
function instant(text) {
  return Date.parse(text.length > 10 ? `${text.replace(" ", "T")}Z` : `${text}T00:00:00Z`);
}

function listed(parts) {
  if (parts.length < 2) return parts.join("");
  return `${parts.slice(0, -1).join(", ")} and ${parts.at(-1)}`;
}

// A share with what it is a share of and how sure it is.
function told(estimate, measure) {
  const value = shown(estimate.value, measure.format);
  if (!measure.share || estimate.value === null) return value;
  const of = `${shown(estimate.part, COUNT)} of ${shown(estimate.of, COUNT)}`;
  const [low, high] = [estimate.low, estimate.high].map((end) => shown(end, measure.format));
  return `${value} (${of}; 95% interval ${low} to ${high})`;
}

function spanned(from, to) {
  return from === to ? from : `${from} to ${to}`;
}
