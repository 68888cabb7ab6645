// Comparison of JSON answers with what a scenario expects.
//
// An expectation is plain data; wherever a value cannot be known before, it holds a matcher from
// `any`. `differences` returns a list of sentences, empty when the answer is as expected, each
// beginning with the path of the value that differs.

class Matcher {
  constructor(words, accepts) {
    this.words = words;
    this.accepts = accepts;
  }

  toJSON() {
    return `<${this.words}>`;
  }
}

const kIdPattern = /^[23456789A-HJKL-NP-TW-Za-km-z]{17}$/;
const kDatePattern = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

export const any = {
  value: new Matcher('any value', (value) => value !== undefined),
  string: new Matcher('a text', (value) => typeof value === 'string'),
  number: new Matcher('a number', (value) => typeof value === 'number'),
  boolean: new Matcher('true or false', (value) => typeof value === 'boolean'),
  array: new Matcher('a list', (value) => Array.isArray(value)),
  object: new Matcher('an object', (value) => is_object(value)),
  id: new Matcher('an id of 17 characters', (value) => typeof value === 'string' && kIdPattern.test(value)),
  date: new Matcher('a date with milliseconds and Z',
                    (value) => typeof value === 'string' && kDatePattern.test(value)),
  // Demands that the key is not there at all.
  absent: new Matcher('no such key', (value) => value === undefined),
  text_of: (length) => new Matcher(`a text of ${length} characters`,
                                   (value) => typeof value === 'string' && value.length === length),
};

export const matching = (pattern) =>
  new Matcher(`a text like ${pattern}`, (value) => typeof value === 'string' && pattern.test(value));

// A list that has an element for each expected one, in any order, and may have more.
export const containing = (...wanted) =>
  new Matcher(`a list with ${JSON.stringify(wanted)}`, (value) => Array.isArray(value) &&
    wanted.every((one) => value.some((have) => differences(have, one, 'parts').length === 0)));

// A list with exactly these elements in any order.
export const in_any_order = (...wanted) =>
  new Matcher(`in any order ${JSON.stringify(wanted)}`, (value) => Array.isArray(value) &&
    value.length === wanted.length && is_permutation(value, wanted));

function is_permutation(have, wanted) {
  const left = [...have];
  return wanted.every((one) => {
    const at = left.findIndex((value) => differences(value, one, 'parts').length === 0);
    if (at >= 0) left.splice(at, 1);
    return at >= 0;
  });
}

function is_object(value) {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

function shown(value) {
  const text = JSON.stringify(value);
  if (text === undefined) return 'nothing';
  return text.length > 300 ? `${text.slice(0, 300)}...` : text;
}

// `mode` "exact": no key more and no key less. "parts": objects may have further keys; lists must
// have the same length all the same.
export function differences(actual, expected, mode = 'exact', path = '$') {
  if (expected instanceof Matcher) {
    return expected.accepts(actual) ? [] : [`${path}: expected ${expected.words}, got ${shown(actual)}`];
  }
  if (expected instanceof RegExp) return differences(actual, matching(expected), mode, path);
  if (Array.isArray(expected)) {
    if (!Array.isArray(actual)) return [`${path}: expected a list, got ${shown(actual)}`];
    const found = [];
    if (actual.length !== expected.length) {
      found.push(`${path}: expected ${expected.length} elements, got ${actual.length}: ${shown(actual)}`);
    }
    for (let i = 0; i < Math.min(actual.length, expected.length); ++i) {
      found.push(...differences(actual[i], expected[i], mode, `${path}[${i}]`));
    }
    return found;
  }
  if (is_object(expected)) {
    if (!is_object(actual)) return [`${path}: expected an object, got ${shown(actual)}`];
    const found = [];
    for (const [key, value] of Object.entries(expected)) {
      const have = Object.hasOwn(actual, key) ? actual[key] : undefined;
      found.push(...differences(have, value, mode, `${path}.${key}`));
    }
    if (mode === 'exact') {
      for (const key of Object.keys(actual)) {
        if (!Object.hasOwn(expected, key)) {
          found.push(`${path}.${key}: expected no such key, got ${shown(actual[key])}`);
        }
      }
    }
    return found;
  }
  return Object.is(actual, expected) ? []
    : [`${path}: expected ${shown(expected)}, got ${shown(actual)}`];
}

export class Mismatch extends Error {}

export function expect_json(actual, expected, what = 'the answer') {
  const found = differences(actual, expected, 'exact');
  if (found.length) throw new Mismatch(`${what} differs:\n  ${found.join('\n  ')}`);
}

export function expect_parts(actual, expected, what = 'the answer') {
  const found = differences(actual, expected, 'parts');
  if (found.length) throw new Mismatch(`${what} differs:\n  ${found.join('\n  ')}`);
}

export function expect(condition, what) {
  if (!condition) throw new Mismatch(what);
}
