// console: what a script writes is kept with its run. Texts stay as they are, errors show their
// stack, everything else is JSON.
(() => {
  'use strict';
  const { host, clean, stringify, define, v8_error } = $gantry;
  const LEVELS = { debug: 0, trace: 0, log: 1, dir: 1, info: 2, warn: 3, error: 4 };

  const to_text = (value) => {
    try {
      if (typeof value === 'string') return value;
      if (typeof value === 'function') return `[Function: ${value.name || '(anonymous)'}]`;
      if (value instanceof Error) return String(v8_error(value).stack);
      if (typeof value === 'object' && value !== null) {
        const text = stringify(value);
        return text === undefined ? String(value) : text;
      }
      return typeof value === 'bigint' ? `${value}n` : String(value);
    } catch {
      try {
        return String(value);
      } catch {
        return '[object]';
      }
    }
  };

  const console = {};
  for (const name of Object.keys(LEVELS)) {
    console[name] = {
      [name](...values) {
        let text = '';
        for (let i = 0; i < values.length; i++) text += (i ? ' ' : '') + to_text(values[i]);
        host.log(LEVELS[name], clean(text));
      },
    }[name];
  }
  define('console', console);
})();
