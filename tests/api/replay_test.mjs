// Deliveries made again from their record.

import { any, expect, expect_json, expect_parts } from '../support/expect.mjs';
import { bell, script } from '../support/outgoing.mjs';
import { eventually } from '../support/patience.mjs';
import { test } from '../support/testing.mjs';
import { use_world } from '../support/world.mjs';

const w = use_world();
const covers = (...rows) => ({ covers: rows.map((row) => `integrations ${row}`) });
const replay = (hook, entry) => w.admin.request({ method: 'POST', path: '/api/v1/integrations.replayOutgoing',
  body: { integrationId: hook.integration._id, historyId: entry._id } });
const entries_at = (hook, count) => eventually(`${count} finished entries`, async () => {
  const entries = await hook.entries();
  return entries.length === count && entries.every((entry) => entry.finished) && entries;
});

test('the recorded payload goes to the original url', covers('14/1'), async () => {
  const hook = await bell(w, script({ prepare: "return { ...request, url: request.url + '?by=script' };" }));
  const message = await hook.ring('as it was');
  const [entry] = await entries_at(hook, 1);
  expect_parts(entry, { url: `${w.receiver.url(hook.path)}?by=script` });
  await w.admin.must_post('/api/v1/chat.update', { roomId: hook.room._id, msgId: message._id, text: 'as it is now' });
  await hook.change({ urls: [w.receiver.url('/moved')] });
  const answer = await replay(hook, entry);
  expect_json([answer.status, answer.json], [200, { success: true }]);
  const [first, second] = await hook.received(2);
  expect(first.query === 'by=script' && second.query === '', 'today\'s integration has no script, so none rewrites the url');
  expect(first.text === second.text, `the same bytes again: ${second.text}`);
  const [, again] = await entries_at(hook, 2);
  expect(again._id !== entry._id, 'a new entry');
  expect_json(again.data, entry.data);
  expect_parts(again, { event: 'sendMessage', url: w.receiver.url(hook.path) });
  expect(w.receiver.of('/moved').length === 0, 'today\'s url is not asked');
});

test('today\'s script runs', covers('14/1'), async () => {
  const hook = await bell(w);
  await hook.ring('ding');
  const [entry] = await entries_at(hook, 1);
  await hook.change(script({ prepare: "return { ...request, data: { now: request.data.text } };" }));
  await replay(hook, entry);
  const [, second] = await hook.received(2);
  expect_json(second.json, { now: 'ding' });
});

test('of a message that is gone nothing is sent again', covers('14/1'), async () => {
  const hook = await bell(w);
  const message = await hook.ring('short life');
  const [entry] = await entries_at(hook, 1);
  await w.admin.must_post('/api/v1/chat.delete', { roomId: hook.room._id, msgId: message._id });
  const answer = await replay(hook, entry);
  expect_json([answer.status, answer.json.errorType], [400, 'history-data-must-be-defined']);
  await w.receiver.expect_quiet();
});

test('words are not looked for again', covers('14/2'), async () => {
  const hook = await bell(w, { triggerWords: ['ship'] });
  await hook.ring('ship it');
  const [entry] = await entries_at(hook, 1);
  await hook.change({ triggerWords: ['sail'] });
  await replay(hook, entry);
  const [, second] = await hook.received(2);
  expect_parts(second.json, { trigger_word: 'ship', text: 'ship it' });
});

test('an edit is replayed although edits are not heard any more', covers('14/2'), async () => {
  const hook = await bell(w, { runOnEdits: true });
  const message = await hook.ring('first');
  await entries_at(hook, 1);
  await w.admin.must_post('/api/v1/chat.update', { roomId: hook.room._id, msgId: message._id, text: 'second' });
  const [, edit] = await entries_at(hook, 2);
  await hook.change({ runOnEdits: false });
  await replay(hook, edit);
  const [, , third] = await hook.received(3);
  expect_parts(third.json, { text: 'second', isEdited: true });
});

test('a replay may be replayed', covers('14/1'), async () => {
  const hook = await bell(w);
  await hook.ring();
  await replay(hook, (await entries_at(hook, 1))[0]);
  await replay(hook, (await entries_at(hook, 2))[1]);
  await entries_at(hook, 3);
  expect(new Set(hook.requests().map((one) => one.text)).size === 1, 'the same bytes each time');
});

test('a failed delivery may be replayed, and its reply is posted', covers('14/1'), async () => {
  const hook = await bell(w, { retryFailedCalls: false });
  hook.answer({ status: 503, body: 'busy' }, { body: { text: 'at last' } });
  await hook.ring();
  await replay(hook, (await entries_at(hook, 1))[0]);
  expect_parts(await w.wait_for_message(hook.room, 'the reply', (one) => one.msg === 'at last'), { bot: { i: hook.integration._id } });
});

test('a disabled integration: success, nothing sent', covers('14/3'), async () => {
  const hook = await bell(w);
  await hook.ring();
  const [entry] = await entries_at(hook, 1);
  await hook.change({ enabled: false });
  const answer = await replay(hook, entry);
  expect_json([answer.status, answer.json], [200, { success: true }]);
  await w.receiver.expect_quiet();
  expect((await hook.entries()).length === 1, 'no entry is made');
  await hook.change({ enabled: true });
  await w.receiver.expect_quiet();
});

test('an entry without url: success, nothing sent', covers('14/4'), async () => {
  const hook = await bell(w, script({ prepare: 'return null;' }));
  await hook.ring();
  const [entry] = await entries_at(hook, 1);
  expect_parts(entry, { step: 'after-prepare-no-opts', url: any.absent });
  await hook.change({});
  const answer = await replay(hook, entry);
  expect_json([answer.status, answer.json], [200, { success: true }]);
  await w.receiver.expect_quiet();
  expect((await hook.entries()).length === 1, 'no entry is made');
});
