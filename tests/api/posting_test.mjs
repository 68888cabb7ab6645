// Where chat.postMessage posts and what it stores: the rules that incoming webhooks share.

import { any, expect, expect_parts } from '../support/expect.mjs';
import { scenarios } from '../support/scenario.mjs';
import { test } from '../support/testing.mjs';

const post = { method: 'POST', path: '/api/v1/chat.postMessage' };
const plain = (text) => ({ success: false, error: text });
const invalid_channel = { success: false, error: '[invalid-channel]', errorType: 'invalid-channel' };
const to_hall = (more) => (w) => ({ channel: '#' + w.hall.name, text: 'x', ...more });
const attached = (attachment) => to_hall({ attachments: [attachment] });
const with_field = (field) => attached({ fields: [field] });
const bad_field = 'Invalid attachment field, title and value is required';
const bad_link = 'Invalid href value provided';

// The message as it was answered, and as it is listed.
const stored = (wanted) => ({ parts: { success: true, message: wanted } });

const world = scenarios({
  name: 'chat.postMessage',
  receiver: false,
  setup: async (w) => {
    await w.create_caller('ada');
    await w.create_caller('bob');
    await w.create_caller('eve');
    await w.create_caller('mask', { rights: ['message-impersonate'] });
    await w.create_caller('lonely');
    w.hall = await w.create_channel({ members: [w.callers.ada.username, w.callers.mask.username] });
    w.yard = await w.create_channel();
    w.crypt = await w.create_group({ members: [w.callers.ada.username] });
    w.attic = await w.create_channel({ members: [w.callers.ada.username] });
    await w.admin.must_post('/api/v1/channels.archive', { roomId: w.attic._id });
    w.stage = await w.create_channel({ members: [w.callers.ada.username], readOnly: true });
    w.pair = (await w.callers.ada.must_post('/api/v1/im.create', { username: w.callers.bob.username })).room;
    w.locked = await w.create_channel();
    await w.admin.must_post('/api/v1/channels.setJoinCode', { roomId: w.locked._id, joinCode: 'sesame' });
  },
  rows: [
    { ...post, name: 'wants a login', caller: 'anonymous', body: { channel: '#general', text: 'x' }, status: 401,
      parts: { status: 'error' } },
    { ...post, name: 'wants a target', body: { text: 'x' }, status: 400,
      parts: { success: false, errorType: 'invalid-params' } },

    { ...post, name: 'finds #name', covers: ['integrations 8.1/1', 'integrations 8.1/list-2'], caller: 'ada',
      body: (w) => ({ channel: '#' + w.hall.name, text: 'by name' }),
      parts: { success: true, ts: any.number, channel: (w) => '#' + w.hall.name,
               message: { _id: any.id, rid: (w) => w.hall._id, msg: 'by name', ts: any.date, attachments: [],
                          groupable: false, parseUrls: true, mentions: [], channels: [], urls: [],
                          u: { _id: (w) => w.callers.ada.user_id, username: (w) => w.callers.ada.username } } } },
    { ...post, name: 'finds #id', caller: 'ada', body: (w) => ({ channel: '#' + w.hall._id, text: 'x' }),
      parts: { message: { rid: (w) => w.hall._id } } },
    { ...post, name: 'finds a room of any kind by its bare name', covers: ['integrations 8.1/3'], caller: 'ada',
      body: (w) => ({ channel: w.crypt.name, text: 'x' }), parts: { message: { rid: (w) => w.crypt._id } } },
    { ...post, name: 'finds a room by its bare id', caller: 'ada', body: (w) => ({ channel: w.crypt._id, text: 'x' }),
      parts: { message: { rid: (w) => w.crypt._id } } },
    { ...post, name: 'finds an account by its bare id', covers: ['integrations 8.1/3'], caller: 'ada',
      body: (w) => ({ channel: w.callers.bob.user_id, text: 'x' }), parts: { message: { rid: (w) => w.pair._id } } },
    { ...post, name: 'finds a direct room by its id behind @', covers: ['integrations 8.1/2'], caller: 'ada',
      body: (w) => ({ channel: '@' + w.pair._id, text: 'x' }), parts: { message: { rid: (w) => w.pair._id } } },
    { ...post, name: 'finds an account by id behind @', caller: 'ada',
      body: (w) => ({ channel: '@' + w.callers.bob.user_id, text: 'x' }), parts: { message: { rid: (w) => w.pair._id } } },
    { ...post, name: 'takes roomId', covers: ['integrations 8.1/list-1'], caller: 'ada',
      body: (w) => ({ roomId: w.hall._id, text: 'x' }), parts: { channel: (w) => w.hall._id } },
    { ...post, name: 'prefers channel to roomId', covers: ['integrations 8.1/list-1'], caller: 'ada',
      body: (w) => ({ channel: '#' + w.hall.name, roomId: w.crypt._id, text: 'x' }),
      parts: { message: { rid: (w) => w.hall._id } } },
    { ...post, name: 'answers for the first of several', covers: ['integrations 8.2/result'], caller: 'ada',
      body: (w) => ({ channel: [w.crypt.name, w.hall.name], text: 'x' }), parts: { message: { rid: (w) => w.crypt._id } } },
    { ...post, name: 'posts nothing to nobody', caller: 'ada', body: { channel: [], text: 'x' }, status: 400,
      json: plain('unknown-error') },

    { ...post, name: 'refuses an unknown #name', covers: ['integrations 8.1/check-1'], body: { channel: '#no-such', text: 'x' },
      status: 400, json: invalid_channel },
    { ...post, name: 'refuses an unknown @name', covers: ['integrations 8.1/check-1'], body: { channel: '@no-such', text: 'x' },
      status: 400, json: invalid_channel },
    { ...post, name: 'refuses an unknown bare name', body: { channel: 'no-such', text: 'x' }, status: 400, json: invalid_channel },
    { ...post, name: 'does not take a bare username', body: (w) => ({ channel: w.callers.bob.username, text: 'x' }),
      status: 400, json: invalid_channel },
    { ...post, name: 'does not take @channel', covers: ['integrations 8.1/check-1'],
      body: (w) => ({ channel: '@' + w.hall._id, text: 'x' }), status: 400, json: invalid_channel },
    { ...post, name: 'refuses an archived room', covers: ['integrations 8.1/check-2'], caller: 'ada',
      body: (w) => ({ channel: '#' + w.attic.name, text: 'x' }), status: 400, json: plain('room_is_archived') },
    { ...post, name: 'tells archived before forbidden', caller: 'eve',
      body: (w) => ({ channel: '#' + w.attic.name, text: 'x' }), status: 400, json: plain('room_is_archived') },
    { ...post, name: 'refuses a private group to a stranger', covers: ['integrations 8.1/check-3'], caller: 'eve',
      body: (w) => ({ channel: w.crypt.name, text: 'x' }), status: 400, json: plain('error-not-allowed') },
    { ...post, name: 'refuses the direct room of others', covers: ['integrations 8.1/check-3'], caller: 'eve',
      body: (w) => ({ channel: '@' + w.pair._id, text: 'x' }), status: 400, json: plain('error-not-allowed') },
    { ...post, name: 'refuses a room that asks for a code', caller: 'eve',
      body: (w) => ({ channel: '#' + w.locked.name, text: 'x' }), status: 400, json: plain('error-not-allowed') },
    { ...post, name: 'refuses a read-only room', covers: ['integrations 8.1/check-5'], caller: 'ada',
      body: (w) => ({ channel: '#' + w.stage.name, text: 'x' }), status: 400,
      json: plain("You can't send messages because the room is readonly.") },
    { ...post, name: 'lets who may post to read-only rooms', covers: ['integrations 8.1/check-5'],
      body: (w) => ({ channel: '#' + w.stage.name, text: 'x' }), parts: { success: true } },
    { ...post, name: 'refuses a text that is too long', covers: ['integrations 8.1/check-7'], caller: 'ada',
      body: to_hall({ text: 'y'.repeat(5001) }), status: 400, json: plain('error-message-size-exceeded') },
    { ...post, name: 'counts characters, not bytes', covers: ['integrations 8.1/check-7'], caller: 'ada',
      body: to_hall({ text: 'é'.repeat(5000) }), parts: { success: true } },
    { ...post, name: 'refuses an attachment text that is too long', covers: ['integrations 8.1/check-7'], caller: 'ada',
      body: attached({ text: 'y'.repeat(5001) }), status: 400, json: plain('error-message-size-exceeded') },
    { ...post, name: 'refuses an alias without the right', covers: ['integrations 8.1/check-8'],
      body: to_hall({ alias: 'King' }), status: 400, json: plain('Not enough permission') },
    { ...post, name: 'refuses an avatar without the right', covers: ['integrations 8.1/check-8'],
      body: to_hall({ avatar: 'http://x.test/a.png' }), status: 400, json: plain('Not enough permission') },
    { ...post, name: 'takes an emoji without the right', covers: ['integrations 8.1/check-8'], body: to_hall({ emoji: ':bell:' }),
      parts: { message: { emoji: ':bell:' } } },
    { ...post, name: 'tells the size before the right',
      body: to_hall({ alias: 'King', text: 'y'.repeat(5001) }), status: 400, json: plain('error-message-size-exceeded') },
    { ...post, name: 'tells the room before the message', caller: 'ada',
      body: (w) => ({ channel: '#' + w.attic.name, text: 'y'.repeat(5001) }), status: 400, json: plain('room_is_archived') },

    ...[{ value: 'v' }, { title: 't' }, { title: '', value: 'v' }, { title: 't', value: '' }, { title: 0, value: 'v' }, null, 'x']
      .map((field) => ({ ...post, name: `refuses the attachment field ${JSON.stringify(field)}`, caller: 'ada',
                         covers: ['integrations 8.1/check-9a'], body: with_field(field), status: 400, json: plain(bad_field) })),
    { ...post, name: 'posts a field with the value 0', covers: ['integrations 8.1/check-9b'], caller: 'ada',
      body: with_field({ title: 't', value: 0, short: true }),
      ...stored({ attachments: [{ fields: [{ title: 't', value: 0, short: true }] }] }) },
    ...[{ title: 5, value: 'v' }, { title: 't', value: {} }, { title: 't', value: [1] }]
      .map((field) => ({ ...post, name: `tells the type of the field ${JSON.stringify(field)}`, caller: 'ada',
                         covers: ['integrations 8.1/check-10'], body: with_field(field), status: 400,
                         parts: { success: false, error: /^Match error: /, errorType: any.absent } })),
    ...[{ text: 5 }, { title: {} }, { color: true }, { collapsed: 'yes' }, { fields: 'x' }, { actions: {} }, 'text']
      .map((attachment) => ({ ...post, name: `tells the type in the attachment ${JSON.stringify(attachment)}`, caller: 'ada',
                              body: attached(attachment), status: 400, parts: { error: /^Match error: /, errorType: any.absent } })),
    ...['title_link', 'author_link', 'author_icon', 'thumb_url', 'image_url', 'audio_url', 'video_url', 'message_link']
      .flatMap((member) => [
        { ...post, name: `refuses a script as ${member}`, covers: ['integrations 8.1/check-11a'], caller: 'ada',
          body: attached({ [member]: 'javascript:alert(1)' }), status: 400, json: plain(bad_link) },
        { ...post, name: `takes an empty ${member} as absent`, covers: ['integrations 8.1/check-11b'], caller: 'ada',
          body: attached({ text: 'a', [member]: '' }), ...stored({ attachments: [{ text: 'a', [member]: any.absent }] }) }]),
    { ...post, name: 'refuses a link without a scheme', caller: 'ada', body: attached({ title_link: 'x.test/a' }), status: 400,
      json: plain(bad_link) },
    { ...post, name: 'refuses a bad link in a quote', caller: 'ada', body: attached({ attachments: [{ title_link: 'ftp://x' }] }),
      status: 400, json: plain(bad_link) },
    { ...post, name: 'refuses a bad link in an action', caller: 'ada',
      body: attached({ actions: [{ type: 'button', url: 'javascript:1' }] }), status: 400, json: plain(bad_link) },
    ...['http://x.test/', 'HTTPS://x.test/', 'data:image/png;base64,AA==', '/file-upload/abc/d.png']
      .map((link) => ({ ...post, name: `takes the link ${link}`, covers: ['integrations 8.1/check-11c'], caller: 'ada',
                        body: attached({ image_url: link }), ...stored({ attachments: [{ image_url: link }] }) })),
    { ...post, name: 'takes a path as avatar', covers: ['integrations 8.1/check-11c'], caller: 'mask',
      body: to_hall({ avatar: '/avatar/x' }), ...stored({ avatar: '/avatar/x' }) },
    { ...post, name: 'refuses a bad avatar', covers: ['integrations 8.1/check-11a'], caller: 'mask',
      body: to_hall({ avatar: 'javascript:1' }), status: 400, json: plain(bad_link) },
    { ...post, name: 'refuses another host behind two slashes', caller: 'mask', body: to_hall({ avatar: '//x.test/a' }), status: 400,
      json: plain(bad_link) },

    { ...post, name: 'trims the text', covers: ['integrations 8.2/1a'], caller: 'ada', body: to_hall({ text: ' \n hi\u00a0 ' }),
      ...stored({ msg: 'hi' }) },
    { ...post, name: 'takes msg when there is no text', covers: ['integrations 8.2/1a'], caller: 'ada',
      body: to_hall({ text: '', msg: 'from msg' }), ...stored({ msg: 'from msg' }) },
    { ...post, name: 'writes what is no text as text', covers: ['integrations 8.2/1b'], caller: 'ada', body: to_hall({ text: 12.5 }),
      ...stored({ msg: '12.5' }) },
    { ...post, name: 'takes false and 0 for no text', covers: ['integrations 8.2/1b'], caller: 'ada',
      body: to_hall({ text: 0, msg: false }), ...stored({ msg: '' }) },
    { ...post, name: 'posts an empty message', covers: ['integrations 8.2/1c'], caller: 'ada', body: to_hall({ text: undefined }),
      ...stored({ msg: '', attachments: [] }) },
    { ...post, name: 'prefers username to alias', covers: ['integrations 8.2/2'], caller: 'mask',
      body: to_hall({ username: 'King', alias: 'Queen' }), ...stored({ alias: 'King' }) },
    { ...post, name: 'takes alias', covers: ['integrations 8.2/2'], caller: 'mask', body: to_hall({ alias: 'Queen' }),
      ...stored({ alias: 'Queen' }) },
    { ...post, name: 'tells an alias that is no text', caller: 'mask', body: to_hall({ alias: { a: 1 } }), status: 400,
      json: plain('Match error: Expected string, got object in field alias') },
    { ...post, name: 'keeps one of icon_url and icon_emoji', covers: ['integrations 8.2/3'], caller: 'mask',
      body: to_hall({ icon_url: 'http://x.test/a.png', icon_emoji: ':bell:' }),
      ...stored({ avatar: 'http://x.test/a.png', emoji: any.absent }) },
    { ...post, name: 'takes icon_emoji', covers: ['integrations 8.2/3'], caller: 'ada', body: to_hall({ icon_emoji: ':bell:' }),
      ...stored({ emoji: ':bell:', avatar: any.absent }) },
    { ...post, name: 'keeps attachments as sent, with msg as text', covers: ['integrations 8.2/4a'], caller: 'ada',
      body: attached({ msg: ' hi ', color: '#fff', unknown: { a: [1] }, ts: 5 }),
      ...stored({ attachments: [{ text: 'hi', msg: any.absent, color: '#fff', unknown: { a: [1] }, ts: 5 }] }) },
    { ...post, name: 'ignores attachments that are no list', covers: ['integrations 8.2/4b'], caller: 'ada',
      body: to_hall({ attachments: { text: 'x' } }), ...stored({ attachments: [], parseUrls: true }) },
    { ...post, name: 'does not look for links beside attachments', covers: ['integrations 8.2/5'], caller: 'ada',
      body: to_hall({ text: 'see http://x.test/a', attachments: [] }), ...stored({ parseUrls: false, urls: [] }) },
    { ...post, name: 'looks for links when asked to', covers: ['integrations 8.2/5'], caller: 'ada',
      body: to_hall({ text: 'see http://x.test/a.', attachments: [], parseUrls: true }),
      ...stored({ parseUrls: true, urls: [{ url: 'http://x.test/a' }] }) },
    { ...post, name: 'looks for no links when asked not to', covers: ['integrations 8.2/5'], caller: 'ada',
      body: to_hall({ text: 'see http://x.test/a', parseUrls: false }), ...stored({ parseUrls: false, urls: [] }) },
    { ...post, name: 'groups when asked to', covers: ['integrations 8.2/6'], caller: 'ada', body: to_hall({ groupable: true }),
      ...stored({ groupable: true }) },
    { ...post, name: 'does not group by itself', covers: ['integrations 8.2/6'], caller: 'ada', body: to_hall({}),
      ...stored({ groupable: false }) },
    { ...post, name: 'keeps tmid and customFields', covers: ['integrations 8.2/8'], caller: 'ada',
      body: to_hall({ tmid: 'some-message', customFields: { a: 1 } }), ...stored({ tmid: 'some-message', customFields: { a: 1 } }) },
    { ...post, name: 'tells customFields of the wrong type', caller: 'ada', body: to_hall({ customFields: 'x' }), status: 400,
      json: plain('Match error: Expected object, got string in field customFields') },
    { ...post, name: 'mentions accounts and rooms', covers: ['integrations 8.2/9'], caller: 'ada',
      body: (w) => ({ channel: w.hall._id, text: `hi @${w.callers.bob.username}, see #${w.yard.name}. \`@${w.callers.eve.username}\`` }),
      ...stored({ mentions: [{ _id: (w) => w.callers.bob.user_id, username: (w) => w.callers.bob.username, type: 'user' }],
                  channels: [{ _id: (w) => w.yard._id, name: (w) => w.yard.name }] }) },
    { ...post, name: 'does not tell of private rooms to strangers', caller: 'eve',
      body: (w) => ({ channel: w.hall._id, text: `see #${w.crypt.name}` }), ...stored({ channels: [] }) },
    { ...post, name: 'calls all', caller: 'ada', body: to_hall({ text: '@all hello' }),
      ...stored({ mentions: [{ _id: 'all', username: 'all' }] }) },
  ],
});

