// integrations.try: a script is run to see what it would do, and nothing is sent, posted or kept.

import { any, expect, expect_json, expect_parts, matching } from '../support/expect.mjs';
import { unrecorded } from '../support/coverage.mjs';
import { call_hook, create_scripted, script_of, told_by, update_incoming } from '../support/hooks.mjs';
import { bell, script } from '../support/outgoing.mjs';
import { eventually } from '../support/patience.mjs';
import { test } from '../support/testing.mjs';
import { use_world } from '../support/world.mjs';

const w = use_world({ server: { binary: 'testing' }, setup: async (world) => {
  await world.create_caller('own', { rights: ['manage-own-outgoing-integrations', 'manage-own-incoming-integrations', 'message-impersonate'] });
  await world.create_caller('outgoing', { rights: ['manage-outgoing-integrations'] });
  await world.create_caller('plain');
} });
const kTry = '/api/v1/integrations.try';
const attempt = async (body, by = w.admin) => by.must_post(kTry, body);
const outcome = async (body, by) => (await attempt(body, by)).outcome;
const refused = async (body, parts, by = w.admin) => {
  const answer = await by.post(kTry, body);
  expect(answer.status === parts.status, `${answer.status}: ${answer.text}`);
  expect_parts(answer.json, parts.json);
};
const prepare = (body) => script({ prepare: body }).script;

test('the request that a stored script would send', async () => {
  const b = await bell(w, script({ prepare: `return { url: request.url + '?x=1', method: 'PUT', headers: { 'X-Word': 'w' }, data: { said: request.data.text } };` }));
  const told = await outcome({ integrationId: b.integration._id, data: { text: 'ding' } });
  expect_parts(told, { step: 'pre-http-call', messages: [], http: [], store: any.absent, error: any.absent,
    script: { from: 'stored', hash: matching(/^[0-9a-f]{64}$/) },
    request: { method: 'PUT', url: `${w.receiver.url(b.path)}?x=1`, headers: { 'X-Word': 'w', 'Content-Type': 'application/json' }, body: '{"said":"ding"}', timeoutMs: 20000 },
    runs: [{ method: 'prepare_outgoing_request', end: 'returned', console: [], cost: { cpuMs: any.number, wallMs: any.number, memoryBytes: any.number } }] });
  expect(told.runs[0].cost.memoryBytes > 0 && told.runs[0].cost.cpuMs > 0, 'a run costs something');
  expect(b.requests().length === 0, 'nothing was sent');
  expect_json(await b.entries(), []);
});

test('an integration without a script would send its payload', async () => {
  const b = await bell(w);
  const told = await outcome({ integrationId: b.integration._id, data: { text: 'ding' } });
  expect_parts(told, { request: { method: 'POST', url: w.receiver.url(b.path), body: '{"text":"ding"}' }, runs: [] });
});

test('a sample event is like a real one', async () => {
  const b = await bell(w, { triggerWords: ['ring'] });
  const told = await outcome({ integrationId: b.integration._id });
  expect_parts(JSON.parse(told.request.body), { token: b.integration.token, bot: false, trigger_word: 'ring', channel_id: b.room._id,
    channel_name: b.room.name, text: 'ring Sample text', user_name: w.admin.username, timestamp: any.date });
  for (const event of ['roomCreated', 'roomArchived', 'roomJoined', 'roomLeft', 'fileUploaded', 'userCreated']) {
    const other = await w.create_outgoing({ event, targetRoom: '#general' });
    const payload = JSON.parse((await outcome({ integrationId: other._id })).request.body);
    expect(payload.user_name === w.admin.username, `${event}: ${JSON.stringify(payload)}`);
  }
});

