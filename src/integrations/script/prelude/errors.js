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

  // What stands at the place that a frame names, when the engine points at a name or a member:
  // the expression up to its end; undefined for other places, which the engine does not keep.
  const expression_at = (frames) => {
    const place = text_before(frames[0]);
    const ahead = place && /^(?:\?\.|\.)?[A-Za-z_$][\w$]*/.exec(place.text.slice(place.end));
    return ahead ? expression_before(place.text, place.end + ahead[0].length) : undefined;
  };

  const member_at = (frames) => {
    const place = text_before(frames[0]);
    const ahead = place && /^\??\.([\w$]+)|^\??\.?\[\s*(?:(["'])(.*?)\2|(\d+))\s*\]/.exec(place.text.slice(place.end));
    return ahead ? ahead[1] ?? ahead[3] ?? ahead[4] : undefined;
  };

  // The first argument of a call, when it is written as a plain value.
  const argument_at = (frames) => {
    const place = text_before(frames.find((frame) => frame.file === FILE));
    const ahead = place && /^\(\s*(-?\d[\d.]*|true|false|null|"[^"\\]*")\s*[,)]/.exec(place.text.slice(place.end));
    return ahead ? ahead[1] : 'undefined';
  };

  // Words for messages of the engine. A function is given the frames, and the parts of the message.
  const BY_NATIVE = {
    __proto__: null,
    toFixed: 'toFixed() digits argument must be between 0 and 100',
    toPrecision: 'toPrecision() argument must be between 1 and 100',
    toExponential: 'toExponential() argument must be between 0 and 100',
  };
  const WORDS = {
    __proto__: null,
    'not a function': (frames) => {
      if (frames[0]?.file !== 'native') return `${callee_of(frames) ?? '(intermediate value)'} is not a function`;
      const argument = argument_at(frames);
      return `${frames[0].name === 'Promise' ? 'Promise resolver ' : ''}${argument} is not a function`;
    },
    'not a constructor': (frames) => `${callee_of(frames) ?? '(intermediate value)'} is not a constructor`,
    'value is not iterable': (frames) =>
      frames[0]?.file === 'native' || frames[1]?.file === 'native' || !expression_at(frames)
        ? 'object is not iterable (cannot read property Symbol(Symbol.iterator))'
        : `${expression_at(frames)} is not iterable`,
    'cannot convert to object': (frames) =>
      frames[0]?.file === 'native'
        ? 'Cannot convert undefined or null to object'
        : "Cannot destructure 'undefined' as it is undefined.",
    'circular reference': 'Converting circular structure to JSON',
    'invalid array length': 'Invalid array length',
    'invalid string length': 'Invalid string length',
    'invalid repeat count': (frames) => `Invalid count value: ${argument_at(frames)}`,
    'invalid number of digits': (frames) => BY_NATIVE[frames[0]?.name],
    'radix must be between 2 and 36': 'toString() radix argument must be between 2 and 36',
    'Date value is NaN': 'Invalid time value',
    'expecting surrogate pair': 'URI malformed',
    'expecting hex digit': 'URI malformed',
    'expecting %%': 'URI malformed',
    'malformed UTF-8': 'URI malformed',
    'invalid UTF-8 sequence': 'URI malformed',
    'cannot convert symbol to string': 'Cannot convert a Symbol value to a string',
    'cannot convert symbol to number': 'Cannot convert a Symbol value to a number',
    'cannot convert bigint to number': 'Cannot mix BigInt and other types, use explicit conversions',
    'empty array': 'Reduce of empty array with no initial value',
    "regexp must have the 'g' flag": (frames) => `String.prototype.${frames[0]?.name} called with a non-global RegExp argument`,
    "class constructors must be invoked with 'new'": (frames) => {
      // The engine points at the constructor itself when it is written out.
      const pointed_at = callee_of(frames);
      const name = pointed_at === 'constructor' ? callee_of(frames.slice(1)) : pointed_at;
      return `Class constructor ${name ?? ''} cannot be invoked without 'new'`;
    },
    'no setter for property': (frames) => `Cannot set property ${member_at(frames)} of #<Object> which has only a getter`,
    'object is not extensible': (frames) =>
      frames[0]?.file === 'native' ? undefined : `Cannot add property ${member_at(frames)}, object is not extensible`,
    'could not delete property': (frames) => `Cannot delete property '${member_at(frames)}' of #<Object>`,
  };
  const PATTERNS = [
    [/^'(.*)' is read-only$/, (frames, name) =>
      member_at(frames) === undefined
        ? 'Assignment to constant variable.'
        : `Cannot assign to read only property '${name}' of object '#<Object>'`],
    [/^Cannot read properties of (undefined|null) \(reading 'Symbol\.iterator'\)$/, (frames, value) =>
      `${expression_at(frames) ?? value} is not iterable`],
    [/^Cannot read properties of (undefined|null)$/, (frames, value) => {
      const name = member_at(frames);
      return name === undefined ? undefined : `Cannot read properties of ${value} (reading '${name}')`;
    }],
    [/^private class field '(.*)' does not exist$/, (_frames, name) =>
      `Cannot read private member ${name} from an object whose class did not declare it`],
  ];

  // V8's words for a message of the engine; undefined when it has none.
  const words_for = (message, frames) => {
    const words = WORDS[message];
    if (words !== undefined) return typeof words === 'function' ? words(frames) : words;
    for (const [pattern, make] of PATTERNS) {
      const match = pattern.exec(message);
      if (match) return make(frames, match[1]);
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
        const words = words_for(message, frames);
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
  define_property(globalThis, '$gantry_from', {
    value: (value, key, printed) => {
      if (value !== undefined && value !== null) return value;
      throw new Type(
        printed === undefined
          ? `Cannot read properties of ${value} (reading '${key}')`
          : `Cannot destructure property '${key}' of '${printed}' as it is ${value}.`,
      );
    },
  });
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