const messages_of = async (w, room) => (await w.messages(room)).filter((message) => !message.t);
const members_of = async (w, room) =>
  (await w.admin.must_get('/api/v1/channels.members', { roomId: room._id })).members.map((one) => one.username);

test('a public room is joined on the way', { covers: ['integrations 8.1/1'] }, async () => {
  const room = await world.create_channel();
  await world.callers.eve.must_post('/api/v1/chat.postMessage', { channel: '#' + room.name, text: 'x' });
  expect((await members_of(world, room)).includes(world.callers.eve.username), 'the sender did not join');
  expect((await world.messages(room)).some((message) => message.t === 'uj'), 'nobody was told of it');
});

test('a refused post joins nobody', { covers: ['integrations 8.1/check-3'] }, async () => {
  const room = await world.create_channel();
  const answer = await world.callers.eve.post('/api/v1/chat.postMessage', { channel: '#' + room.name, text: 'y'.repeat(5001) });
  expect(answer.status === 400, `it answered ${answer.status}`);
  expect(!(await members_of(world, room)).includes(world.callers.eve.username), 'the sender joined all the same');
});

test('one bad target posts nothing', async () => {
  const room = await world.create_channel();
  const answer = await world.admin.post('/api/v1/chat.postMessage', { channel: ['#' + room.name, '#no-such'], text: 'x' });
  expect_parts(answer.json, invalid_channel);
  expect((await messages_of(world, room)).length === 0, 'the first target got it');
});

