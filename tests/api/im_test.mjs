// im.* and dm.*: direct rooms, under both names.

import { any, containing, expect_json, expect_parts, in_any_order } from '../support/expect.mjs';
import { scenarios } from '../support/scenario.mjs';

const post = (action, body, more = {}) => ({ caller: 'ada', method: 'POST', path: `/api/v1/${action}`, body, ...more });
const dm = (w) => w.room._id;
const not_logged_in = { caller: 'anonymous', status: 401, parts: { status: 'error' } };
const refused = { status: 403, json: { success: false, error: 'unauthorized' } };

const writes = { open: {}, close: {}, setTopic: { topic: 't' }, delete: {}, leave: {}, blockUser: { block: true } };

scenarios({
  name: 'im',
  receiver: false,
  setup: async (w) => {
    for (const name of ['ada', 'bob', 'eve']) await w.create_caller(name);
    const { ada, bob } = w.callers;
    w.room = (await ada.must_post('/api/v1/im.create', { username: bob.username })).room;
    w.three = (await ada.must_post('/api/v1/im.create', { usernames: `${bob.username},${w.callers.eve.username}` })).room;
  },
  rows: [
    post('im.create', { username: (w) => w.callers.bob.username }, { name: 'create answers the room of two with both ids in its own',
      parts: { success: true, room: { t: 'd', rid: (w) => [w.callers.ada.user_id, w.callers.bob.user_id].sort().join(''), _id: dm,
        usernames: (w) => [w.callers.ada.username, w.callers.bob.username].sort(), msgs: 0, usersCount: 2 } } }),
    post('dm.create', { username: (w) => w.callers.ada.username }, { caller: 'bob', name: 'create finds the same room from the other side, as dm',
      parts: { room: { _id: dm } } }),
    post('im.create', { usernames: (w) => `${w.callers.eve.username}, ${w.callers.bob.username}` }, { name: 'create finds the room of several in any order',
      parts: { room: { _id: (w) => w.three._id, usersCount: 3 } } }),
    post('im.create', { username: (w) => w.callers.ada.username }, { name: 'create makes a room with oneself',
      parts: { room: { usersCount: 1, usernames: (w) => [w.callers.ada.username] } } }),
    post('im.create', { username: 'nobody-of-this-name' }, { name: 'create wants an account', status: 400,
      json: { success: false, error: 'Invalid user [error-invalid-user]', errorType: 'error-invalid-user' } }),
    post('im.create', {}, { name: 'create wants one or several', status: 400, parts: { errorType: 'invalid-params' } }),
    post('im.create', { username: 'a', usernames: 'b' }, { name: 'create wants not both', status: 400, parts: { errorType: 'invalid-params' } }),
    post('im.create', { usernames: (w) => `${w.callers.bob.username},${w.callers.eve.username}`, excludeSelf: true },
         { name: 'create for others is for administrators', status: 400, parts: { errorType: 'error-not-allowed' } }),
    post('im.create', { usernames: (w) => [...w.crowd, w.callers.bob.username].join(',') }, { name: 'create refuses a crowd', status: 400,
      prepare: async (w) => {
        w.crowd = [];
        for (let i = 0; i < 8; ++i) w.crowd.push((await w.create_caller(`crowd${i}`)).username);
      },
      parts: { errorType: 'error-direct-message-max-user-exceeded' } }),
    post('im.create', { username: 'rocket.cat' }, { name: 'create wants the right', status: 400, parts: { errorType: 'error-not-allowed' },
      prepare: async (w) => { w.creators = await w.set_right('create-d', ['admin']); },
      then: async (w) => { await w.set_right('create-d', w.creators); } }),
    post('im.create', { username: 'rocket.cat' }, { name: 'create meets nobody new without the right to look outside', status: 400,
      parts: { errorType: 'error-not-allowed' },
      prepare: async (w) => { w.viewers = await w.set_right('view-outside-room', ['admin']); },
      then: async (w) => {
        await w.callers.ada.must_post('/api/v1/im.create', { username: w.callers.bob.username });
        await w.set_right('view-outside-room', w.viewers);
      } }),
    post('im.create', { username: 'a' }, { ...not_logged_in, name: 'create wants a login' }),

    { name: 'list shows the own rooms', caller: 'bob', path: '/api/v1/im.list', parts: { success: true, total: 2, ims: (w) => in_any_order({ _id: w.room._id }, { _id: w.three._id }) } },
    { name: 'list answers as dm too', caller: 'bob', path: '/api/v1/dm.list', parts: { total: 2 } },
    { name: 'list wants a login', ...not_logged_in, path: '/api/v1/im.list' },
    { name: 'list.everyone shows all', path: '/api/v1/im.list.everyone', parts: { ims: (w) => containing({ _id: w.room._id }) } },
    { name: 'list.everyone wants the right', caller: 'ada', path: '/api/v1/im.list.everyone', status: 403, parts: { success: false } },
    { name: 'list.everyone wants a login', ...not_logged_in, path: '/api/v1/im.list.everyone' },
    { name: 'members shows both', caller: 'ada', path: '/api/v1/im.members', query: { roomId: dm },
      parts: { total: 2, members: (w) => in_any_order({ username: w.callers.ada.username }, { username: w.callers.bob.username }) } },
    { name: 'members takes the other side', caller: 'ada', path: '/api/v1/im.members', query: { username: (w) => w.callers.bob.username }, parts: { total: 2 } },
    { name: 'members is for members', caller: 'eve', path: '/api/v1/im.members', query: { roomId: dm }, ...refused },
    { name: 'members wants a room', caller: 'eve', path: '/api/v1/im.members', status: 400, parts: { errorType: 'error-room-param-not-provided' } },
    { name: 'members knows no such account', caller: 'eve', path: '/api/v1/im.members', query: { username: 'nobody-of-this-name' }, status: 400,
      parts: { errorType: 'invalid-channel' } },
    { name: 'members wants a login', ...not_logged_in, path: '/api/v1/im.members', query: { roomId: 'x' } },
    { name: 'counters tells a member what is there', caller: 'ada', path: '/api/v1/im.counters', query: { roomId: dm },
      parts: { success: true, joined: true, members: 2, msgs: 0, unreads: 0 } },
    { name: 'counters is for members', caller: 'eve', path: '/api/v1/im.counters', query: { roomId: dm }, ...refused },
    { name: 'counters wants a login', ...not_logged_in, path: '/api/v1/im.counters', query: { roomId: 'x' } },

    ...Object.entries(writes).flatMap(([action, body]) => [
      post(`im.${action}`, { ...body, roomId: 'x' }, { ...not_logged_in, name: `${action} wants a login` }),
      post(`dm.${action}`, { ...body, roomId: dm }, { caller: 'eve', name: `${action} is for members`,
        ...(action === 'delete' ? { status: 400, parts: { errorType: 'error-not-allowed' } } : refused) }),
    ]),
    post('im.delete', { roomId: 'nowhere' }, { name: 'delete knows no such room', status: 400,
      json: { success: false, error: '[invalid-channel]', errorType: 'invalid-channel' } }),
    post('im.setTopic', { roomId: dm, topic: 'lunch' }, { name: 'setTopic sets it', json: { success: true, topic: 'lunch' } }),
    post('im.close', { roomId: dm }, { name: 'close hides the room', json: { success: true },
      then: async (w) => {
        const { subscription } = await w.callers.ada.must_get('/api/v1/subscriptions.getOne', { roomId: w.room._id });
        expect_json(subscription.open, false);
      } }),
    post('im.close', { roomId: dm }, { name: 'close refuses a second time', status: 400,
      json: { success: false, error: 'The direct message room, is already closed to the sender' } }),
    post('im.open', { roomId: dm }, { name: 'open shows it again', json: { success: true } }),
    post('im.open', { roomId: dm }, { name: 'open twice is no error', json: { success: true } }),
    post('im.close', { roomId: dm }, { name: 'a message of the other side opens a closed room for good', json: { success: true },
      then: async (w) => {
        const { ada, bob } = w.callers;
        const own = async () => (await ada.must_get('/api/v1/subscriptions.getOne', { roomId: w.room._id })).subscription;
        await w.post(w.room, 'hello', bob);
        expect_parts(await own(), { open: true, unread: 1, alert: true, name: bob.username });
        await ada.must_post('/api/v1/subscriptions.read', { rid: w.room._id });
        expect_parts(await own(), { open: true, unread: 0, alert: false, ls: any.date });
      } }),
    post('im.blockUser', { roomId: dm, block: true }, { name: 'blockUser marks both sides', json: { success: true },
      then: async (w) => {
        const see = async (who) => (await who.must_get('/api/v1/subscriptions.getOne', { roomId: w.room._id })).subscription;
        expect_parts(await see(w.callers.ada), { blocker: true });
        expect_parts(await see(w.callers.bob), { blocked: true });
      } }),
    post('im.leave', { roomId: dm }, { name: 'a room of two is not left', status: 400, parts: { errorType: 'error-not-allowed' } }),
    post('im.leave', { roomId: (w) => w.three._id }, { caller: 'eve', name: 'a room of several is', json: { success: true } }),
    post('im.delete', { roomId: (w) => w.three._id }, { caller: 'admin', name: 'delete removes the room', json: { success: true },
      then: async (w) => {
        const { ims } = await w.callers.bob.must_get('/api/v1/im.list');
        expect_json(ims.map(({ _id }) => _id), [w.room._id]);
      } }),
  ],
});
