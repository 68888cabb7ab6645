// The record of a delivery: its members, and what it keeps to itself.

import { any, expect, expect_json, expect_parts } from '../support/expect.mjs';
import { bell, script } from '../support/outgoing.mjs';
import { eventually } from '../support/patience.mjs';
import { test } from '../support/testing.mjs';
import { use_world } from '../support/world.mjs';

const w = use_world();
const covers = (...rows) => ({ covers: rows.map((row) => `integrations ${row}`) });

test('an entry from first to last', covers('15/always', '15/integration', '15/data', '15/ran-prepare', '15/call', '15/http-result', '15/finished'), async () => {
  const hook = await bell(w, { token: 'b3Xn7TqLz9WcKd2RmYp5sAeH', triggerWords: ['ding'] });
  hook.answer({ body: 'say "thanks"' });
  await hook.ring('ding dong');
  const entry = await hook.finished();
  const [request] = hook.requests();
  const { token, ...copy } = hook.integration;
  expect(typeof token === 'string', 'the integration has a token');
  expect_json(request.json.token, token);
  const shown = { ...request.json, token: '(masked)' };
  expect_json(entry, {
    _id: any.id, type: 'outgoing-webhook', step: 'after-http-call', _createdAt: any.date, _updatedAt: any.date, integration: copy,
    event: 'sendMessage', data: shown, triggerWord: 'ding', ranPrepareScript: true, url: w.receiver.url(hook.path),
    httpCallData: shown, httpResult: '"say \\"thanks\\""', finished: true,
  });
  expect(entry._createdAt <= entry._updatedAt, 'the dates are in order');
});

test('without a word there is no triggerWord', covers('15/data'), async () => {
  const hook = await bell(w);
  await hook.ring();
  expect_parts(await hook.finished(), { triggerWord: any.absent, data: { text: 'ding' } });
});

test('the script\'s request is in it, and the payload stays', covers('15/call', '15/data', '15/integration', '13/console'), async () => {
  const hook = await bell(w, { ...script({ prepare: `
    console.log('preparing', request.data.text);
    return { url: request.url + '?x=1', method: 'POST', data: { other: true } };` }) });
  await hook.ring();
  const entry = await hook.finished();
  expect_parts(entry, { url: `${w.receiver.url(hook.path)}?x=1`, httpCallData: { other: true }, data: { text: 'ding' },
    integration: { _id: hook.integration._id, scriptEnabled: true, token: any.absent, script: any.absent, scriptCompiled: any.absent },
    console: [{ level: 'log', text: 'preparing ding' }] });
  expect(!JSON.stringify(entry).includes('preparing\''), 'the script is nowhere in it');
});

test('what the script signs in with is not in it', async () => {
  const hook = await bell(w, script({ prepare: `return { url: request.url, method: 'POST', auth: ['ada', 'canary' + 1].join(':'),
    headers: { 'X-Key': 'canary' + 2 }, data: {} };` }));
  await hook.ring();
  const [request] = await hook.received();
  expect_parts(request.headers, { authorization: `Basic ${Buffer.from('ada:canary1').toString('base64')}`, 'x-key': 'canary2' });
  const text = JSON.stringify(await hook.finished());
  for (const secret of ['canary1', 'canary2', request.headers.authorization]) expect(!text.includes(secret), `${secret} is in the record`);
});

test('a request without data has no httpCallData', covers('15/call'), async () => {
  const hook = await bell(w, script({ prepare: "return { url: request.url, method: 'GET' };" }));
  await hook.ring();
  expect_parts(await hook.finished(), { httpCallData: any.absent, url: any.string });
});

test('while the target thinks, the entry stands at the call', covers('15/call', '15/finished'), async () => {
  const hook = await bell(w);
  let seen;
  hook.answer(async () => {
    // Quick answers are recorded once, at their end.
    seen = await eventually('the entry of a call under way', async () => (await hook.entries())[0]);
    return { body: 'done' };
  });
  await hook.ring();
  await hook.finished();
  expect_parts(seen, { step: 'pre-http-call', finished: false, url: w.receiver.url(hook.path), httpResult: any.absent, data: { text: 'ding' } });
  expect((await hook.entries()).length === 1, 'the same entry goes on');
});

test('account data in it has no services', covers('15/data'), async () => {
  const room = await w.create_channel();
  const hook = await bell(w, { event: 'roomJoined' }, { room });
  const ada = await w.create_caller('ada');
  await ada.must_post('/api/v1/channels.join', { roomId: room._id });
  const entry = await hook.finished();
  expect_parts(entry, { event: 'roomJoined', data: { user: { username: ada.username, services: any.absent } } });
});

test('an error has its text, and the time of the change moves', covers('15/errors', '15/always'), async () => {
  const hook = await bell(w, { retryFailedCalls: false });
  hook.answer({ status: 503, body: 'busy', delay_ms: 30 });
  await hook.ring();
  const entry = await hook.finished();
  expect_parts(entry, { error: any.string, httpResult: '"busy"', httpError: any.absent });
  expect(entry._createdAt < entry._updatedAt, 'it was changed after it was made');
});

test('a reply that is no UTF-8 is kept as text', covers('15/http-result'), async () => {
  const hook = await bell(w);
  hook.answer({ body: Buffer.from([0x61, 0xff, 0xfe, 0x62]), headers: { 'X-Odd': 'a\xe9b' } },
              { body: Buffer.from('\ufeffmarked') }, { body: Buffer.concat([Buffer.alloc(65_535, 'a'), Buffer.from('é and more')]) });
  for (let count = 1; count <= 3; ++count) {
    await hook.ring();
    await hook.received(count);
  }
  const entries = await eventually('three finished entries', async () => {
    const all = await hook.entries();
    return all.filter((entry) => entry.finished).length === 3 && all;
  });
  expect_json(entries.map((entry) => JSON.parse(entry.httpResult)), ['a\ufffd\ufffdb', 'marked', 'a'.repeat(65_535)]);
});

test('a script is handed such a reply as text, too', covers('11.2/response'), async () => {
  const hook = await bell(w, script({ process: "return { content: { text: response.content.length + response.headers['x-odd'] } };" }));
  hook.answer({ body: Buffer.from([0x61, 0xff, 0xfe, 0x62]), headers: { 'X-Odd': 'a\xe9b' } });
  await hook.ring();
  await w.wait_for_message(hook.room, 'the length', (message) => message.msg === '4a\ufffdb');
});
