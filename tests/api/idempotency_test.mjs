// Calls of incoming webhooks that carry an idempotency key.

import { any, expect, expect_json, expect_parts } from '../support/expect.mjs';
import { call_hook, create_scripted, script_of, success } from '../support/hooks.mjs';
import { eventually } from '../support/patience.mjs';
import { test } from '../support/testing.mjs';
import { use_world } from '../support/world.mjs';

const w = use_world({ server: { binary: 'testing' } });
const kHour = 3_600_000;

let counter = 0;
const new_key = () => `key-${++counter}`;
const keyed = (key, name = 'Idempotency-Key') => ({ headers: { [name]: key } });

async function hook_in_room(changes = {}, create = (more) => w.create_incoming(more)) {
  const room = await w.create_channel();
  return { room, hook: await create({ channel: `#${room.name}`, ...changes }) };
}
const scripted_in_room = (body) => hook_in_room({}, (more) => create_scripted(w, script_of(body), more));
const texts = async (room) => (await w.messages(room)).filter((one) => !one.t).map((one) => one.msg).reverse();
const told_apart = `return { content: { text: 'told' }, response: { value: Math.random() } };`;

for (const name of ['Idempotency-Key', 'webhook-id', 'X-GitHub-Delivery']) {
  test(`the same call twice posts once: ${name}`, async () => {
    const { room, hook } = await scripted_in_room(told_apart);
    const key = new_key();
    const first = await call_hook(w, hook, { a: 1 }, keyed(key, name));
    expect_json(first.json, { success: true, value: any.number });
    const second = await call_hook(w, hook, { a: 1 }, keyed(key, name));
    expect(second.status === 200 && second.text === first.text, `the stored answer, not ${second.text}`);
    expect_json(await texts(room), ['told']);
  });
}

test('Idempotency-Key counts before the other headers', async () => {
  const { room, hook } = await hook_in_room();
  const key = new_key();
  for (const id of [new_key(), new_key()]) {
    const answer = await call_hook(w, hook, { text: 'once' }, { headers: { 'Idempotency-Key': key, 'webhook-id': id } });
    expect_json(answer.json, success);
  }
  expect_json(await texts(room), ['once']);
});

test('calls without a key are calls of their own, and so are other keys and other integrations', async () => {
  const { room, hook } = await hook_in_room();
  const other = await w.create_incoming({ channel: `#${room.name}` });
  const key = new_key();
  for (const more of [{}, {}, keyed(key), keyed(new_key())]) await call_hook(w, hook, { text: 'x' }, more);
  await call_hook(w, other, { text: 'x' }, keyed(key));
  expect((await texts(room)).length === 5, 'each posts');
});

test('the same call posts once also after a crash', async () => {
  const { room, hook } = await scripted_in_room(told_apart);
  const key = new_key();
  const first = await call_hook(w, hook, { a: 1 }, keyed(key));
  await w.crash_and_restart();
  const second = await call_hook(w, hook, { a: 1 }, keyed(key));
  expect(second.text === first.text, `the stored answer, not ${second.text}`);
  expect_json(await texts(room), ['told']);
});

test('calls that a crash cut off post once when they are sent again', async () => {
  const { room, hook } = await hook_in_room();
  const wanted = Array.from({ length: 24 }, (_, at) => `message ${at}`);
  const key = new_key();
  const send = (text) => call_hook(w, hook, { text }, keyed(`${key} ${text}`.replaceAll(' ', '-')));
  const sent = wanted.map((text) => send(text).catch(() => undefined));
  await Promise.race(sent);
  await w.crash_and_restart();
  await Promise.all(sent);
  for (const text of wanted) expect_json((await send(text)).json, success);
  expect_json((await texts(room)).sort(), [...wanted].sort());
});

test('an answer without a message is kept over a crash, too', async () => {
  const { room, hook } = await scripted_in_room(`Store.set('n', (Store.get('n') || 0) + 1); return { error: { n: Store.get('n') } };`);
  const key = new_key();
  for (const again of [false, true]) {
    const answer = await call_hook(w, hook, { a: 1 }, keyed(key));
    expect_json([answer.status, answer.json], [400, { success: false, n: 1 }]);
    if (!again) await w.crash_and_restart();
  }
  expect_json(await texts(room), []);
});

test('a refusal is the answer again', async () => {
  const { hook } = await hook_in_room();
  const key = new_key();
  for (const _ of [1, 2]) {
    const answer = await call_hook(w, hook, { text: 'x', channel: '#elsewhere' }, keyed(key));
    expect_json([answer.status, answer.json],
                [400, { success: false, error: 'overriding destination channel is disabled for this integration' }]);
  }
});

test('the same key with another body is refused', async () => {
  const { room, hook } = await hook_in_room();
  const key = new_key();
  await call_hook(w, hook, { text: 'first' }, keyed(key));
  const answer = await call_hook(w, hook, { text: 'second' }, keyed(key));
  expect(answer.status === 422, `answered ${answer.status}`);
  expect_json(answer.json, { success: false, errorType: 'error-idempotency-key-reused',
    error: 'The idempotency key came before, with another body [error-idempotency-key-reused]' });
  expect_json(await texts(room), ['first']);
});