test('each target once, in order', { covers: ['integrations 8.1/list-2', 'integrations 8.2/result'] }, async () => {
  const one = await world.create_channel(), two = await world.create_channel();
  await world.admin.must_post('/api/v1/chat.postMessage', { channel: [one.name, two._id, one.name], text: 'x' });
  expect((await messages_of(world, one)).length === 1, 'the first got another number');
  expect((await messages_of(world, two)).length === 1, 'the second got another number');
});

test('the direct room is made, and seen by both', { covers: ['integrations 8.1/2'] }, async () => {
  const { lonely, eve } = world.callers;
  const { message } = await lonely.must_post('/api/v1/chat.postMessage', { channel: '@' + eve.username, text: 'hello' });
  expect(message.rid === [lonely.user_id, eve.user_id].sort().join(''), `the room is ${message.rid}`);
  const { messages } = await eve.must_get('/api/v1/im.messages', { roomId: message.rid });
  expect(messages[0].msg === 'hello', 'the other does not see it');
  const { subscription } = await eve.must_get('/api/v1/subscriptions.getOne', { roomId: message.rid });
  expect(subscription.open === true, 'it is not opened for the other');
  expect(subscription.unread === 1, `unread is ${subscription.unread}`);
});

test('a refused post makes no direct room', async () => {
  const { ada, lonely } = world.callers;
  const answer = await ada.post('/api/v1/chat.postMessage', { channel: '@' + lonely.username, text: 'y'.repeat(5001) });
  expect(answer.status === 400, `it answered ${answer.status}`);
  const { ims } = await lonely.must_get('/api/v1/im.list');
  expect(!ims.some((room) => room.usernames.includes(ada.username)), 'the room was made');
});

