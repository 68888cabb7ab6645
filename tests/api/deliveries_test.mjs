// What becomes of a delivery after the target's answer, and its record.

import { any, expect, expect_json, expect_parts } from '../support/expect.mjs';
import { bell } from '../support/outgoing.mjs';
import { eventually } from '../support/patience.mjs';
import { test } from '../support/testing.mjs';
import { use_world } from '../support/world.mjs';

const w = use_world();
const covers = (...rows) => ({ covers: rows.map((row) => `integrations ${row}`) });
const once = { retryFailedCalls: false };
const is_enabled = async (hook) => (await w.admin.must_get('/api/v1/integrations.get', { integrationId: hook.integration._id })).integration.enabled;

const successes = [
  { name: '200 with text', answer: { status: 200, body: 'thanks' }, result: '"thanks"', rows: ['12/5'] },
  { name: '201 with text', answer: { status: 201, body: 'made' }, result: '"made"', rows: ['12/5'] },
  { name: '202 with text', answer: { status: 202, body: 'later' }, result: '"later"', rows: ['12/5'] },
  { name: 'JSON without text or attachments', answer: { body: { ok: true } }, result: '"{\\"ok\\":true}"', rows: ['12/5'] },
  { name: 'JSON with an empty text', answer: { body: { text: '' } }, result: '"{\\"text\\":\\"\\"}"', rows: ['12/5'] },
  { name: 'text that looks like JSON', answer: { body: '{"text":"not posted"}' }, result: any.string, rows: ['12/5'] },
  { name: '200 without body', answer: { status: 200 }, result: '""', rows: ['12/empty'] },
  { name: '202 without body', answer: { status: 202 }, result: '""', rows: ['12/empty'] },
  { name: '204', answer: { status: 204 }, result: '""', rows: ['12/empty'] },
];
for (const { name, answer, result, rows } of successes) {
  test(`success: ${name}`, covers(...rows), async () => {
    const hook = await bell(w);
    hook.answer(answer);
    await hook.ring();
    expect_parts(await hook.finished(), { step: 'after-http-call', httpResult: result, error: any.absent, httpError: any.absent });
    await w.receiver.expect_quiet();
    expect((await w.messages(hook.room)).length === 1, 'nothing is posted');
  });
}

const failures = [
  ...[203, 206, 400, 401, 404, 422, 429, 501, 503].map((status) => ({ name: `${status} with text`, rows: ['12/3', '12/3e'],
    answer: { status, body: { text: 'its words' } } })),
  { name: '300 that leads nowhere', rows: ['12/3'], answer: { status: 300, body: 'choose' } },
  { name: '404 without body', rows: ['12/3'], answer: { status: 404 } },
  { name: '500 that is not to be retried', rows: ['12/3e'], answer: { status: 500, body: 'oops' } },
];
for (const { name, answer, rows } of failures) {
  test(`failure: ${name}`, covers(...rows), async () => {
    const hook = await bell(w, once);
    hook.answer(answer);
    await hook.ring();
    expect_parts(await hook.finished(), { step: 'failed-and-not-configured-to-retry', error: any.string, httpResult: any.string, httpError: any.absent });
    await w.receiver.expect_quiet();
    expect((await w.messages(hook.room)).length === 1, 'its words are not posted');
  });
}

for (const body of ['gone', undefined]) {
  test(`410 ${body ? 'with' : 'without'} body switches the integration off`, covers(body ? '12/3a' : '12/3a-empty'), async () => {
    const hook = await bell(w);
    hook.answer({ status: 410, body });
    await hook.ring();
    expect_parts(await hook.finished(), { step: 'after-process-http-status-410', error: any.string });
    expect(await is_enabled(hook) === false, 'it is disabled');
    await hook.ring();
    await w.receiver.expect_quiet();
    expect(hook.requests().length === 1, 'no retry and nothing later');
  });
}

test('500 has a step of its own when it is not to be retried', covers('12/3b', '12/3b-retry'), async (t) => {
  await w.set_setting('Integrations_Retry_500', false);
  t.after(() => w.set_setting('Integrations_Retry_500', true));
  const hook = await bell(w);
  hook.answer({ status: 500, body: 'oops' });
  await hook.ring();
  expect_parts(await hook.finished(), { step: 'after-process-http-status-500', error: any.string });
  await w.receiver.expect_quiet();
  expect(await is_enabled(hook), 'it stays enabled');
});

