// Registration of tests by a test file; tests/support/run_file.mjs imports the file and runs them.
//
// Tests of one file run one after another; files run side by side in processes of their own.
// `covers` names the contract rows that a test proves ("integrations 4.2/7").

import { discard_requests, keep_requests } from './coverage.mjs';
import { patience, within } from './patience.mjs';

const registered = { tests: [], before: [], after: [] };

const kTestMs = 60_000;

// test('refuses a hook without channel', { covers: ['integrations 4.2/2'] }, async (t) => {...});
// `t.after(fn)` cleans up at the end of this test.
export function test(name, options, body) {
  if (typeof options === 'function') {
    body = options;
    options = {};
  }
  registered.tests.push({ name, body, covers: options.covers ?? [], within_ms: options.within_ms ?? kTestMs });
}

// Runs before the first test of the file; when it throws every test of the file fails with that.
export function before(fn) {
  registered.before.push(fn);
}

export function after(fn) {
  registered.after.push(fn);
}

function text_of(error) {
  if (!(error instanceof Error)) return String(error);
  const place = (error.stack ?? '').split('\n').find((line) => /_test\.mjs|\.test\.mjs/.test(line));
  return `${error.message}${place ? `\n   ${place.trim()}` : ''}`;
}

async function run_one(one) {
  const cleanups = [];
  const started = performance.now();
  let error;
  discard_requests();
  try {
    await within(`the test "${one.name}" to end`, one.within_ms, one.body({ after: (fn) => cleanups.push(fn) }));
  } catch (caught) {
    error = text_of(caught);
  }
  if (!error) keep_requests(one.name);
  discard_requests();
  for (const cleanup of cleanups.reverse()) {
    try {
      await cleanup();
    } catch (caught) {
      error ??= `cleaning up: ${text_of(caught)}`;
    }
  }
  return { name: one.name, covers: one.covers, state: error ? 'failed' : 'passed', error,
           ms: Math.round(performance.now() - started) };
}

async function run_hooks(hooks, name) {
  for (const hook of hooks) {
    try {
      await within(name, kTestMs, hook());
    } catch (caught) {
      return `${name}: ${text_of(caught)}`;
    }
  }
  return undefined;
}

// Returns one result a test: {name, covers, state, error?, ms}.
export async function run_registered(filter) {
  const wanted = registered.tests.filter((one) => !filter || one.name.includes(filter));
  const results = [];
  if (wanted.length === 0) return results;
  const broken = await run_hooks(registered.before, 'preparing the file');
  for (const one of wanted) {
    results.push(broken
      ? { name: one.name, covers: one.covers, state: 'failed', error: broken, ms: 0 }
      : await run_one(one));
  }
  const untidy = await run_hooks([...registered.after].reverse(), 'ending the file');
  if (untidy) results.push({ name: 'ends cleanly', covers: [], state: 'failed', error: untidy, ms: 0 });
  return results;
}

export { patience };
