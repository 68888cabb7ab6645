// JSON.parse that refuses in V8's words: scripts post e.message. The text is read again only when
// the engine has refused it.
(() => {
  'use strict';
  const { parse, apply, define_methods } = $gantry;
  const Syntax = SyntaxError;
  const CONTEXT = 10; // characters shown around the place

  class Refusal {
    constructor(message) {
      this.message = message;
    }
  }

  const at_place = (words, text, at) => {
    const before = text.slice(0, at);
    const line = before.split('\n').length;
    const column = at - before.lastIndexOf('\n');
    return new Refusal(`${words} in JSON at position ${at} (line ${line} column ${column})`);
  };

  const unexpected = (text, at) => {
    if (at >= text.length) return new Refusal('Unexpected end of JSON input');
    const c = text[at];
    let shown;
    if (text.length <= 2 * CONTEXT) shown = `"${text}"`;
    else if (at < CONTEXT) shown = `"${text.slice(0, at + CONTEXT)}"...`;
    else if (at >= text.length - CONTEXT) shown = `..."${text.slice(at - CONTEXT)}"`;
    else shown = `..."${text.slice(at - CONTEXT, at + CONTEXT)}"...`;
    if (c === '"') return at_place('Unexpected string', text, at);
    if (/[-0-9]/.test(c)) return at_place('Unexpected number', text, at);
    return new Refusal(`Unexpected token '${c}', ${shown} is not valid JSON`);
  };

  class Reader {
    constructor(text) {
      this.text = text;
      this.at = 0;
    }
    space() {
      while (' \t\n\r'.includes(this.text[this.at] ?? 'x')) this.at++;
    }
    fail(words) {
      throw at_place(words, this.text, this.at);
    }
    document() {
      this.value();
      this.space();
      if (this.at < this.text.length) {
        const refusal = at_place('Unexpected non-whitespace character after JSON', this.text, this.at);
        refusal.message = refusal.message.replace(' in JSON', '');
        throw refusal;
      }
    }
    value() {
      this.space();
      const c = this.text[this.at];
      if (c === '{') this.object();
      else if (c === '[') this.array();
      else if (c === '"') this.string();
      else if (c !== undefined && /[-0-9]/.test(c)) this.number();
      else if (c === 't') this.word('true');
      else if (c === 'f') this.word('false');
      else if (c === 'n') this.word('null');
      else throw unexpected(this.text, this.at);
    }
    word(word) {
      for (let i = 0; i < word.length; i++, this.at++) {
        if (this.text[this.at] !== word[i]) throw unexpected(this.text, this.at);
      }
    }
    number() {
      const digit = () => /[0-9]/.test(this.text[this.at] ?? '');
      if (this.text[this.at] === '-') {
        this.at++;
        if (!digit()) this.fail('No number after minus sign');
      }
      if (this.text[this.at] === '0') {
        this.at++;
        if (digit()) throw unexpected(this.text, this.at);
      } else {
        while (digit()) this.at++;
      }
      if (this.text[this.at] === '.') {
        this.at++;
        if (!digit()) this.fail('Unterminated fractional number');
        while (digit()) this.at++;
      }
      if (/[eE]/.test(this.text[this.at] ?? '')) {
        this.at++;
        if (/[-+]/.test(this.text[this.at] ?? '')) this.at++;
        if (!digit()) this.fail('Exponent part is missing a number');
        while (digit()) this.at++;
      }
    }
    string() {
      this.at++;
      for (;;) {
        const c = this.text[this.at];
        if (c === undefined) this.fail('Unterminated string');
        if (c === '"') break;
        if (c < ' ') this.fail('Bad control character in string literal');
        this.at++;
        if (c !== '\\') continue;
        const escape = this.text[this.at];
        if (escape === undefined) this.fail('Unterminated string');
        if (escape === 'u') {
          for (let i = 0; i < 4; i++) {
            this.at++;
            if (!/[0-9a-fA-F]/.test(this.text[this.at] ?? '')) {
              this.fail(this.at >= this.text.length ? 'Unterminated string' : 'Bad Unicode escape');
            }
          }
        } else if (!'"\\/bfnrt'.includes(escape)) {
          this.fail('Bad escaped character');
        }
        this.at++;
      }
      this.at++;
    }
    array() {
      this.at++;
      this.space();
      if (this.text[this.at] === ']') {
        this.at++;
        return;
      }
      for (;;) {
        this.value();
        this.space();
        const c = this.text[this.at];
        if (c === undefined || (c !== ',' && c !== ']')) {
          this.fail("Expected ',' or ']' after array element");
        }
        this.at++;
        if (c === ']') return;
      }
    }
    object() {
      this.at++;
      this.space();
      if (this.text[this.at] === '}') {
        this.at++;
        return;
      }
      if (this.text[this.at] !== '"') this.fail("Expected property name or '}'");
      for (;;) {
        this.string();
        this.space();
        if (this.text[this.at] !== ':') this.fail("Expected ':' after property name");
        this.at++;
        this.value();
        this.space();
        const c = this.text[this.at];
        if (c !== ',' && c !== '}') this.fail("Expected ',' or '}' after property value");
        this.at++;
        if (c === '}') return;
        this.space();
        if (this.text[this.at] !== '"') this.fail('Expected double-quoted property name');
      }
    }
  }

  const words_for = (text) => {
    // Values that became text on the way here, most often a missing or an already parsed reply.
    if (text === 'undefined' || text === 'NaN' || text === '[object Object]') {
      return `"${text}" is not valid JSON`;
    }
    try {
      new Reader(text).document();
    } catch (refusal) {
      if (refusal instanceof Refusal) return refusal.message;
    }
    return undefined;
  };

  define_methods(JSON, {
    parse(value, reviver) {
      const text = `${value}`;
      try {
        return apply(parse, JSON, [text, reviver]);
      } catch (error) {
        if (!(error instanceof Syntax) || typeof error.fileName !== 'string') throw error;
        const refused = new Syntax(words_for(text) ?? error.message);
        throw refused;
      }
    },
  });
})();
