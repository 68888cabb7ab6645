// What a hook posts, and where: the rules of posting as incoming webhooks meet them.

import { any, expect, expect_parts } from '../support/expect.mjs';
import { newest, posted_through, refusal } from '../support/hooks.mjs';
import { scenarios } from '../support/scenario.mjs';
import { test } from '../support/testing.mjs';

const call = { method: 'POST', caller: 'anonymous', path: (w) => w.hook_path(w.free) };
const member = { ...call, path: (w) => w.hook_path(w.inside) };
const plain = { ...call, path: (w) => w.hook_path(w.plain) };
const lands_in = (name) => async (w) => expect_parts(await newest(w, w[name]), { msg: w.text });
const numbered = (body) => (w) => ({ text: (w.text = `text ${++w.count}`), ...body(w) });
const goes_to = (room, channel, more = {}) => ({ body: numbered((w) => ({ channel: channel(w), ...more })), parts: { success: true }, then: lands_in(room) });
const refused = (error, body) => ({ status: 400, body: (w) => ({ text: 'x', ...body(w) }), json: refusal(error) });
const to_room = (more) => (w) => ({ channel: '#' + w.hall.name, ...more });
const stored = (body, wanted) => ({ ...plain, body, parts: { success: true },
                                    then: async (w) => expect_parts(await newest(w, w.hall), wanted) });
const with_field = (field) => to_room({ attachments: [{ fields: [field] }] });