test('without create-d no direct room is made', async () => {
  const before = await world.set_right('create-d', ['admin']);
  const answer = await world.callers.ada.post('/api/v1/chat.postMessage', { channel: '@' + world.callers.lonely.username, text: 'x' });
  await world.set_right('create-d', before);
  expect_parts(answer.json, plain('error-not-allowed'));
});

test('a blocked direct room refuses both', { covers: ['integrations 8.1/check-4'] }, async () => {
  const { bob, eve } = world.callers;
  const { room } = await bob.must_post('/api/v1/im.create', { username: eve.username });
  await bob.must_post('/api/v1/im.blockUser', { roomId: room._id, block: true });
  for (const [by, to] of [[bob, eve], [eve, bob]]) {
    const answer = await by.post('/api/v1/chat.postMessage', { channel: '@' + to.username, text: 'x' });
    expect_parts(answer.json, plain('room_is_blocked'));
  }
});

test('calling all wants the right', async () => {
  const before = await world.set_right('mention-all', ['admin']);
  const answer = await world.callers.ada.post('/api/v1/chat.postMessage', { channel: world.hall._id, text: 'hey @all' });
  await world.set_right('mention-all', before);
  expect_parts(answer.json, { success: false, errorType: 'error-action-not-allowed',
                              error: 'Notify all in this room not allowed [error-action-not-allowed]' });
});

