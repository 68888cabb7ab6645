// Which outgoing webhooks an event triggers.

import { expect, expect_json } from '../support/expect.mjs';
import { bell } from '../support/outgoing.mjs';
import { eventually } from '../support/patience.mjs';
import { test } from '../support/testing.mjs';
import { use_world } from '../support/world.mjs';

const w = use_world({
  setup: async (world) => {
    for (const name of ['ada', 'ben']) await world.create_caller(name);
  },
});

// Each hook gets exactly so many requests, and nothing comes after them.
async function expect_counts(counts) {
  for (const [hook, count] of counts) if (count > 0) await hook.received(count);
  await w.receiver.expect_quiet();
  for (const [hook, count] of counts) {
    const have = hook.requests().length;
    expect(have === count, `${hook.integration.channel} got ${have} requests, expected ${count}`);
  }
}

async function hooks_on(channels, room) {
  const out = {};
  for (const [name, channel] of Object.entries(channels)) out[name] = await bell(w, { channel }, { room });
  return out;
}

async function remove(...hooks) {
  for (const { integration } of hooks) {
    await w.admin.must_post('/api/v1/integrations.remove', { type: 'webhook-outgoing', integrationId: integration._id });
  }
}

test('each text of channel counts', { covers: ['integrations 10/1a'] }, async () => {
  const first = await w.create_channel(), second = await w.create_group();
  const hook = await bell(w, { channel: `#${first.name}, #${second.name}` }, { room: first });
  await w.post(first, 'one');
  await w.post(second, 'two');
  await hook.received(2);
  expect_json(hook.requests().map((one) => one.json.text).sort(), ['one', 'two']);
});

test('events without a channel are heard from any room', { covers: ['integrations 10/1b'] }, async () => {
  const hook = await bell(w, { event: 'roomCreated', channel: '' });
  const made = [await w.create_channel(), await w.create_group()];
  const requests = await hook.received(2);
  expect_json(requests.map((one) => one.json.channel_id).sort(), made.map((room) => room._id).sort());
  await remove(hook);
});

test('an empty list means all public channels', { covers: ['integrations 10/1c', 'integrations 5/empty'] }, async () => {
  const group = await w.create_group(), channel = await w.create_channel();
  const hook = await bell(w, { channel: ',' }, { room: channel });
  expect_json(hook.integration.channel, []);
  await w.post(group, 'secret');
  await w.post(channel, 'public');
  await expect_counts([[hook, 1]]);
  expect(hook.requests()[0].json.text === 'public', 'only the public channel is heard');
  await remove(hook);
});

test('a direct room', { covers: ['integrations 10/2a', 'integrations 5/2b', 'integrations 5/5'] }, async () => {
  const { ada, ben } = w.callers;
  const { room } = await ada.must_post('/api/v1/im.create', { username: ben.username });
  const hooks = await hooks_on({ scope: 'all_direct_messages', sender_id: `@${ada.user_id}`, receiver_id: `@${ben.user_id}`,
    receiver: `@${ben.username}`, sender: `@${ada.username}`, stranger: '@admin', rooms: 'all_private_groups', channels: 'all_public_channels' }, room);
  await w.post(room._id, 'psst', ada);
  await expect_counts([[hooks.scope, 1], [hooks.sender_id, 1], [hooks.receiver_id, 1], [hooks.receiver, 1],
                       [hooks.sender, 0], [hooks.stranger, 0], [hooks.rooms, 0], [hooks.channels, 0]]);
  await remove(...Object.values(hooks));
});

const kinds = [
  { name: 'a public channel', row: '10/2b', scope: '5/3', create: () => w.create_channel(), own: 'all_public_channels', other: 'all_private_groups' },
  { name: 'a private group', row: '10/2c', scope: '5/4', create: () => w.create_group(), own: 'all_private_groups', other: 'all_public_channels' },
];
for (const { name, row, scope, create, own, other } of kinds) {
  test(name, { covers: [`integrations ${row}`, `integrations ${scope}`, 'integrations 5/1b'] }, async () => {
    const room = await create(), elsewhere = await create();
    const hooks = await hooks_on({ own, id: `#${room._id}`, name: `#${room.name}`, elsewhere: `#${elsewhere.name}`,
                                   other, direct: 'all_direct_messages' }, room);
    await w.post(room, 'hello');
    await expect_counts([[hooks.own, 1], [hooks.id, 1], [hooks.name, 1], [hooks.elsewhere, 0], [hooks.other, 0], [hooks.direct, 0]]);
    await remove(...Object.values(hooks));
  });
}

