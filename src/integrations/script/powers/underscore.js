// _: the few functions of underscore that scripts of the older engine used.
// Compat: gone from Rocket.Chat since 7.0.
(() => {
  'use strict';
  const { define } = $gantry;

  const values_of = (list) =>
    list === null || list === undefined ? [] : typeof list === 'string' ? [...list]
      : typeof list.length === 'number' ? Array.from(list) : Object.values(list);
  const is_object = (value) => typeof value === 'function' || (typeof value === 'object' && value !== null);
  const matches = (wanted) => (value) =>
    is_object(value) && Object.keys(wanted).every((key) => value[key] === wanted[key]);
  const to_function = (what) => {
    if (typeof what === 'function') return what;
    if (what === null || what === undefined) return (value) => value;
    return is_object(what) ? matches(what) : (value) => value?.[what];
  };

  const each = (list, visit) => {
    if (list !== null && list !== undefined) {
      if (typeof list.length === 'number') for (let i = 0; i < list.length; i++) visit(list[i], i, list);
      else for (const key of Object.keys(list)) visit(list[key], key, list);
    }
    return list;
  };
  const map = (list, what) => {
    const made = [];
    const change = to_function(what);
    each(list, (value, key) => made.push(change(value, key, list)));
    return made;
  };
  const filter = (list, what) => {
    const test = to_function(what);
    return values_of(list).filter((value, index) => test(value, index, list));
  };
  const find = (list, what) => {
    const test = to_function(what);
    return values_of(list).find((value, index) => test(value, index, list));
  };
  const group = (list, what, add) => {
    const groups = {};
    const key_of = to_function(what);
    each(list, (value) => add(groups, key_of(value), value));
    return groups;
  };
  const best = (list, what, better) => {
    const rate = to_function(what);
    let kept;
    let rating;
    for (const value of values_of(list)) {
      const own = rate(value);
      if (rating === undefined || better(own, rating)) [kept, rating] = [value, own];
    }
    return kept;
  };
  const is_equal = (a, b) => {
    if (Object.is(a, b) || a === b) return true;
    if (typeof a !== 'object' || typeof b !== 'object' || !a || !b) return false;
    if (a instanceof Date && b instanceof Date) return a.getTime() === b.getTime();
    if (Array.isArray(a) !== Array.isArray(b)) return false;
    const names = Object.keys(a);
    return names.length === Object.keys(b).length && names.every((name) => name in b && is_equal(a[name], b[name]));
  };
  const flatten = (list, shallow) => values_of(list).flat(shallow ? 1 : Infinity);
  const ESCAPES = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#x27;', '`': '&#x60;' };
  const is_kind = (kind) => (value) => Object.prototype.toString.call(value) === `[object ${kind}]`;

  define('_', {
    each, forEach: each, map, collect: map, filter, select: filter, find, detect: find,
    reduce: (list, ...rest) => values_of(list).reduce(...rest),
    reject: (list, what) => {
      const test = to_function(what);
      return values_of(list).filter((value, index) => !test(value, index, list));
    },
    every: (list, what) => values_of(list).every(to_function(what)),
    all: (list, what) => values_of(list).every(to_function(what)),
    some: (list, what) => values_of(list).some(to_function(what)),
    any: (list, what) => values_of(list).some(to_function(what)),
    contains: (list, value) => values_of(list).includes(value),
    includes: (list, value) => values_of(list).includes(value),
    where: (list, wanted) => filter(list, matches(wanted)),
    findWhere: (list, wanted) => find(list, matches(wanted)),
    pluck: (list, name) => map(list, name),
    max: (list, what) => best(list, what, (a, b) => a > b) ?? -Infinity,
    min: (list, what) => best(list, what, (a, b) => a < b) ?? Infinity,
    sortBy: (list, what) => {
      const rate = to_function(what);
      return values_of(list).map((value) => ({ value, rating: rate(value) }))
        .sort((a, b) => (a.rating < b.rating ? -1 : a.rating > b.rating ? 1 : 0))
        .map(({ value }) => value);
    },
    groupBy: (list, what) => group(list, what, (groups, key, value) => (groups[key] ??= []).push(value)),
    countBy: (list, what) => group(list, what, (groups, key) => (groups[key] = (groups[key] ?? 0) + 1)),
    indexBy: (list, what) => group(list, what, (groups, key, value) => (groups[key] = value)),
    size: (list) => values_of(list).length,
    toArray: values_of,
    first: (list, count) => (count === undefined ? list?.[0] : values_of(list).slice(0, count)),
    last: (list, count) => (count === undefined ? list?.[list.length - 1] : values_of(list).slice(-count)),
    rest: (list, from = 1) => values_of(list).slice(from),
    initial: (list, count = 1) => values_of(list).slice(0, -count),
    compact: (list) => values_of(list).filter(Boolean),
    flatten,
    without: (list, ...values) => values_of(list).filter((value) => !values.includes(value)),
    uniq: (list) => [...new Set(values_of(list))],
    unique: (list) => [...new Set(values_of(list))],
    union: (...lists) => [...new Set(lists.flat())],
    intersection: (list, ...others) => [...new Set(list)].filter((value) => others.every((other) => other.includes(value))),
    difference: (list, ...others) => values_of(list).filter((value) => !others.flat().includes(value)),
    zip: (...lists) => Array.from({ length: Math.max(0, ...lists.map((l) => l.length)) }, (_unused, i) => lists.map((l) => l[i])),
    object: (names, values) => Object.fromEntries(names.map((name, i) => (values ? [name, values[i]] : name))),
    range: (from, to, step = 1) => {
      if (to === undefined) [from, to] = [0, from];
      const made = [];
      for (let at = from; step > 0 ? at < to : step < 0 && at > to; at += step) made.push(at);
      return made;
    },
    keys: (value) => (is_object(value) ? Object.keys(value) : []),
    values: (value) => (is_object(value) ? Object.values(value) : []),
    pairs: (value) => Object.entries(value),
    invert: (value) => Object.fromEntries(Object.entries(value).map(([key, inner]) => [inner, key])),
    extend: Object.assign,
    assign: Object.assign,
    defaults: (value, ...others) => {
      for (const other of others) for (const key of Object.keys(other ?? {})) if (value[key] === undefined) value[key] = other[key];
      return value;
    },
    pick: (value, ...names) => Object.fromEntries(names.flat().filter((name) => name in value).map((name) => [name, value[name]])),
    omit: (value, ...names) => Object.fromEntries(Object.entries(value).filter(([name]) => !names.flat().includes(name))),
    clone: (value) => (Array.isArray(value) ? value.slice() : is_object(value) ? { ...value } : value),
    has: (value, name) => value !== null && value !== undefined && Object.hasOwn(value, name),
    isEqual: is_equal,
    isEmpty: (value) => value === null || value === undefined || values_of(value).length === 0,
    isArray: Array.isArray,
    isObject: is_object,
    isString: is_kind('String'),
    isNumber: is_kind('Number'),
    isDate: is_kind('Date'),
    isRegExp: is_kind('RegExp'),
    isBoolean: is_kind('Boolean'),
    isFunction: (value) => typeof value === 'function',
    isNaN: (value) => is_kind('Number')(value) && isNaN(value),
    isNull: (value) => value === null,
    isUndefined: (value) => value === undefined,
    identity: (value) => value,
    noop: () => {},
    times: (count, make) => Array.from({ length: Math.max(0, count) }, (_unused, i) => make(i)),
    random: (from, to) => {
      if (to === undefined) [from, to] = [0, from];
      return from + Math.floor(Math.random() * (to - from + 1));
    },
    sample: (list) => values_of(list)[Math.floor(Math.random() * values_of(list).length)],
    shuffle: (list) => values_of(list).map((value) => [Math.random(), value]).sort((a, b) => a[0] - b[0]).map(([, value]) => value),
    escape: (text) => String(text ?? '').replace(/[&<>"'`]/g, (c) => ESCAPES[c]),
    now: () => Date.now(),
    bind: (call, self, ...given) => call.bind(self, ...given),
    once: (call) => {
      let done = false;
      let result;
      return (...given) => {
        if (!done) [done, result] = [true, call(...given)];
        return result;
      };
    },
  });
})();
