// Differential test of query strings against qs, with the options of the reference server.

import qs from 'qs';

import { failed, known, passed, run_suites, same } from './driver.mjs';

const kItemsMax = 500;
const kOptions = { arrayLimit: kItemsMax, throwOnLimitExceeded: true };

const kNames = ['a', 'b', 'c', 'name', '0', '1', '7', '-1', '01', 'constructor', '__proto__', 'toString', '%61', 'é', '+', '', ']', '[', 'x]y', '%zz', '%5B', '%255B'];
const kTexts = ['', '1', 'x', 'a b', 'a+b', '%20', '%C3%A9', '%c3', '%C3%28', '%', '%2', '%zz', 'é', '😀', '%F0%9F%98%80', '%ED%A0%80', '%F5%80%80%80',
  '[1]', '%5Bx%5D', '{"a":["x"]}', 'a=b', 'x]=y', '%5D=z', '%26', '%00', 'constructor', '1e3'];
const kGroups = ['[]', '[]', '[a]', '[b]', '[0]', '[1]', '[5]', '[499]', '[500]', '[9007199254740993]', '[01]', '[-1]', '[__proto__]', '[valueOf]', '[[a]]', '[a[b]]', '[', ']', '%5B%5D', '%5ba%5d', '[%61]', '[a.b]', '[ ]', '[+]', '[[]', 'z'];

const random_key = (random) => random.choose([
  [4, () => random.pick(['a', 'b'])],
  [2, () => random.pick(kNames)],
]) + random.list(random.choose([[5, () => 0], [5, () => 1], [3, () => 2], [1, () => random.below(9)]]), () => random.pick(kGroups)).join('');

const random_part = (random) => random.choose([
  [12, () => `${random_key(random)}=${random.pick(kTexts)}`],
  [1, () => random_key(random)],
  [1, () => ''],
]);

function random_plain(random) {
  return random.list(1 + random.below(6), () => `${random.pick(kNames)}=${random.pick(kTexts)}`).join('&');
}

// One key given very often, by itself or beside others.
function random_long(random) {
  const key = random.pick(['a', 'a[]', 'a[b]', 'a[0]', 'a[1][]', '[]', '', 'a[b][]']);
  const parts = random.list(kItemsMax - 2 + random.below(5), () => `${key}=1`);
  return random.shuffled([...parts, ...random.list(random.below(4), () => random_part(random))]).join('&');
}

function random_noise(random) {
  return random.list(random.below(20), () => random.pick(['a', 'b', '[', ']', '=', '&', '%', '5', 'B', 'D', '0', '1', '+', '%5B', '%5D', '[]', '__proto__'])).join('');
}

function theirs_of(raw) {
  try {
    return { value: qs.parse(raw, kOptions) };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return { error: 'Invalid query parameters' };
  }
}

await run_suites([{
  name: 'query string',
  cases: 60_000,
  make(random) {
    const raw = random.choose([
      [20, () => random.list(1 + random.below(6), () => random_part(random)).join('&')],
      [6, () => random_plain(random)],
      [6, () => random_noise(random)],
      [1, () => random_long(random)],
    ]);
    return { raw, request: { kind: 'query_string', raw } };
  },
  judge({ raw }, answer) {
    const theirs = theirs_of(raw);
    if (same(answer, theirs)) return passed;
    if (/\[\d{16,}\]/.test(raw) && answer.error) return known('a place beyond 2^53 is refused, not taken for a name');
    return failed(`Gantry ${JSON.stringify(answer)}, qs ${JSON.stringify(theirs)}`.slice(0, 2000));
  },
}]);
