// groups.getIntegrations as the documented page has it, on a server as a user starts it: no test
// mode, no unsafe switch, rate limiter on. Contract "integrations" 3.1.

import { any } from '../support/expect.mjs';
import { scenarios } from '../support/scenario.mjs';
import { create_in_turn } from './integration_rows.mjs';

const path = '/api/v1/groups.getIntegrations';
const not_found = { success: false, errorType: 'error-room-not-found',
  error: 'The required "roomId" or "roomName" param provided does not match any group [error-room-not-found]' };
const not_provided = { success: false, errorType: 'error-room-param-not-provided',
  error: 'The parameter "roomId" or "roomName" is required [error-room-param-not-provided]' };
const not_logged_in = { success: false, error: 'You must be logged in to do this.', status: 'error',
  message: 'You must be logged in to do this.' };
const not_permitted = { success: false,
  error: 'User does not have the permissions required for this action [error-unauthorized]' };
const bad_sort = (raw) => ({ success: false, errorType: 'error-invalid-sort', details: { helperMethod: 'parseJsonQuery' },
  error: `Invalid sort parameter provided: "${raw}" [error-invalid-sort]` });

const in_ops = ['bell', 'inn', 'off', 'by_id', 'wide'];   // in the order of creation
const without_scope = in_ops.filter((name) => name !== 'wide');
const names = (list) => list.map((name) => ({ name }));
const page = (list, more = {}) => ({ integrations: names(list), count: list.length, offset: 0, total: list.length, success: true, ...more });
const row = (name, covers, query, parts, more = {}) => ({
  name, covers: covers.map((one) => `integrations 3.1/${one}`), path, query, parts, ...more });
const refused = (name, covers, query, json, more = {}) => ({
  name, covers: covers.map((one) => `integrations 3.1/${one}`), path, query, status: 400, json, ...more });
const id = (w) => w.ops._id;