const world = scenarios({
  name: 'hook posting',
  receiver: false,
  setup: async (w) => {
    w.count = 0;
    w.hall = await w.create_channel();
    w.yard = await w.create_channel();
    w.attic = await w.create_channel();
    await w.admin.must_post('/api/v1/channels.archive', { roomId: w.attic._id });
    await w.create_caller('voice', { rights: ['message-impersonate'] });
    await w.create_caller('friend');
    await w.create_caller('foe');
    w.crypt = await w.create_group();
    w.den = await w.create_group({ members: [w.callers.voice.username] });
    w.stage = await w.create_channel({ members: [w.callers.voice.username], readOnly: true });
    w.pair = (await w.callers.voice.must_post('/api/v1/im.create', { username: w.callers.friend.username })).room;
    w.strangers = (await w.callers.foe.must_post('/api/v1/im.create', { username: w.callers.friend.username })).room;
    const channel = '#' + w.hall.name, overrideDestinationChannelEnabled = true;
    w.free = await w.create_incoming({ channel, overrideDestinationChannelEnabled });
    w.inside = await w.create_incoming({ channel, overrideDestinationChannelEnabled, username: w.callers.voice.username });
    w.plain = await w.create_incoming({ channel, alias: 'Default', avatar: 'https://x.test/d.png', emoji: ':d:' });
    w.smiling = await w.create_incoming({ channel, emoji: ':d:' });
    w.several = await w.create_incoming({ channel: `${channel}, #${w.yard.name}` });
  },
  rows: [
    { ...call, name: 'the default list when no target is named', covers: ['integrations 8.1/list-1'], path: (w) => w.hook_path(w.several),
      body: numbered(() => ({})), parts: { success: true }, then: async (w) => {
        await lands_in('hall')(w);
        await lands_in('yard')(w);
      } },
    { ...call, name: 'channel before roomId', covers: ['integrations 8.1/list-1'],
      body: numbered((w) => ({ channel: '#' + w.yard.name, roomId: w.hall._id })), parts: { success: true }, then: lands_in('yard') },
    { ...call, name: 'roomId before the default list', covers: ['integrations 8.1/list-1'],
      body: numbered((w) => ({ roomId: w.yard._id })), parts: { success: true }, then: lands_in('yard') },
    { ...call, name: 'duplicates are dropped', covers: ['integrations 8.1/list-2'],
      body: (w) => ({ text: 'once', separateResponse: true, channel: ['#' + w.yard.name, '#' + w.yard.name, '#' + w.hall.name] }),
      parts: { responses: [{ channel: (w) => '#' + w.yard.name }, { channel: (w) => '#' + w.hall.name }] } },
    { ...call, name: '#name', covers: ['integrations 8.1/1'], ...goes_to('yard', (w) => '#' + w.yard.name) },
    { ...call, name: '#id', covers: ['integrations 8.1/1'], ...goes_to('yard', (w) => '#' + w.yard._id) },
    { ...call, name: 'a bare name', covers: ['integrations 8.1/3'], ...goes_to('yard', (w) => w.yard.name) },
    { ...call, name: 'a bare id', covers: ['integrations 8.1/3'], ...goes_to('yard', (w) => w.yard._id) },
    { ...member, name: 'a bare name of a group', covers: ['integrations 8.1/3'], ...goes_to('den', (w) => w.den.name) },

    { ...call, name: 'an unknown room', covers: ['integrations 8.1/check-1'], ...refused('invalid-channel', () => ({ channel: '#no-room' })) },
    { ...call, name: 'a channel behind @', covers: ['integrations 8.1/check-1'], ...refused('invalid-channel', (w) => ({ channel: '@' + w.yard.name })) },
    { ...call, name: 'an unknown account', covers: ['integrations 8.1/check-1'], ...refused('invalid-channel', () => ({ channel: '@no-one' })) },
    { ...call, name: 'an archived room', covers: ['integrations 8.1/check-2'], ...refused('room_is_archived', (w) => ({ channel: '#' + w.attic.name })) },
    { ...call, name: 'a group without the sender', covers: ['integrations 8.1/check-3'], ...refused('error-not-allowed', (w) => ({ channel: w.crypt.name })) },
    { ...call, name: 'the direct room of others', covers: ['integrations 8.1/check-3'], ...refused('error-not-allowed', (w) => ({ channel: '@' + w.strangers._id })) },
    { ...member, name: 'a read-only room', covers: ['integrations 8.1/check-5'],
      ...refused("You can't send messages because the room is readonly.", (w) => ({ channel: '#' + w.stage.name })) },
    { ...call, name: 'a text that is too long', covers: ['integrations 8.1/check-7'],
      ...refused('error-message-size-exceeded', to_room({ text: 'x'.repeat(5001) })) },
    ...[{ value: 'v' }, { title: 't' }, { title: 't', value: '' }].map((field) => ({ ...call,
      name: `the field ${JSON.stringify(field)}`, covers: ['integrations 8.1/check-9a'],
      ...refused('Invalid attachment field, title and value is required', with_field(field)) })),
    { ...call, name: 'a field with the value 0', covers: ['integrations 8.1/check-9b'], body: with_field({ title: 't', value: 0 }),
      parts: { success: true }, then: async (w) => expect_parts(await newest(w, w.hall), { attachments: [{ fields: [{ title: 't', value: 0 }] }] }) },
    { ...call, name: 'a field of the wrong type', covers: ['integrations 8.1/check-10'], body: with_field({ title: 't', value: {} }), status: 400,
      json: { success: false, error: /^Match error: / } },
    ...['title_link', 'author_link', 'image_url', 'thumb_url'].map((key) => ({ ...call, name: `a bad ${key}`,
      covers: ['integrations 8.1/check-11a'], ...refused('Invalid href value provided', to_room({ attachments: [{ [key]: 'javascript:1' }] })) })),
    { ...call, name: 'a bad avatar', covers: ['integrations 8.1/check-11a'], ...refused('Invalid href value provided', to_room({ avatar: 'ftp://x' })) },
    { ...call, name: 'an empty link', covers: ['integrations 8.1/check-11b'], body: to_room({ attachments: [{ text: 'a', title_link: '' }] }),
      parts: { success: true }, then: async (w) => expect_parts(await newest(w, w.hall), { attachments: [{ text: 'a', title_link: any.absent }] }) },
    { ...call, name: 'an avatar that begins with a slash', covers: ['integrations 8.1/check-11c'], body: to_room({ text: 'x', avatar: '/avatar/x' }),
      parts: { success: true }, then: async (w) => expect_parts(await newest(w, w.hall), { avatar: '/avatar/x' }) },

    { name: 'text is trimmed', covers: ['integrations 8.2/1a'], ...stored({ text: ' \n a b \t' }, { msg: 'a b' }) },
    { name: 'text before msg', covers: ['integrations 8.2/1a'], ...stored({ text: 'text', msg: 'msg' }, { msg: 'text' }) },
    { name: 'msg without text', covers: ['integrations 8.2/1a'], ...stored({ msg: ' msg ' }, { msg: 'msg' }) },
    ...[[7, '7'], [true, 'true'], [{ a: 1 }, '[object Object]'], [['a', 'b'], 'a,b'], [0, ''], [false, ''], [null, '']].map(([text, msg]) => (
      { name: `text ${JSON.stringify(text)}`, covers: ['integrations 8.2/1b', 'integrations 8.2/1c'], ...stored({ text }, { msg }) })),
    { name: 'an empty message', covers: ['integrations 8.2/1c'], ...stored({ unknown: 'key' }, { msg: '', unknown: any.absent }) },
    { name: 'the default alias and avatar', covers: ['integrations 8.2/2', 'integrations 8.2/3'],
      ...stored({ text: 'x' }, { alias: 'Default', avatar: 'https://x.test/d.png', emoji: any.absent }) },
    { name: 'username before alias', covers: ['integrations 8.2/2'], ...stored({ text: 'x', username: 'One', alias: 'Two' }, { alias: 'One' }) },
    { name: 'alias', covers: ['integrations 8.2/2'], ...stored({ text: 'x', alias: 'Two' }, { alias: 'Two' }) },
    ...['icon_url', 'avatar'].map((key) => ({ name: key, covers: ['integrations 8.2/3'],
      ...stored({ text: 'x', [key]: 'https://x.test/a.png', emoji: ':a:' }, { avatar: 'https://x.test/a.png', emoji: any.absent }) })),
    ...['icon_emoji', 'emoji'].map((key) => ({ name: key, covers: ['integrations 8.2/3'],
      ...stored({ text: 'x', [key]: ':a:' }, { emoji: ':a:', avatar: any.absent }) })),
    { name: 'the default emoji', covers: ['integrations 8.2/3'], ...stored({ text: 'x' }, { emoji: ':d:', alias: any.absent }),
      path: (w) => w.hook_path(w.smiling) },
    { name: 'attachments', covers: ['integrations 8.2/4a'],
      ...stored({ attachments: [{ title: 'T', msg: ' inside ', color: '#fff', own: [1, { a: null }] }] },
                { msg: '', attachments: [{ title: 'T', text: 'inside', msg: any.absent, color: '#fff' }], parseUrls: false }) },
    ...['text', { title: 'T' }, 7].map((attachments) => ({ name: `attachments ${JSON.stringify(attachments)}`,
      covers: ['integrations 8.2/4b'], ...stored({ text: 'x', attachments }, { msg: 'x', attachments: any.absent }) })),
    { name: 'parseUrls without attachments', covers: ['integrations 8.2/5'], ...stored({ text: 'x' }, { parseUrls: true, groupable: false }) },
    { name: 'parseUrls with an empty list', covers: ['integrations 8.2/5'], ...stored({ text: 'x', attachments: [] }, { parseUrls: false }) },
    { name: 'parseUrls as sent', covers: ['integrations 8.2/5'], ...stored({ text: 'x', attachments: [{ text: 'a' }], parseUrls: true }, { parseUrls: true }) },
    { name: 'groupable as sent', covers: ['integrations 8.2/6'], ...stored({ text: 'x', groupable: true }, { groupable: true }) },
    { name: 'mentions, links and the author', covers: ['integrations 8.2/7', 'integrations 8.2/9'],
      ...stored((w) => ({ text: `hey @${w.callers.friend.username} #${w.yard.name}`, customFields: { a: { b: 1 } } }),
                { _id: any.id, ts: any.date, _updatedAt: any.date, rid: (w) => w.hall._id, u: { _id: 'rocket.cat', username: 'rocket.cat' } }),
      then: async (w) => expect_parts(await newest(w, w.hall), { rid: w.hall._id, u: { _id: 'rocket.cat', username: 'rocket.cat' },
        bot: { i: w.plain._id }, customFields: { a: { b: 1 } },
        mentions: [{ username: w.callers.friend.username }], channels: [{ name: w.yard.name }] }) },
  ],
});

