// atob and btoa.
(() => {
  'use strict';
  const { define } = $gantry;
  const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
  const VALUES = Object.create(null);
  for (let i = 0; i < 64; i++) VALUES[ALPHABET[i]] = i;

  const invalid = () =>
    Object.assign(new Error('The string to be encoded contains invalid characters.'), {
      name: 'InvalidCharacterError',
    });

  define('btoa', function btoa(value) {
    const text = `${value}`;
    let out = '';
    for (let i = 0; i < text.length; i += 3) {
      const a = text.charCodeAt(i), b = text.charCodeAt(i + 1), c = text.charCodeAt(i + 2);
      if (a > 255 || b > 255 || c > 255) throw invalid();
      out += ALPHABET[a >> 2] + ALPHABET[((a & 3) << 4) | (b >> 4)];
      out += i + 1 < text.length ? ALPHABET[((b & 15) << 2) | (c >> 6)] : '=';
      out += i + 2 < text.length ? ALPHABET[c & 63] : '=';
    }
    return out;
  });

  define('atob', function atob(value) {
    let text = `${value}`.replace(/[\t\n\f\r ]/g, '');
    if (text.length % 4 === 0) text = text.replace(/==?$/, '');
    if (text.length % 4 === 1) throw invalid();
    let out = '', bits = 0, count = 0;
    for (const c of text) {
      const value_of_c = VALUES[c];
      if (value_of_c === undefined) throw invalid();
      bits = (bits << 6) | value_of_c;
      count += 6;
      if (count >= 8) {
        count -= 8;
        out += String.fromCharCode((bits >> count) & 255);
      }
      bits &= 0xffff;
    }
    return out;
  });
})();
