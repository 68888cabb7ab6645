// MongoDB's documented rules of matching and sorting, for the places where mingo has its own. Where
// the two disagree Gantry must follow these. Written from the manual's sections "Query on Arrays",
// "Query for Null or Missing Fields", "Comparison/Sort Order" and "Dot Notation".

const is_array = Array.isArray;
const is_object = (v) => v !== null && typeof v === 'object' && !is_array(v) && !(v instanceof Date);
const missing = undefined;

function rank(v) {
  if (v === null || v === undefined) return 0;
  if (typeof v === 'number') return 1;
  if (typeof v === 'string') return 2;
  if (v instanceof Date) return 6;
  if (is_array(v)) return 4;
  return typeof v === 'boolean' ? 5 : 3;
}

export function order(a, b) {
  if (rank(a) !== rank(b)) return Math.sign(rank(a) - rank(b));
  if (rank(a) === 0) return 0;
  if (rank(a) === 3 || rank(a) === 4) return order_within(to_wire(a), to_wire(b));
  if (rank(a) === 2) return Math.sign(Buffer.compare(Buffer.from(a), Buffer.from(b)));
  return Math.sign(Number(a) - Number(b));
}

// Dates within a value are text, for that is what documents hold in the wire form.
const to_wire = (v) => JSON.parse(JSON.stringify(v));

function order_within(a, b) {
  if (is_array(a)) {
    for (let i = 0; i < a.length && i < b.length; ++i) {
      const found = order(a[i], b[i]);
      if (found) return found;
    }
    return Math.sign(a.length - b.length);
  }
  const left = Object.entries(a), right = Object.entries(b);
  for (let i = 0; i < left.length && i < right.length; ++i) {
    const [name, value] = left[i], [other_name, other] = right[i];
    const found = Math.sign(rank(value) - rank(other)) || order(name, other_name) || order(value, other);
    if (found) return found;
  }
  return Math.sign(left.length - right.length);
}

// All values behind the path; `undefined` stands for one that is missing. Items of an array at the
// end come before the array itself, and only when `items` is set.
export function* values_behind(document, path, items) {
  yield* behind(document, path.split('.'), items);
}

function* behind(holder, [name, ...rest], items) {
  const own = is_array(holder) ? holder[/^(0|[1-9]\d*)$/.test(name) ? Number(name) : -1] : Object.hasOwn(holder, name) ? holder[name] : missing;
  if (is_array(own)) {
    if (rest.length) yield* inside(own, rest, items);
    else {
      if (items) yield* own;
      yield own;
    }
  } else if (!rest.length) yield own;
  else if (is_object(own)) yield* behind(own, rest, items);
  else yield missing;
}

function* inside(array, path, items) {
  const [name, ...rest] = path;
  for (const [place, item] of array.entries()) {
    if (is_object(item)) yield* behind(item, path, items);
    if (String(place) !== name) continue;
    if (!rest.length) yield item;
    else if (is_object(item)) yield* behind(item, rest, items);
    else if (is_array(item)) yield* inside(item, rest, items);
  }
}

const comparisons = {
  $eq: (found) => found === 0, $gt: (found) => found > 0, $gte: (found) => found >= 0,
  $lt: (found) => found < 0, $lte: (found) => found <= 0,
};

function value_passes(operator, operand, value, siblings) {
  if (operator in comparisons) return rank(value) === rank(operand) && comparisons[operator](order(value, operand));
  if (operator === '$in') return operand.some((one) => value_passes('$eq', one, value));
  if (operator === '$exists') return value !== missing;
  if (operator === '$size') return is_array(value) && value.length === operand;
  if (operator === '$regex') return typeof value === 'string' && new RegExp(operand, siblings.$options ?? '').test(value);
  if (operator === '$elemMatch') return is_array(value) && value.some((item) => item_passes(operand, item));
  throw new Error(`no rule for ${operator}`);
}

const is_expression = (v) => is_object(v) && Object.keys(v)[0]?.startsWith('$');
const is_group = (name) => name === '$and' || name === '$or' || name === '$nor';