test('a given script runs in place of the stored one, and is not saved', async () => {
  const b = await bell(w, script({ prepare: 'return false;' }));
  const told = await outcome({ integrationId: b.integration._id, script: prepare(`return { url: 'https://given.example/', method: 'GET' };`) });
  expect_parts(told, { script: { from: 'given' }, request: { method: 'GET', url: 'https://given.example/', body: any.absent } });
  const { integration } = await w.admin.must_get('/api/v1/integrations.get', { integrationId: b.integration._id });
  expect(integration.script === b.integration.script, 'the script is as it was');
});

test('a script that no integration has yet', async () => {
  expect_parts(await outcome({ type: 'webhook-outgoing', script: prepare(`return { url: 'https://new.example/', method: 'GET' };`) }),
    { request: { url: 'https://new.example/' } });
  expect_parts(await outcome({ type: 'webhook-incoming', script: script_of(`return { content: { text: 'new', channel: '#general' } };`) }),
    { answer: { status: 400, body: { error: matching(/overriding destination/) } } });
});

test('a script of a switched off integration is tried all the same', async () => {
  const { script: text } = script({ prepare: 'return false;' });
  const integration = await w.create_outgoing({ enabled: false, scriptEnabled: false, script: text });
  expect_parts(await outcome({ integrationId: integration._id }), { step: 'after-prepare-no-opts', request: null, runs: [{ end: 'returned', result: false }] });
});

const ends = [
  { name: 'throws', script: `console.log('a', 1);\n    throw new TypeError('no');`, run: { end: 'threw', error: { name: 'TypeError', message: 'no', line: 4, stack: any.string }, console: [{ level: 'log', text: 'a 1' }] },
    step: 'execute-script-error-running-prepare_outgoing_request', error: 'no' },
  { name: 'loops', script: 'for (;;) {}', run: { end: 'limit-exceeded', limit: 'cpu', error: any.object }, step: 'execute-script-error-running-prepare_outgoing_request', error: any.string },
  { name: 'takes too much memory', script: `const all = []; for (;;) all.push('x'.repeat(1000000) + all.length);`, run: { end: 'limit-exceeded', limit: 'memory', error: any.object },
    step: 'execute-script-error-running-prepare_outgoing_request', error: any.string },
  { name: 'returns nothing', script: '', run: { end: 'returned', result: any.absent }, step: 'after-prepare-no-opts', error: any.absent },
  { name: 'returns no address', script: 'return { method: "GET" };', run: { end: 'returned' }, step: 'after-prepare-no-url_or_method', error: any.absent },
];
for (const { name, script: body, run, step, error } of ends) {
  test(`a script that ${name} is told of as it is`, async () => {
    const b = await bell(w);
    expect_parts(await outcome({ integrationId: b.integration._id, script: prepare(body) }), { request: null, step, error, runs: [run] });
  });
}

test('a script that does not compile says where', async () => {
  const b = await bell(w);
  expect_parts(await outcome({ integrationId: b.integration._id, script: 'class Script {\n  x( {\n' }), { request: null, step: 'execute-script-getting-script', runs: [],
    script: { error: { name: 'SyntaxError', message: any.string, line: any.number } }, error: any.string });
});

test('a script without the method leaves the request as it is', async () => {
  const b = await bell(w);
  expect_parts(await outcome({ integrationId: b.integration._id, script: 'class Script {}', data: {} }), { step: 'pre-http-call', request: { body: '{}' }, runs: [{ end: 'no-method' }] });
});

const asking = (what) => script_of(`const got = []; ${what}; return { content: { text: JSON.stringify(got) } };`);
const call = `try { const r = HTTP('GET', 'https://api.example/a', { headers: { 'X-Key': 'k' } }); got.push(r.error ? String(r.error.message ?? r.error) : [r.result.statusCode, r.result.data ?? r.result.content]); } catch (e) { got.push(String(e)); }`;

test('HTTP of a trial is refused, and told of', async () => {
  const hook = await w.create_incoming();
  const told = await outcome({ integrationId: hook._id, script: asking(call) });
  expect(told.messages[0].message.text.includes('a trial sends nothing, and has no answer for GET https://api.example/a'), told.messages[0].message.text);
  expect_parts(told.http, [{ method: 'GET', url: 'https://api.example/a', answered: false }]);
});

