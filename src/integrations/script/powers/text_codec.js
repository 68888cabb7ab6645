// TextEncoder and TextDecoder, UTF-8 only.
(() => {
  'use strict';
  const { define } = $gantry;

  class TextEncoder {
    get encoding() { return 'utf-8'; }
    encode(value = '') {
      const text = `${value}`.toWellFormed();
      const bytes = new Uint8Array(text.length * 3);
      let at = 0;
      for (const c of text) {
        const code = c.codePointAt(0);
        if (code < 0x80) {
          bytes[at++] = code;
        } else if (code < 0x800) {
          bytes[at++] = 0xc0 | (code >> 6);
          bytes[at++] = 0x80 | (code & 63);
        } else if (code < 0x10000) {
          bytes[at++] = 0xe0 | (code >> 12);
          bytes[at++] = 0x80 | ((code >> 6) & 63);
          bytes[at++] = 0x80 | (code & 63);
        } else {
          bytes[at++] = 0xf0 | (code >> 18);
          bytes[at++] = 0x80 | ((code >> 12) & 63);
          bytes[at++] = 0x80 | ((code >> 6) & 63);
          bytes[at++] = 0x80 | (code & 63);
        }
      }
      return bytes.slice(0, at);
    }
  }

  // The character at `at`, its length in bytes, and whether the bytes are right.
  const read = (bytes, at) => {
    const first = bytes[at];
    if (first < 0x80) return { code: first, length: 1, fine: true };
    const length = first >= 0xf0 && first < 0xf5 ? 4 : first >= 0xe0 ? 3 : first >= 0xc2 ? 2 : 0;
    if (length === 0 || first > 0xf4) return { code: 0xfffd, length: 1, fine: false };
    let code = first & (0xff >> (length + 1));
    for (let i = 1; i < length; i++) {
      const next = bytes[at + i];
      if (next === undefined || (next & 0xc0) !== 0x80) return { code: 0xfffd, length: i, fine: false };
      code = (code << 6) | (next & 63);
    }
    const lowest = length === 2 ? 0x80 : length === 3 ? 0x800 : 0x10000;
    if (code < lowest || code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) {
      return { code: 0xfffd, length: 1, fine: false };
    }
    return { code, length, fine: true };
  };

  class TextDecoder {
    #fatal;
    #keep_mark;
    constructor(label = 'utf-8', options = {}) {
      if (!/^\s*(utf-?8|unicode-1-1-utf-8)\s*$/i.test(label)) {
        throw new RangeError(`The "${label}" encoding is not supported`);
      }
      this.#fatal = Boolean(options.fatal);
      this.#keep_mark = Boolean(options.ignoreBOM);
    }
    get encoding() { return 'utf-8'; }
    get fatal() { return this.#fatal; }
    get ignoreBOM() { return this.#keep_mark; }
    decode(input = new Uint8Array()) {
      const bytes = ArrayBuffer.isView(input)
        ? new Uint8Array(input.buffer, input.byteOffset, input.byteLength)
        : new Uint8Array(input);
      let text = '';
      let at = 0;
      if (!this.#keep_mark && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) at = 3;
      while (at < bytes.length) {
        const { code, length, fine } = read(bytes, at);
        if (!fine && this.#fatal) throw new TypeError('The encoded data was not valid for encoding utf-8');
        text += String.fromCodePoint(code);
        at += length;
      }
      return text;
    }
  }

  define('TextEncoder', TextEncoder);
  define('TextDecoder', TextDecoder);
})();
