// *.history, *.messages and *.files of the three families.

import { any, expect, expect_parts } from '../support/expect.mjs';
import { scenarios } from '../support/scenario.mjs';
import { test } from '../support/testing.mjs';

const families = [
  { name: 'channels', room: 'hall', absent: { errorType: 'error-room-not-found' },
    nothing: { errorType: 'error-roomid-param-not-provided' } },
  { name: 'groups', room: 'crypt', absent: { errorType: 'error-room-not-found' },
    nothing: { errorType: 'error-room-param-not-provided' } },
  { name: 'im', room: 'pair', absent: { errorType: 'invalid-channel', error: '[invalid-channel]' },
    nothing: { errorType: 'error-room-param-not-provided' } },
  { name: 'dm', room: 'pair', absent: { errorType: 'invalid-channel', error: '[invalid-channel]' },
    nothing: { errorType: 'error-room-param-not-provided' } },
];
const texts = (messages) => messages.filter((message) => !message.t).map((message) => message.msg).join();
const path = (family, operation) => ({ path: `/api/v1/${family}.${operation}` });
const id = (room) => (w) => w[room]._id;

const world = scenarios({
  name: 'histories',
  receiver: false,
  setup: async (w) => {
    await w.create_caller('ada');
    await w.create_caller('bob');
    await w.create_caller('eve');
    w.hall = await w.create_channel({ members: [w.callers.ada.username] });
    w.crypt = await w.create_group({ members: [w.callers.ada.username] });
    w.pair = (await w.callers.ada.must_post('/api/v1/im.create', { username: w.callers.bob.username })).room;
    for (const room of [w.hall, w.crypt, w.pair]) {
      room.posted = [];
      for (const text of ['one', 'two', `three @${w.callers.bob.username}`]) room.posted.push(await w.post(room, text, w.callers.ada));
    }
  },
  rows: families.flatMap(({ name, room, absent, nothing }) => [
    ...['history', 'messages', 'files'].flatMap((operation) => [
      { ...path(name, operation), name: `${name}.${operation} wants a login`, caller: 'anonymous', query: { roomId: id(room) },
        status: 401, parts: { status: 'error' } },
      { ...path(name, operation), name: `${name}.${operation} wants a room`, caller: 'ada', status: 400,
        parts: { success: false, ...nothing } },
      { ...path(name, operation), name: `${name}.${operation} tells an unknown room`, caller: 'ada', query: { roomId: 'no-such' },
        status: 400, parts: { success: false, ...absent } },
    ]),
    { ...path(name, 'history'), name: `${name}.history is newest first`, caller: 'ada', query: { roomId: id(room) },
      parts: { success: true, messages: any.array },
      then: async (w, answer) => expect(texts(answer.json.messages).startsWith('three'), texts(answer.json.messages)) },
    { ...path(name, 'history'), name: `${name}.history cuts a page`, caller: 'ada', query: { roomId: id(room), count: 1, offset: 1 },
      parts: { messages: [{ msg: 'two' }] } },
    { ...path(name, 'history'), name: `${name}.history keeps to the dates`, caller: 'ada',
      query: { roomId: id(room), oldest: (w) => w[room].posted[0].ts, latest: (w) => w[room].posted[1].ts, inclusive: true },
      then: async (w, answer) => expect(texts(answer.json.messages) === 'two,one', texts(answer.json.messages)) },
    { ...path(name, 'history'), name: `${name}.history leaves the dates out by itself`, caller: 'ada',
      query: { roomId: id(room), oldest: (w) => w[room].posted[0].ts, latest: (w) => w[room].posted[2].ts },
      then: async (w, answer) => expect(!/one|three/.test(texts(answer.json.messages)), texts(answer.json.messages)) },
    { ...path(name, 'history'), name: `${name}.history tells what was not loaded`, caller: 'ada',
      query: { roomId: id(room), oldest: '2001-01-01T00:00:00.000Z', count: 1, unreads: true },
      parts: { messages: [{ msg: /^three/ }], firstUnread: any.object, unreadNotLoaded: any.number } },
    { ...path(name, 'history'), name: `${name}.history refuses a date that is none`, caller: 'ada',
      query: { roomId: id(room), latest: 'yesterday' }, status: 400, parts: { success: false, errorType: 'invalid-params' } },
    { ...path(name, 'messages'), name: `${name}.messages lists, newest first`, caller: 'ada', query: { roomId: id(room), count: 2 },
      parts: { success: true, messages: [{ msg: /^three/ }, { msg: 'two' }], count: 2, offset: 0, total: any.number } },
    { ...path(name, 'messages'), name: `${name}.messages pages from the other end`, caller: 'ada',
      query: { roomId: id(room), sort: { ts: 1 }, count: 100 },
      then: async (w, answer) => expect(texts(answer.json.messages).startsWith('one,two,three'), texts(answer.json.messages)) },
    { ...path(name, 'messages'), name: `${name}.messages sorts by other fields`, caller: 'ada',
      query: { roomId: id(room), sort: { msg: -1 }, count: 1 }, parts: { messages: [{ msg: 'two' }], count: 1 } },
    { ...path(name, 'messages'), name: `${name}.messages filters by mention`, caller: 'ada',
      query: { roomId: id(room), mentionIds: (w) => `x,${w.callers.bob.user_id}` },
      parts: { messages: [{ msg: /^three/ }], count: 1, total: 1 } },
    { ...path(name, 'messages'), name: `${name}.messages has nothing pinned`, caller: 'ada', query: { roomId: id(room), pinned: true },
      parts: { messages: [], count: 0, total: 0 } },
    { ...path(name, 'messages'), name: `${name}.messages tells a bad sort`, caller: 'ada', query: { roomId: id(room), sort: '{"ts":' },
      status: 400, parts: { errorType: 'error-invalid-sort' } },
    { ...path(name, 'files'), name: `${name}.files lists none yet`, caller: 'ada', query: { roomId: id(room) },
      parts: { success: true, files: [], count: 0, offset: 0, total: 0 } },
  ]).concat([
    { ...path('channels', 'messages'), name: 'a channel by its name', caller: 'eve', query: { roomName: (w) => w.hall.name },
      parts: { success: true } },
    { ...path('channels', 'messages'), name: 'no group among channels', caller: 'ada', query: { roomId: id('crypt') }, status: 400,
      parts: { errorType: 'error-room-not-found', error: /does not match any channel/ } },
    { ...path('groups', 'messages'), name: 'no channel among groups', caller: 'ada', query: { roomId: id('hall') }, status: 400,
      parts: { errorType: 'error-room-not-found', error: /does not match any group/ } },
    { ...path('groups', 'messages'), name: 'no group for strangers', caller: 'eve', query: { roomId: id('crypt') }, status: 400,
      parts: { errorType: 'error-room-not-found' } },
    { ...path('im', 'messages'), name: 'no direct room of others', caller: 'eve', query: { roomId: id('pair') }, status: 403,
      json: { success: false, error: 'unauthorized' } },
    { ...path('im', 'history'), name: 'no history of others', caller: 'eve', query: { roomId: id('pair') }, status: 403,
      json: { success: false, error: 'unauthorized' } },
    { ...path('im', 'messages'), name: 'a direct room by the other account', caller: 'ada', query: { username: (w) => w.callers.bob.username, count: 1 },
      parts: { messages: [{ msg: /^three/ }] } },
    { ...path('im', 'messages'), name: 'a direct room that is made for it', caller: 'eve', query: { username: (w) => w.callers.bob.username },
      parts: { messages: [], total: 0 } },
    { ...path('im', 'files'), name: 'no files with nobody', caller: 'ada', query: { username: 'no-such' }, status: 400,
      parts: { errorType: 'invalid-channel' } },
  ]),
});

