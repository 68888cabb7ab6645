// Differential test of the schema validator against ajv, with the options of the reference server:
// for query strings (lists) and bodies (scalars):
// what is accepted, what it is coerced to, and the words of the first problem.

import Ajv from 'ajv/dist/2020.js';

import { failed, known, passed, run_suites, same } from './driver.mjs';

const ajv_with = (coerceTypes) => new Ajv.default({ coerceTypes, allowUnionTypes: true, strict: false, validateFormats: false });
const kForLists = ajv_with('array');
const kForScalars = ajv_with(true);

const kNames = ['a', 'b', 'c'];
const kTexts = ['', 'a', 'ab', 'abc', 'é', '😀😀', '0', '1', '5', '-1', '1.5', '1e3', ' 7 ', '0x10', '+3', '+-3', '0b11', '0o17', '0x', ' ', '9007199254740993', '.5', '5.', '12abc', 'true', 'false', 'null', 'Infinity', 'NaN', '-', '1_000'];
const kNumbers = [0, 1, 2, -1, 5, 1.5, 0.1, 100, 1e21, 1e-7, 123456789012345, 1.25e20];

function bounds(random, low, high, limit) {
  const out = {};
  if (random.chance(40)) out[low] = random.below(limit);
  if (random.chance(40)) out[high] = (out[low] ?? 0) + random.below(limit);
  return out;
}

// Union types are only ever "or null".
function typed(random, type, rules) {
  const nullable = random.chance(15);
  if (nullable && rules.enum) rules.enum.push(null);
  return { type: nullable ? [type, 'null'] : type, ...rules };
}

function random_string_schema(random) {
  return typed(random, 'string', random.choose([
    [3, () => bounds(random, 'minLength', 'maxLength', 3)],
    [2, () => ({ enum: random.shuffled(['a', 'ab', '1', 'true', '']).slice(0, 2) })],
    [2, () => ({ ...bounds(random, 'minLength', 'maxLength', 3), pattern: random.pick(['a', 'b', '1']) })],
  ]));
}

function random_object_schema(random, depth) {
  const names = kNames.slice(0, 1 + random.below(3));
  const rules = { properties: Object.fromEntries(names.map((name) => [name, random_schema(random, depth - 1)])) };
  const required = names.filter(() => random.chance(50));
  if (required.length) rules.required = required;
  if (random.chance(40)) rules.additionalProperties = false;
  if (random.chance(15)) rules.minProperties = 1 + random.below(2);
  return typed(random, 'object', rules);
}

function random_schema(random, depth) {
  const leaves = [
    [4, () => random_string_schema(random)],
    [2, () => typed(random, 'boolean', {})],
    [3, () => typed(random, random.pick(['number', 'integer']), bounds(random, 'minimum', 'maximum', 4))],
    [1, () => ({})],
  ];
  if (depth === 0) return random.choose(leaves);
  return random.choose([
    ...leaves,
    [5, () => random_object_schema(random, depth)],
    [3, () => typed(random, 'array', { items: random_schema(random, depth - 1), ...bounds(random, 'minItems', 'maxItems', 3) })],
    [3, () => ({ [random.pick(['anyOf', 'oneOf'])]: random.list(2 + random.below(2), () => random_schema(random, depth - 1)) })],
  ]);
}

const random_scalar = (random) => random.choose([
  [4, () => random.pick(kTexts)],
  [4, () => random.pick(kNumbers)],
  [1, () => null],
  [2, () => random.chance(50)],
]);

// Mostly of the wanted shape, so that deeper rules are reached.
function random_value(random, schema, depth) {
  const wanted = schema.anyOf ?? schema.oneOf;
  if (wanted) return random_value(random, random.pick(wanted), depth);
  const type = [schema.type].flat()[0];
  if (random.chance(15) || depth === 0) return random_scalar(random);
  if (type === 'object') {
    return Object.fromEntries([...kNames, 'z'].filter((name) => random.chance(name === 'z' ? 15 : 75))
      .map((name) => [name, random_value(random, schema.properties[name] ?? {}, depth - 1)]));
  }
  if (type === 'array') {
    if (random.chance(15)) return random_scalar(random);
    return random.list(random.below(4), () => random_value(random, schema.items, depth - 1));
  }
  if (random.chance(8)) return random.list(random.below(3), () => random_scalar(random));
  if (random.chance(4)) return {};
  return random_scalar(random);
}

// The value stands within an object, because ajv coerces members only.
function wrapped(schema) {
  return { type: 'object', properties: { root: schema } };
}

function theirs_of(ajv, schema, value) {
  const copy = structuredClone(value);
  const validate = ajv.compile(schema);
  const valid = validate(copy);
  ajv.removeSchema(schema);
  return valid ? { value: copy } : { problem: validate.errors.map(({ message }) => message).join('\n ') };
}

const mentions = (value, wanted) => wanted(value) || (value !== null && typeof value === 'object' && Object.values(value).some((one) => mentions(one, wanted)));

// Each says what ajv does otherwise, and where that can show.
const kDifferences = [
  ['Infinity is a number', (value) => mentions(value, (v) => v === 'Infinity')],
];

await run_suites([{
  name: 'schema',
  cases: 5_000,
  make(random) {
    const inner = random_schema(random, 2);
    const schema = wrapped(inner);
    const value = { root: random_value(random, inner, 3) };
    const lists = random.chance(50);
    return { schema, value, lists, request: { kind: 'schema', schema, value, lists } };
  },
  judge({ schema, value, lists }, answer) {
    const theirs = theirs_of(lists ? kForLists : kForScalars, schema, value);
    if (same(answer, theirs)) return passed;
    const difference = kDifferences.find(([, applies]) => applies(value));
    if (difference) return known(difference[0]);
    return failed(`Gantry ${JSON.stringify(answer)}, ajv ${JSON.stringify(theirs)}`);
  },
}]);