test('the sender joins a public room', { covers: ['integrations 8.1/1'] }, async () => {
  const place = await world.create_channel();
  const is_member = async () => (await world.admin.must_get('/api/v1/channels.members', { roomId: place._id }))
    .members.some((one) => one.username === 'rocket.cat');
  expect(!await is_member(), 'is a member before');
  await posted_through(world, world.free, place, { text: 'x', channel: '#' + place.name });
  expect(await is_member(), 'did not join');
});

test('a refused sender is not added to the group', { covers: ['integrations 8.1/check-3'] }, async () => {
  const { members } = await world.admin.must_get('/api/v1/groups.members', { roomId: world.crypt._id });
  expect(!members.some((one) => one.username === 'rocket.cat'), 'was added');
});

test('@name makes the direct room, and finds it again by name, id and room', { covers: ['integrations 8.1/2', 'integrations 8.1/3'] }, async () => {
  const post = async (channel) => {
    const { json } = await world.anonymous.post(world.hook_path(world.free), { text: 'direct', channel, separateResponse: true });
    return json.responses[0].message?.rid ?? json;
  };
  const { username, user_id } = world.callers.friend;
  const room = await post('@' + username);
  for (const channel of [`@${user_id}`, user_id, `@${room}`, room]) {
    expect(await post(channel) === room, `${channel} is another room`);
  }
  const [message] = (await world.callers.friend.must_get('/api/v1/im.messages', { roomId: room })).messages;
  expect_parts(message, { msg: 'direct', u: { username: 'rocket.cat' }, bot: { i: world.free._id } });
});

