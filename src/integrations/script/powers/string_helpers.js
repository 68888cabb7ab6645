// s: the string helpers of Rocket.Chat 8.x, a part of underscore.string.
(() => {
  'use strict';
  const { define } = $gantry;

  const text_of = (value) => (value ? String(value) : '');
  const escape_pattern = (text) => text.replace(/[-.*+?^${}()|[\]\/\\]/g, '\\$&');

  // A pattern for the characters to cut off; white space when none are given.
  const pattern_of = (characters) => {
    if (!characters) return '\\s';
    if (characters.source) return characters.source;
    return `[${escape_pattern(text_of(characters))}]`;
  };

  const part = (value, separator, find) => {
    const text = text_of(value);
    const mark = text_of(separator);
    const at = mark ? find(text, mark) : -1;
    return { text, mark, at };
  };

  const s = {
    trim: (value, characters) => {
      const pattern = pattern_of(characters);
      return text_of(value).replace(new RegExp(`^${pattern}+|${pattern}+$`, 'g'), '');
    },
    ltrim: (value, characters) => text_of(value).replace(new RegExp(`^${pattern_of(characters)}+`), ''),
    rtrim: (value, characters) => text_of(value).replace(new RegExp(`${pattern_of(characters)}+$`), ''),
    capitalize: (value, lower_rest) => {
      const text = text_of(value);
      const rest = text.slice(1);
      return text.charAt(0).toUpperCase() + (lower_rest ? rest.toLowerCase() : rest);
    },
    stripTags: (value) => text_of(value).replace(/<\/?[^>]+>/g, ''),
    strLeft: (value, separator) => {
      const { text, at } = part(value, separator, (t, m) => t.indexOf(m));
      return at < 0 ? text : text.slice(0, at);
    },
    strRight: (value, separator) => {
      const { text, mark, at } = part(value, separator, (t, m) => t.indexOf(m));
      return at < 0 ? text : text.slice(at + mark.length);
    },
    strRightBack: (value, separator) => {
      const { text, mark, at } = part(value, separator, (t, m) => t.lastIndexOf(m));
      return at < 0 ? text : text.slice(at + mark.length);
    },
    numberFormat: (number, decimals, point, separator) => {
      if (number === null || number === undefined || isNaN(number)) return '';
      const [whole, fraction] = number.toFixed(~~decimals).split('.');
      const between = typeof separator === 'string' ? separator : ',';
      const grouped = whole.replace(/(\d)(?=(?:\d{3})+$)/g, (digit) => digit + between);
      return fraction ? grouped + (point || '.') + fraction : grouped;
    },
    // Compat: fills on the right unless told otherwise, as Rocket.Chat's helper does, and refuses
    // a text that is longer than the length.
    pad: (value, length, fill, side = 'right') => {
      const text = text_of(value);
      const one = fill ? fill.charAt(0) : ' ';
      const missing = ~~length - text.length;
      if (side === 'right') return text + one.repeat(missing);
      if (side === 'both') {
        return one.repeat(Math.ceil(missing / 2)) + text + one.repeat(Math.floor(missing / 2));
      }
      return one.repeat(missing) + text;
    },
    lrpad: (value, length, fill) => s.pad(value, length, fill, 'both'),
    truncate: (text, length) => (text.length > length ? `${text.slice(0, length - 3)}...` : text),
    wildcardToRegex: (pattern) =>
      `^${escape_pattern(pattern).replace(/\\\*/g, '.*').replace(/\\\?/g, '.')}$`,
  };
  define('s', s);
})();
