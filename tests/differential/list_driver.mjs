// Differential test of `query`, `sort` and `fields` against mingo.
//
// runner: minutes 4
//
// Where mingo departs from MongoDB the case must fall under a named difference, and then the answer
// must be what MongoDB's own rules (mongo_rules.mjs) give.

import { Query } from 'mingo';

import { random_date, random_document, random_path, random_scalar, random_value, to_extended_json } from './documents.mjs';
import { failed, known, passed, run_suites, same } from './driver.mjs';
import * as rules from './mongo_rules.mjs';

const kDocuments = 4;
const kQueryDepthMax = 20;
const kPatterns = ['a', '^a', 'b$', '^$', '[ab]+', 'B', '^.$', 'A|1', '(a|z)z'];



const ends_in_date = (path) => /(^|\.)d(\.|$)/.test(path);

function random_operand(random, path) {
  if (ends_in_date(path)) return random.chance(85) ? random_date(random) : null;
  return random.chance(75) ? random_scalar(random) : random_value(random, 2);
}

function random_operators(random, path, depth) {
  const operand = () => random_operand(random, path);
  const text_allowed = !ends_in_date(path);
  return random.choose([
    [3, () => ({ $eq: operand() })],
    [2, () => ({ $ne: operand() })],
    [6, () => ({ [random.pick(['$gt', '$gte', '$lt', '$lte'])]: operand() })],
    [2, () => ({ $gte: operand(), $lt: operand() })],
    [3, () => ({ $in: random.list(random.below(4), operand) })],
    [2, () => ({ $nin: random.list(random.below(4), operand) })],
    [2, () => ({ $exists: random.chance(50) })],
    [2, () => ({ $all: random.list(random.below(3), operand) })],
    [1, () => ({ $size: random.below(3) })],
    [2, () => (text_allowed ? random_regex(random) : { $exists: true })],
    [2, () => (depth ? { $not: random_operators(random, path, depth - 1) } : { $eq: operand() })],
    [2, () => (depth ? { $elemMatch: random_operators(random, path, depth - 1) } : { $ne: operand() })],
    [2, () => (depth ? { $elemMatch: random_query(random, depth - 1) } : { $eq: operand() })],
  ]);
}

function random_regex(random) {
  const out = { $regex: random.pick(kPatterns) };
  if (random.chance(40)) out.$options = 'i';
  return out;
}

function random_query(random, depth) {
  const out = {};
  const count = random.choose([[6, () => 1], [2, () => 2]]);
  for (let i = 0; i < count; ++i) {
    if (depth && random.chance(15)) {
      out[random.pick(['$and', '$or'])] = random.list(1 + random.below(2), () => random_query(random, depth - 1));
    } else {
      const path = random_path(random);
      out[path] = random.chance(30) ? random_operand(random, path) : random_operators(random, path, 2);
    }
  }
  return out;
}

// Of the JSON text, in which a date is an object.
function depth_of(value) {
  if (value === null || typeof value !== 'object') return 0;
  return 1 + Math.max(0, ...Object.values(value).map(depth_of));
}

// The language refuses what is deeper.
function random_bounded_query(random, depth) {
  for (;;) {
    const query = random_query(random, depth);
    if (depth_of(query) <= kQueryDepthMax) return query;
  }
}

function* conditions_of(query) {
  for (const [name, condition] of Object.entries(query)) {
    if (name.startsWith('$')) {
      for (const branch of condition) yield* conditions_of(branch);
    } else yield [name, condition];
  }
}

const in_wire_form = (document) => JSON.parse(JSON.stringify(document));

const meets_array = (document, path) => {
  const parts = path.split('.');
  let at = document;
  for (const part of parts) {
    if (Array.isArray(at)) return true;
    if (at === null || typeof at !== 'object') return false;
    at = Object.hasOwn(at, part) ? at[part] : undefined;
  }
  return Array.isArray(at);
};

const mentions = (value, wanted) => {
  if (wanted(value)) return true;
  if (value === null || typeof value !== 'object' || value instanceof Date) return false;
  return Object.values(value).some((one) => mentions(one, wanted));
};
const uses = (condition, ...names) => mentions(condition, (v) => (
  v !== null && typeof v === 'object' && names.some((name) => Object.hasOwn(v, name))));
const is_plain_object = (v) => v !== null && typeof v === 'object' && !Array.isArray(v) && !(v instanceof Date);
const is_value_object = (v) => is_plain_object(v) && !Object.keys(v)[0]?.startsWith('$');

// Each says what mingo does otherwise, and where that can show.
const kQueryDifferences = [
  ['elements of arrays are themselves entered by mingo below $elemMatch',
    ([path, condition], document) => uses(condition, '$elemMatch') && meets_array(document, path)],
  ['a path through an array gives mingo one array of what it finds',
    ([path], document) => path.includes('.') && meets_array(document, path)],
  ['$lt, $lte, $gt and $gte sort arrays and the keys of objects before they compare them',
    ([, condition]) => uses(condition, '$lt', '$lte', '$gt', '$gte') && mentions(condition, (v) => Array.isArray(v) || is_value_object(v))],
  ['$lte and $gte do not let null meet what is missing',
    ([, condition]) => uses(condition, '$lte', '$gte') && mentions(condition, (v) => v === null)],
  ['$all wants an array where MongoDB takes a single value',
    ([, condition]) => uses(condition, '$all')],
  ['$in compares a list with the items of an array only, not with the whole',
    ([path, condition], document) => uses(condition, '$in', '$nin') && meets_array(document, path)],
  ['an array within an array is entered',
    ([path], document) => meets_array(document, path) && [...rules.values_behind(document, path, true)].slice(0, -1).some(Array.isArray)],
  ['the order of members does not matter when objects are compared',
    ([, condition]) => mentions(condition, (v) => is_plain_object(v) && Object.keys(v).length > 1)],
  ['a place in an array is looked up in text',
    ([path], document) => /\.\d/.test(path) && meets_array(document, path)],
];

