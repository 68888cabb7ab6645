// subscriptions.*: what is new for one member.

import { any, containing, expect_json, expect_parts } from '../support/expect.mjs';
import { scenarios } from '../support/scenario.mjs';

const post = (action, body, more = {}) => ({ caller: 'bob', method: 'POST', path: `/api/v1/subscriptions.${action}`, body, ...more });
const get = (action, query, more = {}) => ({ caller: 'bob', path: `/api/v1/subscriptions.${action}`, query, ...more });
const room = (w) => w.room._id;
const own = async (w, caller = 'bob') =>
  (await w.callers[caller].must_get('/api/v1/subscriptions.getOne', { roomId: w.room._id })).subscription;

scenarios({
  name: 'subscriptions',
  receiver: false,
  setup: async (w) => {
    for (const name of ['ada', 'bob', 'eve']) await w.create_caller(name);
    w.room = await w.create_group({ by: w.callers.ada, members: [w.callers.bob.username] });
  },
  rows: [
    get('getOne', { roomId: room }, { name: 'getOne shows a quiet room',
      parts: { success: true, subscription: { _id: any.id, rid: room, t: 'p', name: (w) => w.room.name, open: true, alert: false, unread: 0,
        userMentions: 0, groupMentions: 0, ts: any.date, _updatedAt: any.date, u: { _id: (w) => w.callers.bob.user_id } } } }),
    get('getOne', { roomId: room }, { caller: 'ada', name: 'getOne shows the roles', parts: { subscription: { roles: ['owner'], ls: any.date } } }),
    get('getOne', { roomId: room }, { caller: 'eve', name: 'getOne has nothing for those outside', json: { success: true, subscription: null } }),
    get('getOne', {}, { name: 'getOne wants a room', status: 400,
      json: { success: false, errorType: 'invalid-params', error: "must have required property 'roomId' [invalid-params]" } }),
    get('getOne', { roomId: 'x' }, { caller: 'anonymous', name: 'getOne wants a login', status: 401, parts: { status: 'error' } }),
    get('getOne', { roomId: room }, { name: 'a message alerts the others, and counts only mentions in a group',
      prepare: async (w) => {
        await w.post(w.room, 'good morning', w.callers.ada);
        await w.post(w.room, `@${w.callers.bob.username} are you there?`, w.callers.ada);
      },
      parts: { subscription: { alert: true, unread: 1, userMentions: 1 } },
      then: async (w) => expect_parts(await own(w, 'ada'), { alert: false, unread: 0 }) }),
    post('read', { rid: room }, { name: 'read makes the room quiet', json: { success: true },
      then: async (w) => expect_parts(await own(w), { alert: false, unread: 0, userMentions: 0, ls: any.date }) }),
    post('read', { roomId: room }, { name: 'read takes the room by its other name', json: { success: true } }),
    post('read', { rid: 'nowhere' }, { name: 'read does not know the room', status: 400, parts: { error: 'error-invalid-subscription' } }),
    post('read', { rid: room }, { caller: 'eve', name: 'read is for members', status: 400, parts: { error: 'error-invalid-subscription' } }),
    post('read', {}, { name: 'read wants a room', status: 400, parts: { errorType: 'invalid-params' } }),
    post('read', { rid: 'x' }, { caller: 'anonymous', name: 'read wants a login', status: 401, parts: { status: 'error' } }),
    post('unread', { roomId: room }, { name: 'unread alerts again', json: { success: true },
      then: async (w) => expect_parts(await own(w), { alert: true }) }),
    post('unread', { firstUnreadMessage: { _id: (w) => w.first._id } }, { name: 'unread takes a message', json: { success: true },
      prepare: async (w) => {
        w.first = await w.post(w.room, 'from here on', w.callers.ada);
        await w.post(w.room, 'and this', w.callers.ada);
        await w.callers.bob.must_post('/api/v1/subscriptions.read', { rid: w.room._id });
      },
      then: async (w) => {
        expect_parts(await own(w), { alert: true });
        const counters = await w.callers.bob.must_get('/api/v1/groups.counters', { roomId: w.room._id });
        expect_json(counters.unreads, 2);
      } }),
    post('unread', { firstUnreadMessage: { _id: (w) => w.first._id } }, { caller: 'ada', name: 'unread refuses the own message', status: 400,
      parts: { errorType: 'error-action-not-allowed' } }),
    post('unread', { firstUnreadMessage: { _id: (w) => w.first._id } }, { caller: 'eve', name: 'unread tells those outside nothing', status: 400,
      parts: { errorType: 'error-no-message-for-unread' } }),
    post('unread', { roomId: 'nowhere' }, { name: 'unread wants a message', status: 400, parts: { errorType: 'error-no-message-for-unread' } }),
    post('unread', {}, { name: 'unread wants a room or a message', status: 400, parts: { errorType: 'invalid-params' } }),
    post('unread', { roomId: 'x' }, { caller: 'anonymous', name: 'unread wants a login', status: 401, parts: { status: 'error' } }),
    get('get', {}, { name: 'get shows all of the caller', json: { success: true, update: any.array, remove: [] },
      then: (w, { json }) => expect_parts(json.update, containing({ rid: w.room._id, name: w.room.name })) }),
    get('get', { updatedSince: '2200-01-01T00:00:00.000Z' }, { name: 'get shows what changed since', json: { success: true, update: [], remove: [] } }),
    get('get', { updatedSince: (w) => w.mark }, { name: 'get shows a room with a newer message',
      prepare: async (w) => {
        w.mark = (await w.post(w.room, 'before', w.callers.ada)).ts;
        await w.post(w.room, 'after', w.callers.ada);
      },
      parts: { update: [{ rid: room, alert: true }] } }),
    get('get', { updatedSince: 'yesterday' }, { name: 'get wants a date', status: 400, parts: { errorType: 'error-roomId-param-invalid' } }),
    get('get', {}, { caller: 'anonymous', name: 'get wants a login', status: 401, parts: { status: 'error' } }),
  ],
});