test('a trial reaches no receiver, whatever the script asks for', async () => {
  const hook = await w.create_incoming();
  const path = '/never';
  await outcome({ integrationId: hook._id, script: `class Script { async process_incoming_request() {
    HTTP('POST', ${JSON.stringify(w.receiver.url(path))}, { data: { a: 1 } });
    try { await fetch(${JSON.stringify(w.receiver.url(path))}); } catch {}
    return { content: { text: 'x' } }; } }` });
  expect(w.receiver.of(path).length === 0, 'nothing came');
});

test('canned answers are given once each, in order, to what they fit', async () => {
  const hook = await w.create_incoming();
  const told = await outcome({ integrationId: hook._id, script: asking(`${call}; ${call}; ${call}`), http: [
    { method: 'POST', body: 'not for this' }, { url: 'https://api.example/a', status: 201, body: { deep: [1] } }, { error: 'no route' }] });
  const got = JSON.parse(told.messages[0].message.text);
  expect_json(got[0], [201, { deep: [1] }]);
  expect(got[1].includes('no route'), JSON.stringify(got));
  expect(got[2].includes('has no answer'), JSON.stringify(got));
  expect_json(told.http.map((one) => one.answered), [true, true, false]);
});

test('fetch gets canned answers, too', async () => {
  const hook = await w.create_incoming();
  const told = await outcome({ integrationId: hook._id, http: [{ status: 404, headers: { 'X-A': 'b' }, body: 'gone' }],
    script: `class Script { async process_incoming_request() { const r = await fetch('https://api.example/'); return { content: { text: [r.status, r.headers.get('x-a'), await r.text()].join() } }; } }` });
  expect_parts(told.messages, [{ message: { text: '404,b,gone' } }]);
});

test('Store begins as the next real run would find it, and what a trial does to it is gone', async () => {
  const room = await w.create_channel();
  const count = script_of(`const n = (Store.get('n') || 0) + 1; Store.set('n', n); return { content: { text: 'n' + n }, response: { value: n } };`);
  const hook = await create_scripted(w, count, { channel: `#${room.name}` });
  expect(await told_by(w, hook) === 1, 'the first call counts 1');
  expect_parts(await outcome({ integrationId: hook._id }), { store: { n: 2 }, answer: { body: { value: 2 } } });
  expect_parts(await outcome({ integrationId: hook._id, store: { n: 41 } }), { store: { n: 42 }, answer: { body: { value: 42 } } });
  expect_parts(await outcome({ integrationId: hook._id, script: `${count}\n// another` }), { store: { n: 1 } });
  expect(await told_by(w, hook) === 2, 'no trial counted');
});

test('globals of trials are seen by nobody', async () => {
  const hook = await create_scripted(w, script_of(`globalThis.seen = (globalThis.seen || 0) + 1; return { content: { text: 'x' }, response: { value: globalThis.seen } };`));
  for (let i = 0; i < 3; ++i) expect_parts(await outcome({ integrationId: hook._id }), { answer: { body: { value: 1 } } });
  expect(await told_by(w, hook) === 1, 'the real run is the first');
  expect_parts(await outcome({ integrationId: hook._id }), { answer: { body: { value: 1 } } });
});

