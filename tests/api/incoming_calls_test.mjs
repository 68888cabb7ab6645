// The records of what came to incoming webhooks: integrations.incomingCalls and .incomingCall.

import { any, expect, expect_json, expect_parts, matching } from '../support/expect.mjs';
import { unrecorded } from '../support/coverage.mjs';
import { call_hook, create_scripted, script_of } from '../support/hooks.mjs';
import { eventually } from '../support/patience.mjs';
import { test } from '../support/testing.mjs';
import { use_world } from '../support/world.mjs';

const w = use_world({ server: { binary: 'testing' }, setup: async (world) => {
  await world.create_caller('all', { rights: ['manage-incoming-integrations', 'message-impersonate'] });
  await world.create_caller('own', { rights: ['manage-own-incoming-integrations', 'message-impersonate'] });
  await world.create_caller('outgoing', { rights: ['manage-outgoing-integrations'] });
  await world.create_caller('plain');
} });
const kList = '/api/v1/integrations.incomingCalls', kOne = '/api/v1/integrations.incomingCall';
const kDay = 24 * 3_600_000;

async function hook_in_room(changes = {}, by = w.admin) {
  const room = await w.create_channel();
  return { room, hook: await w.create_incoming({ channel: `#${room.name}`, ...changes }, by) };
}
const list = async (hook, more = {}, by = w.admin) => (await by.must_get(kList, { integrationId: hook._id, ...more })).calls;
const one = async (id, by = w.admin) => (await by.must_get(kOne, { id })).call;
// The newest record, once there are so many; a call that posts nothing is recorded after its answer.
async function newest(hook, count = 1) {
  const calls = await eventually(`${count} records`, () => unrecorded(async () => {
    const found = await list(hook);
    return found.length >= count && found;
  }));
  return one(calls[0]._id);
}

test('a call that posts is recorded with its message', async () => {
  const { room, hook } = await hook_in_room();
  await call_hook(w, hook, { text: 'hello' });
  const [message] = await w.messages(room);
  const listed = await w.admin.must_get(kList, { integrationId: hook._id });
  expect_json(listed, { success: true, count: 1, offset: 0, total: 1, calls: [{ _id: any.id, integrationId: hook._id,
    status: 'ok', _createdAt: any.date, finishedAt: any.date, statusCode: 200, contentType: 'application/json', bodyBytes: 16,
    ranScript: false, posted: [{ roomId: room._id, messageId: message._id }] }] });
  const call = await one(listed.calls[0]._id);
  expect_parts(call, { ...listed.calls[0], body: '{"text":"hello"}', script: any.absent, error: any.absent,
    answer: { status: 200, body: '{"success":true}' } });
});

test('the record of a message survives a crash as the message does', async () => {
  const { hook } = await hook_in_room();
  await call_hook(w, hook, { text: 'hello' });
  await w.crash_and_restart();
  expect((await list(hook)).length === 1, 'the record is there');
});

test('secrets in headers are masked', async () => {
  const { hook } = await hook_in_room({ verification: { preset: 'hmac', secrets: ['hush'], header: 'X-Proof', algorithm: 'sha256', encoding: 'hex' } });
  const secret = ['Authorization', 'Cookie', 'X-Auth-Token', 'X-Hub-Signature-256', 'X-Gitlab-Token', 'Stripe-Signature',
    'webhook-signature', 'X-Proof', 'X-Api-Key'];
  await call_hook(w, hook, { text: 'x' }, { headers: { ...Object.fromEntries(secret.map((name) => [name, 'confidential'])), 'X-Plain': 'shown' } });
  const call = await newest(hook);
  expect_parts(call.headers, { ...Object.fromEntries(secret.map((name) => [name.toLowerCase(), '(masked)'])), 'x-plain': 'shown' });
  expect(!JSON.stringify(call).includes('confidential'), 'no secret is shown');
  expect(!JSON.stringify(call).includes(hook.token), 'no token is shown');
  expect_parts(call, { status: 'failed', statusCode: 401, error: any.string, posted: [] });
});

test('what a script returns, prints and costs', async () => {
  const room = await w.create_channel();
  const hook = await create_scripted(w, script_of(`console.warn('counted', request.content.n);
    return { content: { text: 'n' + request.content.n }, response: { seen: true } };`), { channel: `#${room.name}` });
  await call_hook(w, hook, { n: 3 });
  const call = await newest(hook);
  expect_parts(call, { ranScript: true, script: { end: 'returned', cpuMs: any.number, memoryBytes: any.number,
    console: [{ level: 'warn', text: 'counted 3' }], result: '{"content":{"text":"n3"},"response":{"seen":true}}' },
    answer: { status: 200, body: '{"seen":true,"success":true}' }, posted: [any.object] });
  expect(call.script.cpuMs > 0 && call.script.memoryBytes > 0, 'a run costs something');
});