test('archived rooms can be read', async () => {
  const room = await world.create_channel();
  await world.post(room, 'before');
  await world.admin.must_post('/api/v1/channels.archive', { roomId: room._id });
  const { messages } = await world.admin.must_get('/api/v1/channels.history', { roomId: room._id });
  expect(texts(messages) === 'before', texts(messages));
});

test('without view-c-room channels are for members', async () => {
  const before = await world.set_right('view-c-room', ['admin']);
  const answers = [];
  for (const operation of ['history', 'messages', 'files']) {
    answers.push(await world.callers.eve.get(`/api/v1/channels.${operation}`, { roomId: world.hall._id }));
    answers.push(await world.callers.ada.get(`/api/v1/channels.${operation}`, { roomId: world.hall._id }));
  }
  await world.set_right('view-c-room', before);
  const statuses = answers.map((answer) => answer.status).join();
  // channels.messages declares the right itself, so there even members are refused.
  expect(statuses === '403,200,403,403,403,200', statuses);
});

test('replies that stay in their thread are shown as each family has it', async () => {
  const { ada } = world.callers;
  for (const [family, room, shown] of [['channels', world.hall, 'false'], ['groups', world.crypt, 'true'], ['im', world.pair, 'true']]) {
    const root = room.posted[0];
    await world.post(room, 'inside', ada, { tmid: root._id });
    await ada.must_post('/api/v1/chat.sendMessage', { message: { rid: room._id, msg: 'both', tmid: root._id, tshow: true } });
    const read = async (query) => texts((await ada.must_get(`/api/v1/${family}.history`, { roomId: room._id, ...query })).messages);
    expect((await read({ showThreadMessages: true })).startsWith('both,inside,'), `${family} with true`);
    expect(!(await read({ showThreadMessages: false })).includes('inside'), `${family} with false`);
    expect((await read({ showThreadMessages: false })).startsWith('both,'), `${family}: tshow is left out`);
    expect(String((await read({})).includes('inside')) === shown, `${family} by itself`);
  }
});

test('the unread that were not loaded begin with the oldest', async () => {
  const room = await world.create_channel();
  for (const text of ['a', 'b', 'c', 'd']) await world.post(room, text);
  const answer = await world.admin.must_get('/api/v1/channels.history',
                                            { roomId: room._id, count: 1, unreads: true, oldest: '2001-01-01T00:00:00Z' });
  expect_parts(answer, { messages: [{ msg: 'd' }], firstUnread: { msg: 'a' }, unreadNotLoaded: 3 });
});

test('a page counts 20 messages of history by itself, and 0 is all', async () => {
  const room = await world.create_channel();
  for (let i = 0; i < 23; ++i) await world.post(room, `m${i}`);
  const count = async (query) => (await world.admin.must_get('/api/v1/channels.history', { roomId: room._id, ...query })).messages.length;
  expect(await count({}) === 20, 'by itself');
  expect(await count({ count: 0 }) === 23, 'all');
  expect(await count({ count: 'many' }) === 20, 'what is no number');
});