for (const [what, key] of [['too long', 'k'.repeat(256)], ['not visible ASCII', 'a key']]) {
  test(`a key that is ${what} is refused`, async () => {
    const { room, hook } = await hook_in_room();
    const answer = await call_hook(w, hook, { text: 'x' }, keyed(key));
    expect_json([answer.status, answer.json.errorType], [400, 'error-idempotency-key-invalid']);
    expect_json(await texts(room), []);
  });
}

test('the longest key is taken', async () => {
  const { hook } = await hook_in_room();
  expect_json((await call_hook(w, hook, { text: 'x' }, keyed('k'.repeat(255)))).json, success);
});

test('of many calls at once one posts and all get its answer', async () => {
  const { room, hook } = await scripted_in_room(told_apart);
  const key = new_key();
  const answers = await Promise.all(Array.from({ length: 12 }, () => call_hook(w, hook, { a: 1 }, keyed(key))));
  expect_json([...new Set(answers.map((one) => `${one.status} ${one.text}`))], [`200 ${answers[0].text}`]);
  expect_json(await texts(room), ['told']);
});

test('of two bodies at once under one key one posts', async () => {
  const { room, hook } = await hook_in_room();
  const key = new_key();
  const answers = await Promise.all(['a', 'b'].map((text) => call_hook(w, hook, { text }, keyed(key))));
  expect_json(answers.map((one) => one.status).sort(), [200, 422]);
  expect((await texts(room)).length === 1, 'one message');
});

test('a call whose first takes too long is answered 409', async () => {
  const { room, hook } = await scripted_in_room(`
    HTTP('GET', '${w.receiver.url('/slow')}');
    return { content: { text: 'late' } };`);
  w.receiver.answer('/slow', { body: 'done', delay_ms: 7500 });
  const key = new_key();
  const first = call_hook(w, hook, { a: 1 }, keyed(key));
  await w.receiver.wait_for(1, { path: '/slow' });
  const second = await call_hook(w, hook, { a: 1 }, keyed(key));
  expect(second.status === 409, `answered ${second.status}: ${second.text}`);
  expect_parts(second.json, { success: false, errorType: 'error-idempotency-key-in-use' });
  expect_json((await first).json, success);
  expect_json((await call_hook(w, hook, { a: 1 }, keyed(key))).json, success);
  expect_json(await texts(room), ['late']);
});

test('an answer of our own making is not kept', async () => {
  const { room, hook } = await hook_in_room({ enabled: false });
  const key = new_key();
  const refused = await call_hook(w, hook, { text: 'x' }, keyed(key));
  expect(refused.status === 503, `answered ${refused.status}`);
  await w.admin.must({ method: 'PUT', path: '/api/v1/integrations.update', body: { integrationId: hook._id,
    type: 'webhook-incoming', channel: hook.channel.join(','), scriptEnabled: false, name: hook.name, enabled: true } });
  expect_json((await call_hook(w, hook, { text: 'x' }, keyed(key))).json, success);
  expect_json(await texts(room), ['x']);
});

test('a full disk keeps no answer', async () => {
  const { room, hook } = await hook_in_room();
  const key = new_key();
  await w.server.control({ command: 'fail-disk', operation: 'write', error: 'full' });
  const refused = await call_hook(w, hook, { text: 'x' }, keyed(key));
  await w.server.control({ command: 'heal-disk' });
  expect_json([refused.status, refused.json.errorType], [503, 'storage-full']);
  await eventually('the hook to post', async () => (await call_hook(w, hook, { text: 'x' }, keyed(key))).status === 200);
  expect_json(await texts(room), ['x']);
});

test('who does not prove who he is gets no stored answer', async () => {
  const { hook } = await hook_in_room({ verification: { preset: 'gitlab', secrets: ['hush'] } });
  const key = new_key();
  const proven = { headers: { 'Idempotency-Key': key, 'X-Gitlab-Token': 'hush' } };
  expect((await call_hook(w, hook, { text: 'x' }, keyed(key))).status === 401, 'not proven');
  expect_json((await call_hook(w, hook, { text: 'x' }, proven)).json, success);
  expect((await call_hook(w, hook, { text: 'x' }, keyed(key))).status === 401, 'not proven, though known');
});

test('a key is new again after 24 hours', async () => {
  const { room, hook } = await hook_in_room();
  const key = new_key();
  await call_hook(w, hook, { text: 'one' }, keyed(key));
  await w.server.control({ command: 'advance-clock', ms: 24 * kHour - 60_000 });
  expect((await call_hook(w, hook, { text: 'two' }, keyed(key))).status === 422, 'still known');
  await w.server.control({ command: 'advance-clock', ms: 120_000 });
  expect_json((await call_hook(w, hook, { text: 'two' }, keyed(key))).json, success);
  expect_json(await texts(room), ['one', 'two']);
});
