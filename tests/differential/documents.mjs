// Random documents, small enough that random queries often meet them. Members named `d` hold dates
// and nothing else but null and arrays of dates, so that text and dates never meet: in the wire form
// a date is text, in mingo it is a Date.

const kNames = ['a', 'b', 'c', 'd', '0', '1'];
const kTexts = ['', 'a', 'b', 'ab', 'B', 'é', 'zz', '10'];
const kNumbers = [-1, 0, 1, 2, 3, 1.5, 1e6];
const kFirstDay = Date.UTC(2026, 5, 8, 12, 46, 40, 123);

export function random_scalar(random) {
  return random.choose([
    [5, () => random.pick(kNumbers)],
    [4, () => random.pick(kTexts)],
    [2, () => null],
    [1, () => random.chance(50)],
  ]);
}

export const random_date = (random) => new Date(kFirstDay + random.below(4) * 1000);

function random_dates(random) {
  return random.choose([
    [6, () => random_date(random)],
    [1, () => null],
    [2, () => random.list(random.below(3), () => random_date(random))],
  ]);
}

export function random_value(random, depth = 3) {
  if (depth === 0) return random_scalar(random);
  return random.choose([
    [6, () => random_scalar(random)],
    [3, () => random.list(random.below(4), () => random_value(random, depth - 1))],
    [3, () => random_object(random, random.below(3), depth - 1)],
  ]);
}

function random_object(random, size, depth) {
  const out = {};
  for (let i = 0; i < size; ++i) {
    const name = random.pick(kNames);
    out[name] = name === 'd' ? random_dates(random) : random_value(random, depth);
  }
  return out;
}

export const random_document = (random) => random_object(random, 1 + random.below(5), 3);

const kFirstParts = ['a', 'a', 'a', 'b', 'b', 'c', 'd'];
const kLaterParts = ['a', 'b', 'c', 'd', '0', '0', '1'];

export function random_path(random) {
  const more = random.choose([[4, () => 0], [4, () => 1], [1, () => 2]]);
  return [random.pick(kFirstParts), ...random.list(more, () => random.pick(kLaterParts))].join('.');
}

// JSON text in which dates are {"$date": ...}.
export function to_extended_json(value) {
  const plain = (v) => {
    if (v instanceof Date) return { $date: v.toISOString() };
    if (Array.isArray(v)) return v.map(plain);
    if (v !== null && typeof v === 'object') return Object.fromEntries(Object.entries(v).map(([name, one]) => [name, plain(one)]));
    return v;
  };
  return JSON.stringify(plain(value));
}