function item_passes(condition, item) {
  if (is_expression(condition) && !is_group(Object.keys(condition)[0])) return expression_passes(condition, () => [item]);
  return (is_object(item) || is_array(item)) && matches(condition, item);
}

// `values(items)` gives the values that are spoken of.
function expression_passes(expression, values) {
  return Object.entries(expression).every(([operator, operand]) => {
    const some = (name, value) => [...values(!['$exists', '$size', '$elemMatch'].includes(name))]
      .some((one) => value_passes(name, value, one, expression));
    switch (operator) {
      case '$options': return true;
      case '$ne': return !some('$eq', operand);
      case '$nin': return !some('$in', operand);
      case '$exists': return some('$exists', operand) === Boolean(operand);
      case '$not': return !expression_passes(operand, values);
      case '$all': return operand.length > 0 && operand.every((one) => (
        is_expression(one) ? some('$elemMatch', one.$elemMatch) : some('$eq', one)));
      default: return some(operator, operand);
    }
  });
}

export function matches(query, document) {
  return Object.entries(query).every(([name, condition]) => {
    if (name === '$and') return condition.every((one) => matches(one, document));
    if (name === '$or') return condition.some((one) => matches(one, document));
    if (name === '$nor') return !condition.some((one) => matches(one, document));
    const values = (items) => values_behind(document, name, items);
    return expression_passes(is_expression(condition) ? condition : { $eq: condition }, values);
  });
}

const kEmptyArray = Symbol('empty array');

function* sort_values(value, path) {
  const [name, ...rest] = path;
  if (is_array(value)) {
    if (!path.length) return yield* value.length ? value : [kEmptyArray];
    if (/^(0|[1-9]\d*)$/.test(name)) return yield* Number(name) < value.length ? sort_values(value[Number(name)], rest) : [null];
    if (!value.length) return yield null;
    for (const item of value) yield* is_object(item) ? sort_values(item, path) : [null];
    return undefined;
  }
  if (!path.length) return yield value;
  if (!is_object(value) || !Object.hasOwn(value, name)) return yield null;
  return yield* sort_values(value[name], rest);
}

function sort_order(a, b) {
  if (a === kEmptyArray || b === kEmptyArray) return (b === kEmptyArray) - (a === kEmptyArray);
  return order(a, b);
}

// The places of the documents, in order; equal ones stay as they were.
export function sorted_places(sort, documents) {
  const keys = documents.map((document) => Object.entries(sort).map(([path, direction]) => (
    [...sort_values(document, path.split('.'))].reduce((best, one) => (sort_order(one, best) * direction < 0 ? one : best)))));
  const directions = Object.values(sort);
  return documents.map((_, place) => place).sort((a, b) => {
    for (const [i, direction] of directions.entries()) {
      const found = sort_order(keys[a][i], keys[b][i]) * direction;
      if (found) return found;
    }
    return a - b;
  });
}

const has_members = (v) => is_array(v) || is_object(v);

function tree_of(paths) {
  const tree = {};
  for (const path of paths) path.split('.').reduce((at, name) => (at[name] ??= {}), tree);
  return tree;
}

function shown(value, tree, include) {
  if (is_array(value)) {
    return value.filter((item) => !include || has_members(item)).map((item) => (has_members(item) ? shown(item, tree, include) : item));
  }
  const out = {};
  for (const [name, member] of Object.entries(value)) {
    const below = Object.hasOwn(tree, name) ? tree[name] : undefined;
    const whole = below && Object.keys(below).length === 0;
    if (!below ? include : whole && !include) continue;
    if (!below || whole) out[name] = member;
    else if (has_members(member)) out[name] = shown(member, below, include);
    else if (!include) out[name] = member;
  }
  return out;
}

export function projected(fields, document) {
  const names = Object.keys(fields).filter((name) => name !== '_id');
  const include = names.length ? fields[names[0]] === 1 : fields._id === 1;
  const id_named = include ? fields._id !== 0 : fields._id === 0;
  return shown(document, tree_of(id_named ? [...names, '_id'] : names), include);
}
