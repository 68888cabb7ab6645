// Errors as scripts and their owners know them: in V8's words, with a stack that shows the
// script's own lines. The engine's commonest messages are V8's already (engine/messages.mjs); the
// ones here need the text of the script. Compiled scripts call $gantry_error in each catch clause.
(() => {
  'use strict';
  const { define_property, apply } = $gantry;
  const FILE = 'script.js';
  const seen = new WeakSet();
  const set_has = WeakSet.prototype.has;
  const set_add = WeakSet.prototype.add;
  const get_prototype = Object.getPrototypeOf;
  const set_prototype = Object.setPrototypeOf;
  const is_error = Error.isError ?? ((value) => value instanceof Error);
  const Range = RangeError, Type = TypeError, Internal = InternalError, Syntax = SyntaxError;
  const ENGINE_STACK = /^(?: {4}at .*\n)*$/;
  const FRAME = /^ {4}at (?:(.+?) )?\(?([^\s()]+?)(?::(\d+):(\d+))?\)?$/;

  // Errors of the engine that are RangeErrors in V8.
  const RANGE_WORDS = {
    __proto__: null,
    'stack overflow': 'Maximum call stack size exceeded',
    'string too long': 'Invalid string length',
  };

  let source_lines = [];

  // [{name, file, line, column}] of the engine's own form of a stack.
  const frames_of = (stack) => {
    const frames = [];
    for (const line of stack.split('\n')) {
      const match = FRAME.exec(line);
      if (!match) continue;
      frames.push({ name: match[1], file: match[2], line: +match[3], column: +match[4] });
    }
    return frames;
  };

  // Where the bracketed text that ends at `end` (its closing bracket) begins; -1 when it does not.
  const opening_of = (text, end) => {
    let depth = 0;
    for (let at = end; at >= 0; at--) {
      const c = text[at];
      if (c === ')' || c === ']') depth++;
      else if ((c === '(' || c === '[') && --depth === 0) return at;
      else if (c === '"' || c === "'" || c === '`') {
        const quote = text.lastIndexOf(c, at - 1);
        if (quote < 0) return -1;
        at = quote;
      }
    }
    return -1;
  };

  // The expression that ends just before `end`, as V8 prints what was called: a chain of names,
  // with calls as (...) and anything else as (intermediate value).
  const expression_before = (text, end) => {
    let printed = '';
    let at = end;
    const skip_space = () => {
      while (at > 0 && /\s/.test(text[at - 1])) at--;
    };
    for (;;) {
      skip_space();
      const c = text[at - 1];
      if (c === undefined) return `(intermediate value)${printed}`;
      if (/[\w$\u0080-\uffff]/.test(c)) {
        let from = at;
        while (from > 0 && /[\w$\u0080-\uffff]/.test(text[from - 1])) from--;
        const word = text.slice(from, at);
        at = from;
        skip_space();
        const is_member = text[at - 1] === '.' && text[at - 2] !== '.';
        printed = (is_member ? '.' : '') + (word === '$gantry_this' ? 'this' : word) + printed;
        if (!is_member) return printed;
        at--;
        if (text[at - 1] === '?') at--;
      } else if (c === ']') {
        const from = opening_of(text, at - 1);
        if (from < 0) return `(intermediate value)${printed}`;
        const key = text.slice(from + 1, at - 1).trim();
        at = from;
        if (text[at - 1] === '.' && text[at - 2] === '?') at -= 2;
        skip_space();
        if (!/[\w$)\]\u0080-\uffff]/.test(text[at - 1] ?? '')) return `(intermediate value)${printed}`;
        const quoted = /^(["'])(.*)\1$/.exec(key);
        printed = (quoted ? `.${quoted[2]}` : `[${/^[\w$.]+$/.test(key) ? key : '(intermediate value)'}]`) + printed;
      } else if (c === ')') {
        const from = opening_of(text, at - 1);
        if (from < 0) return `(intermediate value)${printed}`;
        at = from;
        skip_space();
        if (!/[\w$)\]\u0080-\uffff]/.test(text[at - 1] ?? '')) return `(intermediate value)${printed}`;
        printed = `(...)${printed}`;
      } else {
        return `(intermediate value)${printed}`;
      }
    }
  };

  // The script's text up to the place that a frame names, its line breaks as spaces.
  const text_before = (frame) => {
    if (!frame || frame.file !== FILE || !(frame.line >= 1)) return undefined;
    const line = source_lines[frame.line - 1];
    if (line === undefined) return undefined;
    const earlier = source_lines.slice(Math.max(0, frame.line - 8), frame.line - 1).join(' ');
    return { text: `${earlier} ${line}`, end: earlier.length + 1 + frame.column - 1 };
  };

  const callee_of = (frames) => {
    const place = text_before(frames[0]);
    if (!place) return undefined;
    // The engine points at the opening parenthesis of a call, or at the expression's last name.
    let { text, end } = place;
    if (text[end] !== '(' && text[end] !== '`') {
      const rest = /^[\s?.]*[\w$.]*\s*/.exec(text.slice(end))[0];
      end += rest.length;
    }
    return expression_before(text, end);
  };

  const iterated_of = (frames) => {
    const place = text_before(frames[0]);
    if (!place) return undefined;
    const rest = place.text.slice(place.end);
    const ahead = /^(?:\.\.\.|of\s+|\()?\s*([\w$.]+)/.exec(rest);
    return ahead && ahead[1];
  };

  // V8's words for a message of the engine; undefined when it has none.
  const words_for = (error, message, frames) => {
    if (message === 'not a function') {
      if (frames[0]?.file === 'native') return 'undefined is not a function';
      return `${callee_of(frames) ?? '(intermediate value)'} is not a function`;
    }
    if (message === 'not a constructor') return `${callee_of(frames) ?? '(intermediate value)'} is not a constructor`;
    if (message === 'value is not iterable') return `${iterated_of(frames) ?? 'object'} is not iterable`;
    if (message === 'circular reference') return 'Converting circular structure to JSON';
    if (message === 'invalid array length') return 'Invalid array length';
    if (message === 'invalid string length') return 'Invalid string length';
    if (message === 'invalid repeat count') return 'Invalid count value';
    if (message === 'Date value is NaN') return 'Invalid time value';
    if (message === 'expecting surrogate pair' || message === 'expecting hex digit' ||
        message === 'malformed UTF-8') return 'URI malformed';
    const read_only = /^'(.*)' is read-only$/.exec(message);
    if (read_only) {
      const place = text_before(frames[0]);
      const before = place ? place.text.slice(0, place.end).trimEnd() : '';
      return before.endsWith('.') || before.endsWith(`.${read_only[1]}`)
        ? `Cannot assign to read only property '${read_only[1]}' of object '#<Object>'`
        : 'Assignment to constant variable.';
    }
    return undefined;
  };

  const frame_text = ({ name, file, line, column }) => {
    const place = `${file}:${line}:${column}`;
    return name && name !== '<eval>' && name !== '<anonymous>' ? `    at ${name} (${place})` : `    at ${place}`;
  };

  // Puts an error that the engine made into V8's form, once; anything else stays as it is.
  const v8_error = (error) => {
    if (typeof error !== 'object' || error === null || !is_error(error)) return error;
    try {
      if (apply(set_has, seen, [error])) return error;
      apply(set_add, seen, [error]);
      const stack = Object.getOwnPropertyDescriptor(error, 'stack')?.value;
      if (typeof stack !== 'string' || !ENGINE_STACK.test(stack)) return error;
      const frames = frames_of(stack);
      const prototype = get_prototype(error);
      let message = Object.getOwnPropertyDescriptor(error, 'message')?.value;
      const range_words = prototype === Internal.prototype ? RANGE_WORDS[message] : undefined;
      if (range_words) {
        set_prototype(error, Range.prototype);
        message = error.message = range_words;
      } else if (prototype === Type.prototype || prototype === Range.prototype ||
                 prototype === URIError.prototype) {
        const words = words_for(error, message, frames);
        if (words !== undefined) message = error.message = words;
      }
      const own = frames.filter((frame) => frame.file === FILE).map(frame_text);
      const head = message === undefined || message === '' ? `${error.name}` : `${error.name}: ${message}`;
      define_property(error, 'stack', {
        value: [head, ...own].join('\n'), writable: true, configurable: true, enumerable: false,
      });
    } catch {
      // A script that tampers with its errors gets them as they are.
    }
    return error;
  };

  const text_of = (value) => {
    try {
      return `${value}`;
    } catch {
      return 'a value that has no text';
    }
  };

  // {name, message, stack, no_memory} of whatever was thrown.
  $gantry.describe_error = (thrown) => {
    if (typeof thrown !== 'object' || thrown === null) {
      const message = typeof thrown === 'symbol' ? String(thrown) : text_of(thrown);
      return { name: 'Error', message, stack: message };
    }
    const own_words = is_error(thrown) && get_prototype(thrown) === Internal.prototype;
    if (own_words && thrown.message === 'out of memory') return { no_memory: true };
    v8_error(thrown);
    const part = (key, otherwise) => {
      try {
        const value = thrown[key];
        return value === undefined || value === null ? otherwise : text_of(value);
      } catch {
        return otherwise;
      }
    };
    const name = part('name', 'Error');
    const message = part('message', is_error(thrown) ? '' : text_of(thrown));
    return { name, message, stack: part('stack', message ? `${name}: ${message}` : name) };
  };

  $gantry.v8_error = v8_error;
  $gantry.set_source = (source) => {
    source_lines = source.split('\n');
  };

  define_property(globalThis, '$gantry_error', { value: v8_error });
  // Handlers of rejections see what catch clauses see.
  const promise_then = Promise.prototype.then;
  $gantry.define_methods(Promise.prototype, {
    then(on_value, on_error) {
      return typeof on_error === 'function'
        ? apply(promise_then, this, [on_value, (error) => on_error(v8_error(error))])
        : apply(promise_then, this, [on_value, on_error]);
    },
  });
})();