const answers = [
  { name: 'a message by the script', process: `return { content: { text: 'got ' + response.status_code + response.content.a } };`, response: { body: { a: 'b' } }, step: 'after-process-send-message', texts: ['got 200b'] },
  { name: 'false', process: 'return false;', response: { body: { text: 'unused' } }, step: 'after-process-false-result', texts: [] },
  { name: 'nothing, and the answer is a message', process: 'return;', response: { body: { text: 'hello' } }, step: 'url-response-sent-message', texts: ['hello'] },
  { name: 'nothing, and the answer says nothing', process: 'return;', response: { status: 204 }, step: 'after-http-call', texts: [] },
  { name: 'nothing, and the target fails', process: 'return;', response: { status: 503, body: 'no' }, step: 'going-to-retry-1', texts: [] },
  { name: 'nothing, and the target is gone', process: 'return;', response: { status: 410 }, step: 'after-process-http-status-410', texts: [] },
  { name: 'an error', process: 'throw new Error("x");', response: { body: { text: 'hello' } }, step: 'url-response-sent-message', texts: ['hello'] },
];
for (const { name, process, response, step, texts } of answers) {
  test(`an answer of the target for which the script gives ${name}`, async () => {
    const b = await bell(w, script({ prepare: 'return request;', process }));
    const told = await outcome({ integrationId: b.integration._id, response });
    expect_parts(told, { step, runs: [{ method: 'prepare_outgoing_request' }, { method: 'process_outgoing_response' }] });
    expect_json(told.messages.map((one) => one.message.text), texts);
    for (const message of told.messages) expect_parts(message, { roomId: b.room._id, sender: 'rocket.cat', error: any.absent });
    expect((await w.messages(b.room)).every((message) => !texts.includes(message.msg)), 'nothing was posted');
  });
}

test('without an answer of the target nothing is processed', async () => {
  const b = await bell(w, script({ prepare: 'return request;', process: 'return { content: { text: "x" } };' }));
  expect_parts(await outcome({ integrationId: b.integration._id }), { step: 'pre-http-call', messages: [], runs: [{ method: 'prepare_outgoing_request' }] });
});

test('what prepare leaves in globals and Store, process sees', async () => {
  const b = await bell(w, { scriptEnabled: true, script: `let kept; class Script {
    prepare_outgoing_request({ request }) { kept = 'global'; Store.set('k', 'store'); return request; }
    process_outgoing_response() { return { content: { text: kept + ' ' + Store.get('k') } }; } }` });
  expect_parts(await outcome({ integrationId: b.integration._id, response: {} }), { messages: [{ message: { text: 'global store' } }], store: { k: 'store' } });
});

test('a message of prepare says where it would go, and why it could not', async () => {
  const room = await w.create_channel(), closed = await w.create_group();
  const b = await bell(w, { alias: 'Bell', emoji: ':bell:', targetRoom: `#${room.name}` });
  const message = (channel) => outcome({ integrationId: b.integration._id, script: prepare(`return { message: { text: 'hi'${channel} }, url: request.url, method: 'GET' };`) });
  expect_parts(await message(''), { step: 'pre-http-call', messages: [{ place: 'prepare', roomId: room._id, channel: `#${room.name}`, sender: 'rocket.cat', message: { text: 'hi', alias: 'Bell', emoji: ':bell:' } }] });
  expect_parts(await message(`, channel: '#${closed.name}'`), { step: 'after-prepare-send-message-failed', request: null, messages: [{ error: 'error-not-allowed' }] });
  expect_parts(await message(`, channel: '#no-such-room'`), { messages: [{ roomId: any.id, error: any.absent }] });
});

test('the message that an incoming hook would post', async () => {
  const room = await w.create_channel();
  const hook = await create_scripted(w, script_of(`return { content: { text: request.content.n + request.url.query.q + request.headers['x-a'] + request.user.username }, response: { ok: 1 } };`),
    { channel: `#${room.name},@${w.admin.username}`, alias: 'Hook' });
  const told = await outcome({ integrationId: hook._id, request: { query: 'q=2', headers: { 'X-A': '3' }, body: { n: 1 } } });
  expect_parts(told, { answer: { status: 200, body: { success: true, ok: 1 } }, runs: [{ method: 'process_incoming_request', end: 'returned' }],
    messages: [{ channel: `#${room.name}`, roomId: room._id, sender: 'rocket.cat', message: { text: '123rocket.cat', alias: 'Hook' } }, { channel: `@${w.admin.username}` }] });
  expect((await w.messages(room)).length === 0, 'nothing was posted');
  const { calls } = await w.admin.must_get('/api/v1/integrations.incomingCalls', { integrationId: hook._id });
  expect_json(calls, []);
});