const failing = [
  { name: 'throws', script: `console.log('before'); throw new TypeError('no such thing');`, end: 'threw', error: 'TypeError: no such thing', console: [{ level: 'log', text: 'before' }] },
  { name: 'answers an error', script: `return { error: { why: 'no' } };`, end: 'returned', error: any.absent, console: [], body: '{"why":"no","success":false}' },
  { name: 'posts where there is no room', script: `return { content: { text: 'x', channel: '#nowhere-at-all' } };`, end: 'returned', error: any.string, console: [] },
];
for (const { name, script, end, error, console, body = any.string } of failing) {
  test(`a call whose script ${name} is recorded as failed`, async () => {
    const hook = await create_scripted(w, script_of(script), { overrideDestinationChannelEnabled: true });
    const answer = await call_hook(w, hook, { a: 1 });
    expect(answer.status === 400, `answered ${answer.status}`);
    expect_parts(await newest(hook), { status: 'failed', statusCode: 400, posted: [], error, script: { end, console }, answer: { status: 400, body } });
  });
}

test('a call of a hook that is switched off is recorded', async () => {
  const { hook } = await hook_in_room({ enabled: false });
  await call_hook(w, hook, { text: 'x' });
  expect_parts(await newest(hook), { status: 'failed', statusCode: 503, posted: [], body: '{"text":"x"}' });
});

test('a wrong token leaves no record', async () => {
  const { hook } = await hook_in_room();
  await w.anonymous.post(`/hooks/${hook._id}/wrong`, { text: 'x' });
  await call_hook(w, hook, { text: 'right' });
  expect_json((await list(hook)).map((call) => call.status), ['ok']);
});

test('long and broken bodies are bounded and shown as text', async () => {
  const { hook } = await hook_in_room();
  await call_hook(w, hook, { text: 'x', filling: 'y'.repeat(100_000) });
  const long = await newest(hook);
  expect(long.body.length === 64 * 1024 && long.bodyBytes > 100_000, `${long.body.length} of ${long.bodyBytes} are kept`);
  await w.anonymous.request({ method: 'POST', path: w.hook_path(hook), raw: { type: 'text/plain', bytes: [0x61, 0xff, 0x62] } });
  expect_parts(await newest(hook, 2), { body: 'a\ufffdb', bodyBytes: 3 });
});

test('the query of a GET call is kept', async () => {
  const hook = await create_scripted(w, script_of(`return { content: { text: request.url.query.text } };`));
  await w.anonymous.get(w.hook_path(hook), { text: 'asked' });
  expect_parts(await newest(hook), { query: 'text=asked', body: any.absent, bodyBytes: 0, status: 'ok' });
});

test('with bodies switched off their size is all that is kept', async (t) => {
  await w.set_setting('Integrations_Incoming_Keep_Bodies', false);
  t.after(() => w.set_setting('Integrations_Incoming_Keep_Bodies', true));
  const hook = await create_scripted(w, script_of(`console.log('got', request.content.word);
    if (request.content.fail) throw new Error('no ' + request.content.word);
    return { content: { text: 'private ' + request.content.word }, response: { heard: request.content.word } };`));
  await call_hook(w, hook, { word: 'secretive' });
  const call = await newest(hook);
  expect_parts(call, { body: any.absent, bodyBytes: 20, script: { end: 'returned', result: any.absent, console: [] }, status: 'ok' });
  expect(!JSON.stringify(call).includes('secretive'), 'no body');
  await call_hook(w, hook, { word: 'secretive', fail: true });
  const failed = await newest(hook, 2);
  expect_parts(failed, { status: 'failed', script: { end: 'threw', console: [] } });
  expect(!JSON.stringify(failed).includes('secretive'), 'no error of the script');
  // Whoever repeats a call with a key gets the answer of the first.
  const keyed = { headers: { 'Idempotency-Key': 'kept' } };
  await call_hook(w, hook, { word: 'told' }, keyed);
  expect_parts((await call_hook(w, hook, { word: 'told' }, keyed)).json, { heard: 'told' });
});

