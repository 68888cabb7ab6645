// How Rocket.Chat 8.x runs a script, as far as scripts can tell: transpiled by Babel unless told
// otherwise, evaluated in an isolate of V8 behind a Store, its methods called with copies.
import { transformSync } from '@babel/core';
import preset_env from '@babel/preset-env';
import { createRequire } from 'node:module';

const ivm = createRequire(import.meta.url)('isolated-vm');

// Runs before the script, in its isolate. Console texts are formed as Gantry forms them; HTTP is
// what the older engine had; fetch answers from the case's canned replies.
const BEFORE = `
const Store = (() => {
  const kept = {};
  return { get: (key) => kept[key], set: (key, value) => (kept[key] = value) };
})();
globalThis.global = globalThis;
globalThis.console = (() => {
  const text = (value) => {
    if (typeof value === 'string') return value;
    if (typeof value === 'function') return '[Function: ' + (value.name || '(anonymous)') + ']';
    if (value instanceof Error) return value.name + ': ' + value.message;
    if (typeof value === 'object' && value !== null) return JSON.stringify(value);
    if (typeof value === 'bigint') return value + 'n';
    return String(value);
  };
  const made = {};
  for (const level of ['debug', 'log', 'info', 'warn', 'error']) {
    made[level] = (...values) => void $log.applySync(undefined, [level, values.map(text).join(' ')]);
  }
  return made;
})();
globalThis.$canned = (method, url, body) => {
  const found = $replies.find((one) => one.method === method && one.url === url);
  if (!found || found.error) return { error: found ? found.error : 'getaddrinfo ENOTFOUND' };
  return { status: found.status, statusText: found.statusText || '', headers: found.headers || {}, body: found.echo ? body || '' : found.body || '' };
};
globalThis.fetch = async (url, options = {}) => {
  const method = (options.method || 'GET').toUpperCase();
  const reply = $canned(method, url, options.body);
  if (reply.error) {
    throw Object.assign(new Error('request to ' + url + ' failed, reason: ' + reply.error), { name: 'FetchError' });
  }
  const headers = Object.fromEntries(Object.entries(reply.headers).map(([k, v]) => [k.toLowerCase(), v]));
  return {
    status: reply.status, ok: reply.status >= 200 && reply.status < 300, statusText: reply.statusText,
    headers: { get: (name) => headers[name.toLowerCase()] ?? null },
    text: async () => reply.body,
    json: async () => {
      try { return JSON.parse(reply.body); } catch (e) {
        throw Object.assign(new Error('invalid json response body at ' + url + ' reason: ' + e.message), { name: 'FetchError' });
      }
    },
  };
};
globalThis.HTTP = (method, url, options = {}) => {
  const body = options.data !== undefined ? JSON.stringify(options.data) : options.content;
  const reply = $canned(method, url, body);
  if (reply.error) return { error: new Error(reply.error) };
  const headers = Object.fromEntries(Object.entries(reply.headers).map(([k, v]) => [k.toLowerCase(), v]));
  const result = { statusCode: reply.status, content: reply.body, headers, data: null };
  if (/^application\\/json/.test(headers['content-type'] || '')) { try { result.data = JSON.parse(reply.body); } catch {} }
  if (reply.status >= 400) return { error: Object.assign(new Error('failed [' + reply.status + '] ' + reply.body), { response: result }) };
  return { result };
};
globalThis.$revive = (value) => {
  if (typeof value !== 'object' || value === null) return value;
  for (const key of Object.keys(value)) {
    const inner = value[key];
    if (inner && typeof inner.$date === 'number') value[key] = new Date(inner.$date);
    else $revive(inner);
  }
  return value;
};
`;

// After it: one function that calls a method and reports as JSON.
const AFTER = `
globalThis.$fault = (e) => (typeof e === 'object' && e !== null
  ? { name: String(e.name ?? 'Error'), message: String(e.message ?? e) } : { name: 'Error', message: String(e) });
globalThis.$load = () => {
  try { globalThis.$instance = new Script(); return null; } catch (e) { return JSON.stringify($fault(e)); }
};
globalThis.$call = async (method, text) => {
  if (typeof $instance[method] !== 'function') return JSON.stringify({ status: 'no-method' });
  const argument = $revive(JSON.parse(text));
  // The copy into the isolate keeps one object one object.
  const request = argument.request;
  if (request && 'body' in request && JSON.stringify(request.body) === JSON.stringify(request.content)) request.body = request.content;
  const content = argument.response && argument.response.content;
  if (typeof content === 'object' && content !== null) {
    const raw = argument.response.content_raw;
    Object.defineProperty(content, 'toString', { value: () => raw });
  }
  try {
    const result = await $instance[method](argument);
    return JSON.stringify({ status: 'returned', result });
  } catch (e) {
    return JSON.stringify({ status: 'threw', error: $fault(e) });
  }
};
`;

function transpile(source) {
  return transformSync(source, {
    presets: [preset_env], compact: true, minified: true, comments: false, configFile: false, babelrc: false,
  }).code;
}

export async function run_reference(one) {
  let code;
  try {
    code = one.mode === 'plain' ? one.source : transpile(one.source);
    if (one.mode === 'plain') new Function(code);
  } catch (error) {
    return { compile_error: { name: error.name, message: error.message } };
  }
  const isolate = new ivm.Isolate({ memoryLimit: 32 });
  try {
    const context = isolate.createContextSync();
    let console_lines = [];
    context.global.setSync('$log', new ivm.Reference((level, text) => console_lines.push([level, text])));
    context.global.setSync('$replies', new ivm.ExternalCopy(one.http ?? []).copyInto());
    const runs = [];
    let load_error = null;
    try {
      isolate.compileScriptSync(`${BEFORE}\n${code}\n`).runSync(context, { timeout: 3000 });
      isolate.compileScriptSync(AFTER).runSync(context);
      const failed = await context.eval('$load()', { timeout: 3000 });
      if (failed) load_error = JSON.parse(failed);
    } catch (error) {
      load_error = { name: error.name, message: error.message };
    }
    for (const { method, argument } of one.runs) {
      if (load_error) {
        runs.push({ status: 'load-failed', error: load_error, console: console_lines });
      } else {
        const call = context.global.getSync('$call', { reference: true });
        const text = await call.apply(undefined, [method, JSON.stringify(argument)], { result: { promise: true, copy: true }, timeout: 3000 });
        runs.push({ ...JSON.parse(text), console: console_lines });
      }
      console_lines = [];
    }
    return { runs };
  } finally {
    isolate.dispose();
  }
}
