// Last of the prelude: loads a script and calls its methods. Gives the one function that the host
// calls; what it is asked is its first argument, the numbers are shared with
// worker/run_session.h.
(() => {
  'use strict';
  const { host, DONE, parse, stringify, apply, clean, define_property } = $gantry;
  const { begin_store, end_store, settle_fetch, v8_error, describe_error, set_source } = $gantry;
  delete globalThis.$gantry;

  const START = 0, CALL = 1, REPLY = 2, LOAD_FAILED = 3, BEGIN = 5;
  const INCOMING = 0, PREPARE = 1, PROCESS = 2;
  const METHODS = ['process_incoming_request', 'prepare_outgoing_request', 'process_outgoing_response'];
  const promise_then = Promise.prototype.then;
  const promise_resolve = Promise.resolve.bind(Promise);
  const replace = String.prototype.replace;
  const includes = String.prototype.includes;
  const is_array = Array.isArray;
  const keys = Object.keys;

  let instance;
  let store_bytes_max = 0;
  let method_called = INCOMING;

  // {"$date": ms} stands for a Date, anywhere inside.
  const revive_dates = (value) => {
    if (typeof value !== 'object' || value === null) return value;
    for (const key of keys(value)) {
      const inner = value[key];
      if (typeof inner !== 'object' || inner === null) continue;
      if (typeof inner.$date === 'number' && keys(inner).length === 1) {
        value[key] = new Date(inner.$date);
      } else {
        revive_dates(inner);
      }
    }
    return value;
  };

  // Scripts of two generations exist: some read response.content as the parsed reply, some parse
  // it themselves. As a text it is the raw reply, so both work.
  const give_raw_text = (response) => {
    const content = response?.content;
    if (typeof content !== 'object' || content === null) return;
    const raw = response.content_raw;
    define_property(content, 'toString', {
      value: () => raw, writable: true, configurable: true, enumerable: false,
    });
  };

  // JSON as strict readers want it: a half of a character becomes the replacement character.
  const to_json = (value) => {
    const text = stringify(value);
    if (text === undefined || !apply(includes, text, ['\\ud'])) return text;
    return apply(replace, text, [
      /\\(?:u(d[89a-f][0-9a-f]{2})|[^])/g,
      (all, half) => (half ? '\\ufffd' : all),
    ]);
  };

  const report = (kind, error) => {
    const { name, message, stack, no_memory } = describe_error(error);
    if (no_memory) host.done(DONE.no_memory);
    else host.done(kind, clean(name), clean(message), clean(stack));
  };

  const keep_store = () => {
    const { text, changed } = end_store(store_bytes_max);
    if (!changed) return true;
    if (text === undefined) {
      host.done(DONE.store_too_large);
      return false;
    }
    host.store(text);
    return true;
  };

  const lacks_method = (number) => {
    try {
      return typeof instance[METHODS[number]] !== 'function';
    } catch {
      return false;
    }
  };

  const returned = (value) => {
    try {
      const text = value === undefined ? undefined : to_json(value);
      if (!keep_store()) return;
      if (text === undefined) host.done(DONE.undefined);
      else host.done(DONE.value, text, method_called === PREPARE && lacks_method(PROCESS) ? 1 : 0);
    } catch (error) {
      threw(error);
    }
  };

  const threw = (error) => {
    try {
      if (!keep_store()) return;
    } catch {
      // What cannot be kept is not kept; the script's own error is what counts.
    }
    report(DONE.threw, error);
  };

  const start = (source) => {
    set_source(source);
    try {
      instance = new Script();
    } catch (error) {
      report(DONE.load_failed, error);
    }
  };

  const call = (method_number, argument_text, store_text, has_dates, store_max) => {
    store_bytes_max = store_max;
    method_called = method_number;
    try {
      const method = instance[METHODS[method_number]];
      if (typeof method !== 'function') {
        host.done(DONE.no_method);
        return;
      }
      begin_store(store_text);
      const argument = parse(argument_text);
      // Only what the server itself wrote: others' JSON may say $date too.
      if (has_dates && method_number !== INCOMING) revive_dates(argument.request);
      give_raw_text(argument.response);
      // One object under two names, as scripts may change it under either.
      if (method_number === INCOMING) argument.request.body = argument.request.content;
      const result = apply(method, instance, [argument]);
      if (typeof result === 'object' && result !== null && typeof result.then === 'function') {
        apply(promise_then, promise_resolve(result), [returned, threw]);
      } else {
        returned(result);
      }
    } catch (error) {
      threw(error);
    }
  };

  return (what, a, b, c, d, e) => {
    if (what === CALL) call(a, b, c, d, e);
    else if (what === REPLY) settle_fetch(a, b);
    else if (what === BEGIN) begin_store(a);
    else if (what === START) start(a);
    else if (what === LOAD_FAILED) report(DONE.load_failed, a);
  };
})();
