// structuredClone for the kinds of values that scripts have.
(() => {
  'use strict';
  const { define } = $gantry;

  const refuse = (value) => {
    const text = typeof value === 'symbol' ? value.toString() : String(value);
    throw Object.assign(new Error(`${text} could not be cloned.`), { name: 'DataCloneError', code: 25 });
  };

  const ERRORS = { EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError };

  const copy = (value, seen) => {
    if (typeof value === 'function' || typeof value === 'symbol') refuse(value);
    if (typeof value !== 'object' || value === null) return value;
    if (seen.has(value)) return seen.get(value);
    const keep = (made) => {
      seen.set(value, made);
      return made;
    };
    if (Array.isArray(value)) {
      const made = keep(new Array(value.length));
      for (const key of Object.keys(value)) made[key] = copy(value[key], seen);
      return made;
    }
    if (value instanceof Date) return keep(new Date(value.getTime()));
    if (value instanceof RegExp) return keep(new RegExp(value.source, value.flags));
    if (value instanceof Map) {
      const made = keep(new Map());
      for (const [key, inner] of value) made.set(copy(key, seen), copy(inner, seen));
      return made;
    }
    if (value instanceof Set) {
      const made = keep(new Set());
      for (const inner of value) made.add(copy(inner, seen));
      return made;
    }
    if (value instanceof ArrayBuffer) return keep(value.slice(0));
    if (value instanceof DataView) return keep(new DataView(copy(value.buffer, seen), value.byteOffset, value.byteLength));
    if (ArrayBuffer.isView(value)) {
      return keep(new value.constructor(copy(value.buffer, seen), value.byteOffset, value.length));
    }
    if (value instanceof Error) {
      const made = keep(new (ERRORS[value.name] ?? Error)(value.message));
      Object.defineProperty(made, 'stack', { value: value.stack, writable: true, configurable: true });
      return made;
    }
    if (value instanceof Number || value instanceof String || value instanceof Boolean) {
      return keep(Object(value.valueOf()));
    }
    if (value instanceof Promise || value instanceof WeakMap || value instanceof WeakSet) refuse(value);
    const made = keep({});
    for (const key of Object.keys(value)) made[key] = copy(value[key], seen);
    return made;
  };

  define('structuredClone', function structuredClone(value) {
    return copy(value, new Map());
  });
})();