test('a blocked direct room refuses either side', { covers: ['integrations 8.1/check-4'] }, async () => {
  const { pair, callers } = world;
  const call_pair = () => world.anonymous.post(world.hook_path(world.inside), { text: 'x', channel: '@' + callers.friend.username });
  expect((await call_pair()).status === 200, 'refused before');
  const blocked = await callers.friend.post('/api/v1/im.blockUser', { roomId: pair._id, block: true });
  expect(blocked.status === 200, `cannot block: ${blocked.text}`);
  expect_parts((await call_pair()).json, refusal('room_is_blocked'));
});

test('a thread is answered', { covers: ['integrations 8.2/8'] }, async () => {
  const root = await world.post(world.hall, 'root');
  const { json } = await world.anonymous.post(world.hook_path(world.plain), { text: 'reply', tmid: root._id, separateResponse: true });
  expect_parts(json.responses[0].message, { msg: 'reply', tmid: root._id, bot: { i: world.plain._id } });
  const message = (await world.admin.must_get('/api/v1/chat.getMessage', { msgId: root._id })).message;
  expect_parts(message, { tcount: 1 });
});

test('what nests deeply can be read again', {}, async () => {
  const nested = (depth) => JSON.parse('['.repeat(depth) + ']'.repeat(depth));
  const body = { attachments: [{ text: 'deep', own: nested(100) }], customFields: { deep: nested(100) } };
  expect_parts(await posted_through(world, world.plain, world.hall, body), { attachments: [{ text: 'deep' }], customFields: { deep: nested(100) } });
  await world.crash_and_restart();
  expect_parts(await newest(world, world.hall), { attachments: [{ text: 'deep' }] });
});