test('each runs once, if it is enabled and for this event', { covers: ['integrations 10/3a'] }, async () => {
  const room = await w.create_channel();
  const many = await bell(w, { channel: `#${room.name},#${room._id},all_public_channels` }, { room });
  const off = await bell(w, { enabled: false }, { room });
  const other = await bell(w, { event: 'roomJoined' }, { room });
  await w.post(room, 'once');
  await expect_counts([[many, 1], [off, 0], [other, 0]]);
  await remove(many);
});

test('each url gets the payload and an entry of its own', { covers: ['integrations 10/3b'] }, async () => {
  const room = await w.create_channel();
  const paths = ['/url-a', '/url-b', '/url-c'];
  const hook = await bell(w, { urls: paths.map((path) => w.receiver.url(path)) }, { room });
  await w.post(room, 'thrice');
  for (const path of paths) await w.receiver.wait_for(1, { path });
  const texts = paths.map((path) => w.receiver.of(path)[0].text);
  expect(texts[0] === texts[1] && texts[1] === texts[2], 'all urls get the same payload');
  const entries = await eventually('three finished entries', async () => {
    const all = await hook.entries();
    return all.length === 3 && all.every((one) => one.finished) && all;
  });
  expect_json(entries.map((one) => one.url).sort(), hook.integration.urls);
});

const word_rows = [
  { name: 'the first word in list order at which the text starts', covers: ['10/4a'], words: ['ship', '!s', '!ship'], text: '!ship web', word: '!s' },
  { name: 'a word inside the text is not found', covers: ['10/4a', '10/4d'], words: ['ship'], text: 'please ship' },
  { name: 'anywhere: the first word that the text holds', covers: ['10/4b'], anywhere: true, words: ['sun', 'ship', 'please'], text: 'please ship', word: 'ship' },
  { name: 'anywhere: none', covers: ['10/4b', '10/4d'], anywhere: true, words: ['sun'], text: 'please ship' },
  { name: 'letters must be of the same case', covers: ['10/4c', '10/4d'], words: ['Ship'], text: 'ship it' },
  { name: 'a space before the word is part of the text', covers: ['10/4c', '10/4d'], words: ['ship'], text: '  ship it' },
  { name: 'a word of a space matches the text that is not trimmed', covers: ['10/4c'], words: [' sh'], text: ' ship it', word: ' sh' },
  { name: 'a part of a word is enough', covers: ['10/4a'], words: ['ship'], text: 'shipping', word: 'ship' },
];
for (const { name, covers, words, anywhere, text, word } of word_rows) {
  test(`words: ${name}`, { covers: covers.map((row) => `integrations ${row}`) }, async () => {
    const hook = await bell(w, { triggerWords: words, triggerWordAnywhere: anywhere ?? false });
    // Posting trims the text; sending a message keeps it.
    await w.admin.must_post('/api/v1/chat.sendMessage', { message: { rid: hook.room._id, msg: text } });
    await expect_counts([[hook, word === undefined ? 0 : 1]]);
    const entries = await hook.entries();
    if (word === undefined) {
      expect(entries.length === 0, 'no history is made');
    } else {
      expect_json([hook.requests()[0].json.trigger_word, entries[0].triggerWord], [word, word]);
    }
  });
}

test('an edit without runOnEdits is passed over', { covers: ['integrations 10/5'] }, async () => {
  const hook = await bell(w);
  const message = await hook.ring('first');
  await hook.received();
  await w.admin.must_post('/api/v1/chat.update', { roomId: hook.room._id, msgId: message._id, text: 'second' });
  await expect_counts([[hook, 1]]);
  expect((await hook.entries()).length === 1, 'the edit makes no history');
});

test('a reply does not trigger its own webhook', { covers: ['integrations 10/6a'] }, async () => {
  const hook = await bell(w);
  hook.answer({ body: { text: 'and again' } });
  await hook.ring();
  await w.wait_for_message(hook.room, 'the reply', (message) => message.msg === 'and again');
  await expect_counts([[hook, 1]]);
});

test('webhooks that answer each other stop at depth 3', { covers: ['integrations 10/6b'] }, async () => {
  const room = await w.create_channel();
  const first = await bell(w, {}, { room }), second = await bell(w, {}, { room });
  first.answer({ body: { text: 'tick' } });
  second.answer({ body: { text: 'tock' } });
  await w.post(room, 'start');
  // One for the message itself and one for each of the other's replies of depth 1 and 2.
  await expect_counts([[first, 3], [second, 3]]);
});