const incoming = [
  { name: 'without a script posts its body', script: '', body: { text: 'plain' }, status: 200, texts: ['plain'] },
  { name: 'form bodies are read', script: '', body: 'payload=%7B%22text%22%3A%22form%22%7D', headers: { 'Content-Type': 'application/x-www-form-urlencoded' }, status: 200, texts: ['form'] },
  { name: 'a falsy result posts nothing', script: script_of('return null;'), status: 200, texts: [] },
  { name: 'an error of the script is the answer', script: script_of('return { error: { why: 1 } };'), status: 400, body_out: { why: 1, success: false }, texts: [] },
  { name: 'a script that throws', script: script_of('throw 1;'), status: 400, body_out: { success: false, error: 'error-running-script' }, texts: [] },
  { name: 'a script that does not compile', script: 'class {', status: 400, body_out: { success: false, error: 'error-evaluating-script' }, texts: [] },
  { name: 'a body that is no object', script: '', body: [1], status: 400, texts: [] },
];
for (const { name, script: text, body, headers, status, body_out = any.object, texts } of incoming) {
  test(`an incoming hook: ${name}`, async () => {
    const hook = await w.create_incoming();
    const told = await outcome({ integrationId: hook._id, ...(text ? { script: text } : {}), ...(body ? { request: { body, headers } } : {}) });
    expect_parts(told.answer, { status, body: body_out });
    expect_json(told.messages.map((one) => one.message.text), texts);
  });
}

test('a target that cannot be had is named as the hook would name it', async () => {
  const hook = await w.create_incoming({ overrideDestinationChannelEnabled: true });
  const told = await outcome({ integrationId: hook._id, request: { body: { text: 'x', channel: '#no-such-room' } } });
  expect_parts(told, { answer: { status: 400, body: { success: false, error: 'invalid-channel' } }, messages: [{ channel: '#no-such-room', error: 'invalid-channel' }] });
  const real = await call_hook(w, hook, { text: 'x', channel: '#no-such-room' });
  expect(real.json.error === 'invalid-channel', real.text);
});

async function delivered(changes = {}, more) {
  const b = await bell(w, changes, more);
  await b.ring('recorded words');
  await b.received();
  const found = await eventually('a delivery', () => unrecorded(async () =>
    (await w.admin.must_get('/api/v1/integrations.deliveries', { integrationId: b.integration._id })).deliveries[0]));
  return { b, delivery: found };
}

test('the recorded event of a delivery', async () => {
  const { b, delivery } = await delivered();
  const told = await outcome({ deliveryId: delivery._id, script: prepare(`return { url: request.url, method: 'POST', data: { text: request.data.text, id: request.data.message_id } };`) });
  expect_parts(JSON.parse(told.request.body), { text: 'recorded words', id: any.id });
  expect(b.requests().length === 1, 'only the real one was sent');
});

test('the event of a room that the caller may not read is not for trials', async () => {
  const room = await w.create_group();
  const { b, delivery } = await delivered({}, { room });
  const { outgoing } = w.callers;
  await refused({ deliveryId: delivery._id }, { status: 400, json: { errorType: 'error-not-allowed' } }, outgoing);
  expect_parts(await outcome({ integrationId: b.integration._id, data: { text: 'x' } }, outgoing), { request: any.object });
  const sample = JSON.parse((await outcome({ integrationId: b.integration._id }, outgoing)).request.body);
  expect(sample.channel_id !== room._id, 'the sample is not of that room');
});

async function called(hook, body, more) {
  await call_hook(w, hook, body, more);
  return eventually('a record', () => unrecorded(async () =>
    (await w.admin.must_get('/api/v1/integrations.incomingCalls', { integrationId: hook._id })).calls[0]));
}