test('only the mentioned are counted', async () => {
  const room = await world.create_channel({ members: [world.callers.ada.username, world.callers.bob.username] });
  await world.post(room, `psst @${world.callers.ada.username}`);
  await world.post(room, '@all listen');
  const of = async (name) =>
    (await world.callers[name].must_get('/api/v1/subscriptions.getOne', { roomId: room._id })).subscription;
  expect_parts(await of('ada'), { userMentions: 1, groupMentions: 1, unread: any.number });
  expect_parts(await of('bob'), { userMentions: 0, groupMentions: 1 });
  await world.post(room, 'I answer', world.callers.ada);
  expect_parts(await of('ada'), { userMentions: 0, groupMentions: 0, unread: 0, alert: false });
});

test('the room counts and shows the newest message', async () => {
  const room = await world.create_channel();
  await world.post(room, 'first');
  const last = await world.post(room, 'second');
  const { channel } = await world.admin.must_get('/api/v1/channels.info', { roomId: room._id });
  expect_parts(channel, { msgs: 2, lm: any.date, lastMessage: { _id: last._id, msg: 'second' } });
});

test('a reply counts on the first message, and so does a reply to a reply', async () => {
  const { ada, bob } = world.callers;
  const root = await world.post(world.hall, 'question');
  const reply = await world.post(world.hall, 'answer', ada, { tmid: root._id });
  const second = await world.post(world.hall, 'more', ada, { tmid: reply._id });
  expect(second.tmid === root._id, 'the second is not lifted to the root');
  const { message } = await bob.must_get('/api/v1/chat.getMessage', { msgId: root._id });
  expect_parts(message, { tcount: 2, tlm: any.date });
  expect([...message.replies].sort().join() === [root.u._id, ada.user_id].sort().join(), 'others follow');
});

test('a posted message survives a crash', async () => {
  const { _id } = await world.post(world.hall, 'to stay');
  await world.crash_and_restart();
  expect_parts((await world.admin.must_get('/api/v1/chat.getMessage', { msgId: _id })).message, { msg: 'to stay' });
});
