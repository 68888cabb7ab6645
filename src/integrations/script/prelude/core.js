// First of the prelude: keeps what the other files need out of a script's reach, before any script
// runs. Each file adds to $gantry; the last one takes $gantry away. Only $gantry.host leads out.
globalThis.$gantry = (() => {
  'use strict';
  const native_host = globalThis.__host;
  delete globalThis.__host;

  // The numbers are shared with worker/run_session.h.
  const HOST = { log: 0, http: 1, done: 2, store: 3, random: 4, zone_name: 5 };
  const DONE = {
    undefined: 0, value: 1, threw: 2, no_method: 3, load_failed: 4, no_memory: 5,
    store_too_large: 6, compiled: 7, not_compiled: 8,
  };
  const host = {};
  for (const name of Object.keys(HOST)) {
    const number = HOST[name];
    host[name] = (a, b, c, d) => native_host(number, a, b, c, d);
  }

  // Scripts may change what the language gives them; the prelude goes on with the originals.
  const { parse, stringify } = JSON;
  const apply = Reflect.apply;
  const define_property = Object.defineProperty;
  const to_well_formed = String.prototype.toWellFormed;
  const replace = String.prototype.replace;
  const includes = String.prototype.includes;

  // Text that the host can take: no halves of characters, no NUL.
  const clean = (text) => {
    text = apply(to_well_formed, `${text}`, []);
    return apply(includes, text, ['\0']) ? apply(replace, text, [/\0/g, '\ufffd']) : text;
  };

  // A global as engines define theirs: writable, not enumerable.
  const define = (name, value) =>
    define_property(globalThis, name, { value, writable: true, configurable: true });

  // Methods of a class or prototype, as natives are: not enumerable.
  const define_methods = (target, methods) => {
    for (const name of Reflect.ownKeys(methods)) {
      const descriptor = Reflect.getOwnPropertyDescriptor(methods, name);
      descriptor.enumerable = false;
      define_property(target, name, descriptor);
    }
  };

  return { host, DONE, parse, stringify, apply, clean, define, define_methods, define_property };
})();