test('the recorded request of an incoming call', async () => {
  const room = await w.create_channel();
  const hook = await w.create_incoming({ channel: `#${room.name}` });
  const record = await called(hook, { text: 'recorded', n: 7 }, { query: { a: 'b' }, headers: { 'X-Seen': 'yes', Authorization: 'Bearer secret' } });
  const told = await outcome({ callId: record._id, script: script_of(`return { content: { text: [request.content.n, request.headers['x-seen'], request.headers.authorization, request.content_raw].join('|') } };`) });
  expect_parts(told.messages, [{ message: { text: '7|yes|(masked)|{"text":"recorded","n":7}' } }]);
  expect(!(await w.messages(room)).some((message) => message.msg.startsWith('7|')), 'the trial posted nothing');
});

test('a record whose text is gone cannot be tried', async () => {
  const room = await w.create_channel();
  const hook = await w.create_incoming({ channel: `#${room.name}` });
  const record = await called(hook, { text: 'short lived' });
  const [message] = await w.messages(room);
  await w.admin.must_post('/api/v1/chat.delete', { roomId: room._id, msgId: message._id });
  await refused({ callId: record._id }, { status: 400, json: { errorType: 'error-record-has-no-text' } });
  const long = await called(await w.create_incoming(), { text: 'x', more: 'y'.repeat(70_000) });
  await refused({ callId: long._id }, { status: 400, json: { errorType: 'error-record-has-no-text', error: matching(/longer/) } });
});

test('two versions beside each other: both outcomes and the paths that differ', async () => {
  const say = (text, more = '') => script_of(`console.log('${text}'); return { content: { text: '${text}' }, response: { same: 1${more} } };`);
  const hook = await create_scripted(w, say('one'));
  expect((await update_incoming(w, hook, { script: say('two', ', added: 2') })).status === 200, 'the update');
  const told = await attempt({ integrationId: hook._id, compareWith: 1 });
  expect_parts(told, { outcome: { script: { from: 'stored' }, messages: [{ message: { text: 'two' } }] },
    compared: { version: 1, outcome: { script: { from: 'version', version: 1 }, messages: [{ message: { text: 'one' } }] } } });
  expect_json([...told.compared.differences].sort(), ['/answer/body/added', '/messages/0/message/text', '/runs/0/console/0/text', '/runs/0/result/content/text', '/runs/0/result/response/added']);
  expect_json((await attempt({ integrationId: hook._id, version: 2, compareWith: 0 })).compared.differences, []);
  const given = await attempt({ integrationId: hook._id, script: say('three'), compareWith: 0 });
  expect(given.compared.differences.includes('/messages/0/message/text'), 'a given script beside the stored one');
});

test('canned answers are there for both versions', async () => {
  const hook = await create_scripted(w, asking(call));
  const told = await attempt({ integrationId: hook._id, compareWith: 0, http: [{ body: 'a' }] });
  expect_json(told.compared.differences, []);
  expect_parts(told.compared.outcome.http, [{ answered: true }]);
});

test('headers that prove who sends are made when something is sent', async () => {
  const b = await bell(w, { signingSecrets: [`whsec_${Buffer.from('k'.repeat(32)).toString('base64')}`] });
  const told = await outcome({ integrationId: b.integration._id });
  const later = '(made when it is sent)';
  expect_parts(told.request.headers, { 'webhook-id': later, 'webhook-timestamp': later, 'webhook-signature': later });
});

test('only so many trials run at a time', async () => {
  const hook = await create_scripted(w, script_of('for (;;) {}'));
  const answers = await Promise.all(Array.from({ length: 6 }, () => w.admin.post(kTry, { integrationId: hook._id })));
  const statuses = answers.map((answer) => answer.status).sort();
  expect(statuses.filter((status) => status === 200).length >= 2, `two of them ran: ${statuses}`);
  const busy = answers.filter((answer) => answer.status !== 200);
  expect(busy.length > 0, `some were turned away: ${statuses}`);
  for (const answer of busy) expect(answer.status === 429 && answer.json.error.includes('[error-too-many-trials]'), answer.text);
  expect_parts(await outcome({ integrationId: hook._id, script: script_of('return null;') }), { answer: { status: 200 } });
});