test('a call that was answered as before says by whom', async () => {
  const { hook } = await hook_in_room();
  const keyed = { headers: { 'Idempotency-Key': 'again' } };
  await call_hook(w, hook, { text: 'x' }, keyed);
  const [first] = await list(hook);
  expect_parts(first, { idempotencyKey: 'again', answeredBy: any.absent });
  await call_hook(w, hook, { text: 'x' }, keyed);
  expect_parts(await newest(hook, 2), { idempotencyKey: 'again', answeredBy: first._id, posted: [], body: any.absent, status: 'ok' });
  await call_hook(w, hook, { text: 'y' }, keyed);
  expect_parts(await newest(hook, 3), { statusCode: 422, status: 'failed', answeredBy: any.absent });
});

test('pages, newest first, by status and by date', async () => {
  const { hook } = await hook_in_room();
  for (const text of ['1', '2', '3']) {
    await call_hook(w, hook, { text });
    await w.server.control({ command: 'advance-clock', ms: 10 });
  }
  await call_hook(w, hook, { text: 'x', channel: '#elsewhere' });
  await newest(hook, 4);
  const all = await list(hook);
  expect_json(all.map((call) => call.status), ['failed', 'ok', 'ok', 'ok']);
  expect_json(await list(hook, { offset: 1, count: 2 }), all.slice(1, 3));
  expect_json(await list(hook, { status: 'ok' }), all.slice(1));
  expect_json(await list(hook, { status: 'failed' }), all.slice(0, 1));
  expect_json(await list(hook, { from: all[1]._createdAt }), all.slice(0, 2));
  expect_json(await list(hook, { to: all[1]._createdAt }), all.slice(2));
  expect_json(await list(hook, { from: all[2]._createdAt, to: all[1]._createdAt }), [all[2]]);
  expect_parts(await w.admin.must_get(kList, { integrationId: hook._id, status: 'ok', count: 1 }), { count: 1, total: 3, offset: 0 });
});

for (const [what, path, query, wanted] of [
  ['no integration', kList, {}, matching(/integrationId/)],
  ['an unknown status', kList, { integrationId: 'x', status: 'odd' }, any.string],
  ['a date that is none', kList, { integrationId: 'x', from: 'soon' }, matching(/"from" query parameter must be a valid date/)],
  ['no id', kOne, {}, matching(/id/)],
  ['an id of nothing', kOne, { id: 'nothing' }, 'Invalid incoming call [error-invalid-incoming-call]'],
]) {
  test(`refuses ${what}`, async () => {
    const answer = await w.admin.get(path, query);
    expect(answer.status === 400, `answered ${answer.status}`);
    expect_parts(answer.json, { success: false, error: wanted });
  });
}

test('who may read which records', async () => {
  const { hook } = await hook_in_room();
  const own_room = await w.create_channel({ by: w.callers.own });
  const own_hook = await w.create_incoming({ channel: `#${own_room.name}`, username: w.callers.own.username }, w.callers.own);
  for (const each of [hook, own_hook]) await call_hook(w, each, { text: 'x' });
  const [of_admin] = await list(hook), [of_own] = await list(own_hook);
  for (const [caller, sees_all, sees_own] of [['admin', true, true], ['all', true, true], ['own', false, true]]) {
    const by = w.callers[caller];
    for (const [each, record, sees] of [[hook, of_admin, sees_all], [own_hook, of_own, sees_own]]) {
      expect((await list(each, {}, by)).length === (sees ? 1 : 0), `${caller} lists`);
      const answer = await by.get(kOne, { id: record._id });
      expect(answer.status === (sees ? 200 : 400), `${caller} reads: ${answer.text}`);
    }
  }
  for (const [caller, status] of [['outgoing', 403], ['plain', 403], ['anonymous', 401]]) {
    for (const [path, query] of [[kList, { integrationId: hook._id }], [kOne, { id: of_admin._id }]]) {
      expect((await w.callers[caller].get(path, query)).status === status, `${caller} ${path}`);
    }
  }
});