test('500 is retried by default', covers('12/3b-retry', '12/default-retry'), async () => {
  const hook = await bell(w);
  hook.answer({ status: 500, body: 'oops' }, { body: 'well' });
  await hook.ring();
  await hook.received(2);
  await hook.step('after-http-call');
  expect_json((await hook.entries()).map((entry) => entry.step), ['going-to-retry-1', 'after-http-call']);
});

test('with the setting off nothing is retried that does not ask', covers('12/default-retry'), async (t) => {
  await w.set_setting('Integrations_Retry_By_Default', false);
  t.after(() => w.set_setting('Integrations_Retry_By_Default', true));
  const silent = await bell(w), asking = await bell(w, { retryFailedCalls: true, retryCount: 1, retryDelay: 'powers-of-ten' });
  for (const hook of [silent, asking]) {
    hook.answer({ status: 503, body: 'busy' });
    await hook.ring();
  }
  expect_parts(await silent.finished(), { step: 'failed-and-not-configured-to-retry' });
  expect_parts(await asking.finished(), { step: 'too-many-retries' });
});

const broken = [
  { name: 'a refused connection', urls: ['http://127.0.0.1:1/'], code: 'ECONNREFUSED' },
  { name: 'a name that is none', urls: ['http://no-such-name.invalid/'], code: 'ENOTFOUND' },
  { name: 'a dropped connection', answer: { drop: true }, code: 'ECONNRESET' },
  { name: 'a URL that is none', urls: ['not a url'], code: any.string },
  { name: 'a scheme that is not HTTP', urls: ['file:///etc/passwd'], code: any.string },
];
for (const { name, urls, answer, code } of broken) {
  test(`network failure: ${name}`, covers('12/network', '15/http-error', '15/finished'), async () => {
    const hook = await bell(w, { ...(urls ? { urls } : {}), retryFailedCalls: true, retryCount: 1, retryDelay: 'powers-of-ten' });
    if (answer) hook.answer(answer);
    await hook.ring();
    const last = await hook.step('too-many-retries');
    const [first] = await hook.entries();
    expect_parts(first, { step: 'going-to-retry-1', finished: false, httpResult: 'null', httpError: { code, message: any.string }, error: any.string });
    expect_parts(last, { finished: true, httpResult: 'null', httpError: { code } });
  });
}

test('the whole run is made again, with a new entry', covers('12/3c-1', '12/3d', '15/finished'), async () => {
  const hook = await bell(w, { retryFailedCalls: true, retryCount: 2, retryDelay: 'powers-of-ten', scriptEnabled: true, script: `
    let runs = 0;
    class Script { prepare_outgoing_request({ request }) { return { ...request, data: { run: ++runs, text: request.data.text } }; } }` });
  hook.answer({ status: 503, body: 'busy' });
  await hook.ring();
  await hook.step('too-many-retries');
  await w.receiver.expect_quiet();
  const entries = await hook.entries();
  expect_json(entries.map((entry) => [entry.step, entry.finished]),
              [['going-to-retry-1', false], ['going-to-retry-2', false], ['too-many-retries', true]]);
  expect(new Set(entries.map((entry) => entry._id)).size === 3, 'each attempt has an entry of its own');
  expect_json(hook.requests().map((one) => one.json), [1, 2, 3].map((run) => ({ run, text: 'ding' })));
});

test('a later success ends the retries', covers('12/3c-1', '12/4a'), async () => {
  const hook = await bell(w, { retryFailedCalls: true, retryCount: 4, retryDelay: 'powers-of-ten' });
  hook.answer({ status: 503, body: 'busy' }, { status: 404 }, { body: { text: 'at last' } });
  await hook.ring();
  await w.wait_for_message(hook.room, 'the answer', (message) => message.msg === 'at last');
  const entries = await eventually('three entries', async () => {
    const all = await hook.entries();
    return all.length === 3 && all;
  });
  expect_json(entries.map((entry) => entry.step), ['going-to-retry-1', 'going-to-retry-2', 'url-response-sent-message']);
  await w.receiver.expect_quiet();
  expect(hook.requests().length === 3, 'nothing is sent after it');
});