scenarios({
  name: 'groups.getIntegrations',
  server: { limiter: 'default' },
  setup: async (w) => {
    const own = { rights: ['manage-own-outgoing-integrations', 'api-bypass-rate-limit'] };
    await w.create_caller('ada', own);
    await w.create_caller('eve', own);
    await w.create_caller('plain', { rights: ['api-bypass-rate-limit'] });
    w.ops = await w.create_group({ name: 'ops', members: [w.callers.ada.username] });
    w.other = await w.create_group({ name: 'other' });
    w.foreign = await w.create_group({ name: 'foreign', by: w.callers.eve });
    w.attic = await w.create_group({ name: 'attic' });
    w.lobby = await w.create_channel({ name: 'lobby' });
    await create_in_turn(w, [
      ['outgoing', { name: 'bell', channel: '#ops', urls: [w.receiver.url('/b')] }],
      ['incoming', { name: 'inn', channel: '#ops' }],
      ['outgoing', { name: 'off', channel: '#other,#ops', enabled: false }],
      ['outgoing', { name: 'by_id', channel: `#${w.ops._id}` }],
      ['outgoing', { name: 'wide', channel: 'all_private_groups' }],
      ['outgoing', { name: 'person', channel: '@rocket.cat' }],
      ['outgoing', { name: 'elsewhere', channel: '#other' }],
      ['outgoing', { name: 'public', channel: 'all_public_channels' }],
      ['outgoing', { name: 'stored', channel: '#attic' }],
    ]);
    await w.admin.must_post('/api/v1/groups.archive', { roomId: w.attic._id });
  },
  rows: [
    row('finds the group by id and lists its integrations', ['1a', '2a', '3c', 'reply', 'select-1', 'select-3', 'select-5', 'select-6', 'select-7', 'select-8', 'select-4'],
        { roomId: id }, page(in_ops)),
    row('finds the group by name', ['1b'], { roomName: 'ops' }, page(in_ops)),
    row('prefers the id to the name', ['1c'], { roomId: id, roomName: 'other' }, page(in_ops)),
    refused('does not fall back to the name when the id is unknown', ['1c'], { roomId: 'nowhere', roomName: 'ops' }, not_found),
    row('takes an empty id for none', ['1d'], { roomId: '', roomName: 'ops' }, page(in_ops)),
    row('takes a blank id for none', ['1d'], { roomId: '  ', roomName: 'ops' }, page(in_ops)),
    ...['OPS', 'Ops', 'op', 'ops2', ' ops', 'o.s', '#ops'].map((name) =>
      refused(`does not take ${JSON.stringify(name)} for ops`, ['1e', 'case-4a'], { roomName: name }, not_found)),

    row('includes the scope when the flag is empty', ['2b'], { roomId: id, includeAllPrivateGroups: '' }, page(in_ops)),
    row('includes the scope when the flag is true', ['2c'], { roomId: id, includeAllPrivateGroups: 'true' }, page(in_ops)),
    ...['false', '1', '0', 'TRUE', 'yes', 'x'].map((flag) =>
      row(`leaves the scope out when the flag is ${flag}`, ['2d', 'select-3'], { roomId: id, includeAllPrivateGroups: flag }, page(without_scope))),
    row('pays no heed to the flag of channels', ['5'], { roomId: id, includeAllPublicChannels: 'false' }, page(in_ops)),

    row('cuts the page', ['3a'], { roomId: id, offset: 1, count: 2 }, page(in_ops.slice(1, 3), { offset: 1, total: 5 })),
    row('answers an empty page beyond the end', ['3a'], { roomId: id, offset: 9 }, page([], { offset: 9, total: 5 })),
    row('answers all when count is 0', ['3a'], { roomId: id, count: 0 }, page(in_ops)),
    row('sorts as asked', ['3b'], { roomId: id, sort: { name: 1 } }, page(['bell', 'by_id', 'inn', 'off', 'wide'])),
    row('sorts downwards', ['3b'], { roomId: id, sort: { name: -1 }, count: 2 }, page(['wide', 'off'], { total: 5 })),
    row('sorts by two keys', ['3b'], { roomId: id, sort: { type: 1, name: -1 } }, page(['inn', 'wide', 'off', 'by_id', 'bell'])),
    row('sorts by creation downwards', ['3b'], { roomId: id, sort: { _createdAt: -1 } }, page([...in_ops].reverse())),

    row('narrows by query without a switch', ['4a'], { roomId: id, query: { type: 'webhook-incoming' } }, page(['inn'])),
    row('joins query with the scope flag', ['4a'], { roomId: id, includeAllPrivateGroups: 'false', query: { type: 'webhook-outgoing', enabled: true } },
        page(['bell', 'by_id'])),
    row('takes the operators of the language', ['4a'],
        { roomId: id, query: { $or: [{ name: { $regex: '^b', $options: 'i' } }, { channel: { $in: ['all_private_groups'] } }] } }, page(['bell', 'by_id', 'wide'])),
    row('does not reach integrations of other rooms by query', ['4a', 'select-8'], { roomId: id, query: { $or: [{ channel: '#other' }] } }, page(['off'])),
    row('pages what query leaves', ['4a', '3a'], { roomId: id, query: { type: 'webhook-outgoing' }, sort: { name: 1 }, count: 1, offset: 1 },
        page(['by_id'], { offset: 1, total: 4 })),
    row('shows only the fields asked for', ['4b'], { roomId: id, fields: { name: 1 }, query: { name: 'bell' } },
        { integrations: [{ name: 'bell', _id: any.id, type: any.absent, token: any.absent, urls: any.absent }] }),
    row('hides the fields asked to hide', ['4b'], { roomId: id, fields: { token: 0, script: 0 }, query: { name: 'inn' } },
        { integrations: [{ name: 'inn', type: 'webhook-incoming', token: any.absent }] }),
    ...['$where', '$function', '$expr', '$text', '$jsonSchema'].map((operator) =>
      refused(`refuses ${operator}`, ['4c'], { roomId: id, query: { name: { [operator]: '1' } } }, undefined,
              { json: undefined, parts: { success: false, errorType: 'error-invalid-query' } })),
    refused('refuses an operator deep inside', ['4c'], { roomId: id, query: { $and: [{ $or: [{ $where: 'sleep(9)' }] }] } }, undefined,
            { json: undefined, parts: { success: false, errorType: 'error-invalid-query' } }),
    refused('refuses a query that is no JSON', ['4c'], { roomId: id, query: '{' }, undefined,
            { json: undefined, parts: { success: false, errorType: 'error-invalid-query', error: /^Invalid query parameter provided: "\{"/ } }),
    refused('refuses fields that are no JSON', ['4b'], { roomId: id, fields: 'x' }, undefined,
            { json: undefined, parts: { success: false, errorType: 'error-invalid-fields' } }),
    row('ignores a parameter that it does not know', ['5'], { roomId: id, colour: 'red', _id: 'x' }, page(in_ops)),

    row('tells a stranger to log in', ['case-1', 'order-1'], {}, undefined,
        { caller: 'anonymous', status: 401, parts: undefined, json: not_logged_in }),
    row('tells a stranger the same with a room', ['case-1'], { roomId: id }, undefined,
        { caller: 'anonymous', status: 401, parts: undefined, json: not_logged_in }),
    row('tells a caller without rights so', ['case-2'], { roomId: id }, undefined,
        { caller: 'plain', status: 403, parts: undefined, json: not_permitted }),
    row('tells the missing right before missing parameters', ['order-2'], {}, undefined,
        { caller: 'plain', status: 403, parts: undefined, json: not_permitted }),
    ...[{}, { roomId: '' }, { roomName: '' }, { roomId: ' ', roomName: '\t' }].map((query) =>
      refused(`wants a room: ${JSON.stringify(query)}`, ['case-3'], query, not_provided)),
    refused('wants a room before it judges anything else', ['order-3'], { sort: 'abc', query: '{' }, not_provided),
    refused('wants a group before it judges the list', ['order-4'], { roomName: 'nowhere', sort: 'abc', query: '{' }, not_found),
    refused('knows no such id', ['case-4a'], { roomId: 'nowhere' }, not_found),
    refused('takes no channel', ['case-4b'], { roomId: (w) => w.lobby._id }, not_found),
    refused('takes no channel by name', ['case-4b'], { roomName: 'general' }, not_found),
    refused('does not open a group to a holder of rights who is no member', ['case-4c'], { roomId: id }, not_found, { caller: 'eve' }),
    refused('does not open a group by name either', ['case-4c'], { roomName: 'ops' }, not_found, { caller: 'eve' }),
    refused('does not open a group to an administrator who is no member', ['access-3'], { roomId: (w) => w.foreign._id }, not_found),
    row('opens a group to a member', ['access-1'], { roomId: id }, page([]), { caller: 'ada' }),
    ...['abc', '[1]', '{"name":2}', '{"name":"up"}', '{name:1}', '1'].map((raw) =>
      refused(`refuses sort ${raw}`, ['case-5'], { roomId: id, sort: raw }, bad_sort(raw))),
    row('answers an archived group', ['archived'], { roomId: (w) => w.attic._id }, page(['wide', 'stored'])),

    { name: 'answers the whole document', path, query: { roomName: 'ops', query: { name: 'bell' } }, covers: ['integrations 3.1/reply'],
      json: { integrations: [{ _id: any.id, type: 'webhook-outgoing', name: 'bell', enabled: true, username: 'rocket.cat',
        userId: 'rocket.cat', channel: ['#ops'], scriptEnabled: false, scriptEngine: 'isolated-vm', skipTranspile: false,
        token: any.text_of(24), event: 'sendMessage', urls: [(w) => w.receiver.url('/b')], _createdAt: any.date,
        _createdBy: { _id: (w) => w.admin.user_id, username: 'admin' }, _updatedAt: any.date }],
        count: 1, offset: 0, total: 1, success: true },
      reply_headers: { 'content-type': 'application/json' } },
  ],
});