test('who does not read the room of a call\'s message has everything but what was said', async () => {
  const room = await w.create_group({ members: [w.callers.own.username] }), open = await w.create_channel();
  const script = script_of(`console.log(request.content.text); return { content: request.content, response: { said: request.content.text } };`);
  const hook = await create_scripted(w, script, { channel: `#${room.name},#${open.name}`, username: w.callers.own.username });
  await call_hook(w, hook, { text: 'confided' }, { headers: { 'Idempotency-Key': 'once' } });
  await call_hook(w, hook, { text: 'confided' }, { headers: { 'Idempotency-Key': 'once' } });
  const [, { _id: id }] = await eventually('both records', async () => {
    const calls = await list(hook);
    return calls.length === 2 && calls;
  });
  const { all } = w.callers;
  const hidden = await one(id, all);
  expect_parts(hidden, { bodiesHidden: true, status: 'ok', statusCode: 200, bodyBytes: any.number, body: any.absent, posted: [any.object, any.object],
    script: { end: 'returned', console: any.absent, result: any.absent }, answer: { status: 200, body: any.absent } });
  for (const by of [all, w.admin]) {
    const calls = await list(hook, {}, by);
    expect_json(calls.map((call) => call.bodiesHidden ?? false), [false, by === all]);
    const texts = await Promise.all(calls.map(async (call) => JSON.stringify(await one(call._id, by))));
    expect_json(texts.map((text) => text.includes('confided')), [false, by === w.admin]);
  }
  await w.admin.must_post('/api/v1/groups.invite', { roomId: room._id, userId: all.user_id });
  expect_parts(await one(id, all), { bodiesHidden: any.absent, body: any.string, script: { console: [{ text: 'confided' }] }, answer: { body: any.string } });
});

test('a call that posts nothing is for who sees the integration', async () => {
  const { hook } = await hook_in_room({ enabled: false });
  await call_hook(w, hook, { text: 'x' });
  const { _id: id } = await newest(hook);
  expect_parts(await one(id, w.callers.all), { bodiesHidden: any.absent, body: '{"text":"x"}' });
});

const stubs = [['disappears', false], ['leaves a stub', true]];
for (const [what, shown] of stubs) {
  test(`what a call said goes with its message, which ${what}`, async (t) => {
    await w.set_setting('Message_ShowDeletedStatus', shown);
    t.after(() => w.set_setting('Message_ShowDeletedStatus', false));
    const { room, hook } = await hook_in_room();
    const body = { text: 'regretted', separateResponse: true };
    const keyed = { headers: { 'Idempotency-Key': `regret-${shown}` } };
    await call_hook(w, hook, body, keyed);
    const [{ _id: id }] = await list(hook);
    expect(JSON.stringify(await one(id)).includes('regretted'), 'it is there at first');
    const [message] = await w.messages(room);
    await w.admin.must_post('/api/v1/chat.delete', { roomId: room._id, msgId: message._id });
    const call = await one(id);
    expect(!JSON.stringify(call).includes('regretted'), `it is gone: ${JSON.stringify(call)}`);
    expect_parts(call, { forgotten: true, status: 'ok', body: any.absent, bodyBytes: any.number,
      posted: [{ roomId: room._id, messageId: message._id }], answer: { status: 200, body: any.absent } });
    expect_json((await call_hook(w, hook, body, keyed)).json, { success: true });
    expect((await w.messages(room)).every((other) => other.msg !== 'regretted'), 'nothing is posted again');
  });
}

test('what a call said goes with the room of its message', async () => {
  const { room, hook } = await hook_in_room();
  await call_hook(w, hook, { text: 'regretted' });
  const [{ _id: id }] = await list(hook);
  await w.admin.must_post('/api/v1/channels.delete', { roomId: room._id });
  expect_parts(await one(id), { forgotten: true, body: any.absent });
});

test('an integration takes its records along', async () => {
  const { hook } = await hook_in_room();
  await call_hook(w, hook, { text: 'x' });
  const [{ _id: id }] = await list(hook);
  await w.admin.must_post('/api/v1/integrations.remove', { type: 'webhook-incoming', integrationId: hook._id });
  expect_json(await list(hook), []);
  expect((await w.admin.get(kOne, { id })).status === 400, 'it is gone');
});

test('records beyond the number that is kept are pruned, oldest first', async (t) => {
  const { hook } = await hook_in_room();
  for (const text of ['1', '2', '3', '4']) {
    await call_hook(w, hook, { text });
    await w.server.control({ command: 'advance-clock', ms: 10 });
  }
  const before = await list(hook);
  await w.set_setting('Integrations_History_Max', 2);
  t.after(() => w.set_setting('Integrations_History_Max', 100_000));
  await w.server.control({ command: 'advance-clock', ms: 1 });
  await eventually('the pruning', () => unrecorded(async () => (await list(hook)).length === 2));
  expect_json(await list(hook), before.slice(0, 2));
});

test('records older than is kept are pruned', async () => {
  const { hook } = await hook_in_room();
  await call_hook(w, hook, { text: 'old' });
  await w.server.control({ command: 'advance-clock', ms: 31 * kDay });
  await call_hook(w, hook, { text: 'new' });
  const kept = await eventually('the pruning', () => unrecorded(async () => {
    const calls = await list(hook);
    return calls.length === 1 && calls;
  }));
  expect_parts(await one(kept[0]._id), { body: '{"text":"new"}' });
});
