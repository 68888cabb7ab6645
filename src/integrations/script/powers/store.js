// Store: small durable memory of an integration. The values live here between runs; the server
// keeps their JSON form, in which a Date is {"$date": ms}.
(() => {
  'use strict';
  const { parse, stringify, define } = $gantry;
  const keys = Object.keys;

  let values = Object.create(null);
  let kept_text = '{}'; // the JSON form that `values` came from or was last written as
  let is_touched = false;

  const revive = (key, value) =>
    typeof value === 'object' && value !== null && typeof value.$date === 'number' &&
    keys(value).length === 1
      ? new Date(value.$date)
      : value;

  function write(key, value) {
    const original = this[key];
    return original instanceof Date ? { $date: original.getTime() } : value;
  }

  define('Store', {
    set(key, value) {
      is_touched = true;
      values[key] = value;
      return value;
    },
    get(key) {
      is_touched = true;
      return values[key];
    },
  });

  // Before the script is loaded and before each run; what loading has changed counts for the run.
  $gantry.begin_store = (text) => {
    if (text === kept_text) return;
    is_touched = false;
    values = Object.assign(Object.create(null), parse(text, text.includes('$date') ? revive : undefined));
    kept_text = text;
  };

  // What changed since begin_store; no text when it is more than may be kept.
  $gantry.end_store = (bytes_max) => {
    if (!is_touched) return { changed: false };
    is_touched = false;
    const text = stringify(values, write);
    if (text === kept_text) return { changed: false };
    // A character has up to three bytes; only long texts are worth an exact count.
    if (text.length > bytes_max || (text.length * 3 > bytes_max && byte_length(text) > bytes_max)) {
      return { changed: true };
    }
    kept_text = text;
    return { changed: true, text };
  };

  const byte_length = (text) => {
    let bytes = 0;
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code >= 0xd800 && code < 0xe000 ? 2 : 3;
    }
    return bytes;
  };
})();