const query_suite = {
  name: 'query',
  cases: 70_000,
  make(random) {
    const query = random_bounded_query(random, 2);
    const documents = random.list(kDocuments, () => random_document(random));
    return { query, documents, request: { kind: 'query', query: to_extended_json(query), documents } };
  },
  judge({ query, documents }, answer) {
    if (answer.error) return failed(answer.error);
    const theirs = new Query(query);
    let name;
    for (const [i, document] of documents.entries()) {
      const ours = answer.matches[i];
      if (ours === theirs.test(document)) continue;
      const why = `document ${i}: Gantry ${ours}, mingo ${!ours}, MongoDB's rules ${rules.matches(query, document)}`;
      if (rules.matches(query, document) !== ours) return failed(why);
      const difference = kQueryDifferences.find(([, applies]) => [...conditions_of(query)].some((one) => applies(one, document)));
      if (!difference) return failed(`${why}; no named difference applies`);
      name = difference[0];
    }
    return name ? known(name) : passed;
  },
};



const kSortDifferences = [
  ['arrays sort by all their items, or by a whole array',
    (paths, documents) => documents.some((document) => paths.some((path) => meets_array(document, path)))],
  ['what is missing sorts before null',
    (paths, documents) => paths.some((path) => {
      const values = documents.flatMap((document) => [...rules.values_behind(document, path, false)]);
      return values.includes(undefined) && values.includes(null);
    })],
  ['the order of members does not matter when objects are compared',
    (paths, documents) => paths.some((path) => documents.filter((document) => (
      [...rules.values_behind(document, path, false)].some(is_plain_object))).length > 1)],
];

const sort_suite = {
  name: 'sort',
  cases: 15_000,
  make(random) {
    const paths = [...new Set(random.list(1 + random.below(3), () => random_path(random)))];
    const sort = Object.fromEntries(paths.map((path) => [path, random.chance(50) ? 1 : -1]));
    const documents = random.list(2 + random.below(6), () => random_document(random));
    return { sort, paths, documents, request: { kind: 'sort', sort: JSON.stringify(sort), documents } };
  },
  judge({ sort, paths, documents }, answer) {
    if (answer.error) return failed(answer.error);
    const numbered = documents.map((document, place) => ({ ...in_wire_form(document), place }));
    const theirs = new Query({}).find(numbered).sort(sort).all().map(({ place }) => place);
    if (same(answer.order, theirs)) return passed;
    const rightly = rules.sorted_places(sort, documents.map(in_wire_form));
    const why = `Gantry ${answer.order}, mingo ${theirs}, MongoDB's rules ${rightly}`;
    if (!same(answer.order, rightly)) return failed(why);
    const difference = kSortDifferences.find(([, applies]) => applies(paths, documents));
    return difference ? known(difference[0]) : failed(`${why}; no named difference applies`);
  },
};



const kFieldsDifferences = [
  ['`_id` may not be asked for beside what is left out',
    (paths, fields) => fields._id === 1 && paths.some((path) => fields[path] === 0)],
  ['numbers in a path are places in arrays',
    (paths) => paths.some((path) => /\.\d/.test(path))],
  ['a member that has nothing of what is wanted is left out',
    (paths) => paths.some((path) => path.includes('.'))],
];

// No path lies within another: MongoDB refuses that.
function apart(paths) {
  return paths.filter((path, i) => !paths.some((other, j) => (
    i !== j && (path === other ? j < i : `${path}.`.startsWith(`${other}.`)))));
}

const fields_suite = {
  name: 'fields',
  cases: 15_000,
  make(random) {
    const choice = random.below(2);
    const fields = Object.fromEntries(apart(random.list(random.below(4), () => random_path(random))).map((path) => [path, choice]));
    if (random.chance(30)) fields._id = random.below(2);
    const documents = random.list(kDocuments, (_) => ({ _id: 'x', ...random_document(random) }));
    return { fields, documents, request: { kind: 'fields', fields: JSON.stringify(fields), documents } };
  },
  judge({ fields, documents }, answer) {
    if (answer.error) return failed(answer.error);
    const paths = Object.keys(fields);
    let name;
    for (const [i, document] of documents.entries()) {
      const wire = in_wire_form(document);
      const ours = answer.documents[i];
      const theirs = theirs_of(fields, wire);
      if (same(ours, theirs)) continue;
      const rightly = rules.projected(fields, wire);
      const why = `document ${i}: Gantry ${JSON.stringify(ours)}, mingo ${JSON.stringify(theirs)}, MongoDB's rules ${JSON.stringify(rightly)}`;
      if (!same(ours, rightly)) return failed(why);
      const difference = kFieldsDifferences.find(([, applies]) => applies(paths, fields));
      if (!difference) return failed(`${why}; no named difference applies`);
      name = difference[0];
    }
    return name ? known(name) : passed;
  },
};

function theirs_of(fields, document) {
  try {
    return new Query({}).find([structuredClone(document)], fields).all()[0];
  } catch (error) {
    return { mingo: error.message };
  }
}

await run_suites([query_suite, sort_suite, fields_suite]);