test('who may see an integration may try it, and nobody else', async () => {
  const { own, outgoing, plain } = w.callers;
  const theirs = await w.create_incoming();
  const denied = { status: 400, json: { success: false, error: 'not-authorized' } };
  await refused({ integrationId: theirs._id }, denied, own);
  await refused({ integrationId: theirs._id }, denied, outgoing);
  await refused({ integrationId: theirs._id }, { status: 403, json: { success: false } }, plain);
  await refused({ type: 'webhook-incoming', script: script_of('return null;') }, { status: 400, json: { errorType: 'not_authorized' } }, outgoing);
  const mine = await w.create_incoming({}, own);
  expect_parts(await outcome({ integrationId: mine._id }, own), { answer: { status: 200 } });
  const { delivery } = await delivered();
  await refused({ deliveryId: delivery._id }, { status: 400, json: { errorType: 'error-invalid-delivery' } }, own);
});

const wrong = [
  ['nothing', {}, 'invalid-params'],
  ['a type without a script', { type: 'webhook-incoming' }, 'invalid-params'],
  ['script and version', { integrationId: 'x', script: 'y', version: 1 }, 'invalid-params'],
  ['delivery and call', { deliveryId: 'x', callId: 'y' }, 'invalid-params'],
  ['data and delivery', { deliveryId: 'x', data: {} }, 'invalid-params'],
  ['a delivery that is not there', { deliveryId: 'x' }, 'error-invalid-delivery'],
  ['a call that is not there', { callId: 'x' }, 'error-invalid-incoming-call'],
  ['an integration that is not there', { integrationId: 'x' }, any.absent],
  ['a strange status', { type: 'webhook-outgoing', script: 'class Script {}', response: { status: 99 } }, 'invalid-params'],
  ['too many answers', { type: 'webhook-outgoing', script: 'class Script {}', http: Array.from({ length: 21 }, () => ({})) }, 'invalid-params'],
  ['an unknown key', { integrationId: 'x', surprise: 1 }, 'invalid-params'],
];
for (const [name, body, errorType] of wrong) {
  test(`refused: ${name}`, () => refused(body, { status: 400, json: { success: false, errorType } }));
}

test('what belongs to the other kind is refused', async () => {
  const hook = await w.create_incoming(), integration = await w.create_outgoing();
  for (const body of [{ integrationId: hook._id, data: {} }, { integrationId: hook._id, response: {} }, { integrationId: hook._id, url: 'https://x.example/' },
                      { integrationId: integration._id, request: {} }, { integrationId: hook._id, type: 'webhook-outgoing' }]) {
    await refused(body, { status: 400, json: { errorType: 'invalid-params' } });
  }
  await refused({ integrationId: hook._id, compareWith: 9 }, { status: 400, json: { errorType: 'error-invalid-script-version' } });
});

test('where scripts are frozen only the stored one is tried', async () => {
  const hook = await create_scripted(w, script_of('return null;'));
  await w.server.stop();
  await w.server.restart({ env: { FREEZE_INTEGRATION_SCRIPTS: 'yes' } });
  await w.connect();
  expect_parts(await outcome({ integrationId: hook._id }), { answer: { status: 200 } });
  const frozen = { status: 400, json: { error: 'integration-scripts-disabled' } };
  await refused({ integrationId: hook._id, script: 'class Script {}' }, frozen);
  await refused({ integrationId: hook._id, version: 1 }, frozen);
  await w.server.stop();
  await w.server.restart({ env: { DISABLE_INTEGRATION_SCRIPTS: 'yes' } });
  await w.connect();
  await refused({ integrationId: hook._id }, frozen);
});
