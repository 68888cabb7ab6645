// channels.getIntegrations where it differs from the route for groups, on a server as a user starts
// it, and what both show of scripts. Contract "integrations" 3.2 and 1.1.

import { any } from '../support/expect.mjs';
import { scenarios } from '../support/scenario.mjs';
import { create_in_turn } from './integration_rows.mjs';

const path = '/api/v1/channels.getIntegrations';
const not_found = { success: false, errorType: 'error-room-not-found',
  error: 'The required "roomId" or "roomName" param provided does not match any channel [error-room-not-found]' };
const not_provided = { success: false, errorType: 'error-roomid-param-not-provided',
  error: 'The parameter "roomId" or "roomName" is required [error-roomid-param-not-provided]' };
const in_plaza = ['bell', 'inn', 'by_id', 'wide'];
const without_scope = ['bell', 'inn', 'by_id'];
const names = (list) => list.map((name) => ({ name }));
const page = (list, more = {}) => ({ integrations: names(list), count: list.length, offset: 0, total: list.length, success: true, ...more });
const row = (name, covers, query, parts, more = {}) => ({
  name, covers: covers.map((one) => `integrations 3.2/${one}`), path, query, parts, ...more });
const fails = (name, covers, query, status, json, more = {}) => ({
  name, covers: covers.map((one) => `integrations 3.2/${one}`), path, query, status, json, ...more });
const id = (w) => w.plaza._id;

const good_script = 'class Script { process_incoming_request() { return {}; } }';
const bad_script = 'class Script {';
const script_routes = [['groups.getIntegrations', 'lair'], ['channels.getIntegrations', 'plaza']];

scenarios({
  name: 'channels.getIntegrations',
  server: { limiter: 'default' },
  setup: async (w) => {
    const own = ['manage-own-outgoing-integrations', 'api-bypass-rate-limit'];
    await w.create_caller('ada', { rights: own });
    await w.create_caller('guest', { rights: own, roles: [] });   // without view-c-room
    await w.create_caller('inside', { rights: own, roles: [] });
    await w.create_caller('plain', { rights: ['api-bypass-rate-limit'] });
    w.plaza = await w.create_channel({ name: 'plaza', members: [w.callers.inside.username] });
    w.yard = await w.create_channel({ name: 'yard' });
    w.lair = await w.create_group({ name: 'lair' });
    await create_in_turn(w, [
      ['outgoing', { name: 'bell', channel: '#plaza' }],
      ['incoming', { name: 'inn', channel: '#plaza' }],
      ['outgoing', { name: 'by_id', channel: `#${w.plaza._id}` }],
      ['outgoing', { name: 'wide', channel: 'all_public_channels' }],
      ['outgoing', { name: 'private', channel: 'all_private_groups' }],
      ['outgoing', { name: 'person', channel: '@rocket.cat,#yard' }],
    ]);
    await create_in_turn(w, [['good', { scriptEnabled: true, script: good_script }], ['bad', { scriptEnabled: true, script: bad_script }],
                             ['none', { scriptEnabled: true }], ['asleep', { scriptEnabled: false, script: bad_script }],
    ].map(([name, more]) => ['incoming', { name: `${name}_script`, channel: '#lair', ...more }]));
  },
  rows: [
    row('lists what is on the channel and on all of them', ['1a', '2', 'reply'], { roomId: id }, page(in_plaza)),
    row('finds the channel by name', ['reply'], { roomName: 'plaza' }, page(in_plaza)),
    row('takes an empty id for none', ['reply'], { roomId: '', roomName: 'plaza' }, page(in_plaza)),
    row('includes the scope when the flag is true', ['1b'], { roomId: id, includeAllPublicChannels: 'true' }, page(in_plaza)),
    row('leaves the scope out when the flag is empty', ['1c'], { roomId: id, includeAllPublicChannels: '' }, page(without_scope)),
    ...['false', '1', '0', 'TRUE', 'x'].map((flag) =>
      row(`leaves the scope out when the flag is ${flag}`, ['1d', '2'], { roomId: id, includeAllPublicChannels: flag }, page(without_scope))),
    row('pays no heed to the flag of groups', ['1a'], { roomId: id, includeAllPrivateGroups: 'false', colour: 'red' }, page(in_plaza)),
    row('lists another channel', ['2'], { roomName: 'yard' }, page(['wide', 'person'])),

    fails('takes no group', ['3a'], { roomId: (w) => w.lair._id }, 400, not_found),
    fails('takes no group by name', ['3a'], { roomName: 'lair' }, 400, not_found),
    fails('knows no such id', ['3b'], { roomId: 'nowhere' }, 400, not_found),
    ...['nowhere', 'PLAZA', 'plaz', '#plaza'].map((name) => fails(`does not find ${name}`, ['3b'], { roomName: name }, 400, not_found)),
    ...[{}, { roomId: '' }, { roomId: ' ', roomName: ' ' }, { sort: 'abc' }].map((query) =>
      fails(`wants a room: ${JSON.stringify(query)}`, ['4'], query, 400, not_provided)),
    fails('is closed to who may not read the channel', ['5'], { roomId: id }, 403, { success: false, error: 'unauthorized' }, { caller: 'guest' }),
    fails('is closed by name too', ['5'], { roomName: 'plaza' }, 403, { success: false, error: 'unauthorized' }, { caller: 'guest' }),
    row('is open to a member without the reading right', ['5'], { roomId: id }, page([]), { caller: 'inside' }),
    row('is open to who may read all channels', ['5'], { roomId: id }, page([]), { caller: 'ada' }),
    fails('tells a stranger to log in', ['case-1'], { roomId: id }, 401, { success: false, error: 'You must be logged in to do this.',
      status: 'error', message: 'You must be logged in to do this.' }, { caller: 'anonymous' }),
    fails('tells a caller without rights so', ['case-2'], {}, 403, { success: false,
      error: 'User does not have the permissions required for this action [error-unauthorized]' }, { caller: 'plain' }),
    ...['abc', '{"name":2}'].map((raw) => fails(`refuses sort ${raw}`, ['sort'], { roomId: id, sort: raw }, 400, { success: false,
      error: `Invalid sort parameter provided: "${raw}" [error-invalid-sort]`, errorType: 'error-invalid-sort',
      details: { helperMethod: 'parseJsonQuery' } })),
    row('cuts the page and sorts', ['page'], { roomId: id, sort: { name: -1 }, offset: 1, count: 2 }, page(['inn', 'by_id'], { offset: 1, total: 4 })),
    row('narrows by query without a switch', ['page'], { roomId: id, query: { type: 'webhook-incoming' } }, page(['inn'])),
    row('shows only the fields asked for', ['page'], { roomId: id, fields: { name: 1 }, count: 1 },
        { integrations: [{ name: 'bell', _id: any.id, type: any.absent, token: any.absent }], count: 1, total: 4 }),
    { name: 'refuses an operator that is not allowed', covers: ['integrations 3.2/page'], path, status: 400,
      query: { roomId: id, query: { $or: [{ $where: '1' }] } }, parts: { success: false, errorType: 'error-invalid-query' } },

    { name: 'getIntegrations shows scriptError whenever scripts are enabled', path: '/api/v1/groups.getIntegrations',
      query: { roomName: 'lair', includeAllPrivateGroups: 'false' },
      parts: { integrations: [{ name: 'good_script', scriptError: '', scriptCompiled: any.string, script: good_script },
        { name: 'bad_script', scriptError: { name: 'SyntaxError', message: any.string, stack: any.string }, scriptCompiled: any.absent },
        { name: 'none_script', scriptError: '', scriptCompiled: any.absent },
        { name: 'asleep_script', scriptError: any.absent, scriptCompiled: any.absent, script: bad_script }] } },
    ...script_routes.map(([route, room]) => ({ name: `${route} keeps the empty scriptError under fields`, path: `/api/v1/${route}`,
      prepare: async (w) => { w[`made_${room}`] ??= await w.create_incoming({ name: 'shown', channel: `#${room}`, scriptEnabled: true, script: good_script }); },
      query: { roomName: room, query: { name: 'shown' }, fields: { scriptError: 1, script: 1 } },
      json: { integrations: [{ _id: any.id, script: good_script, scriptError: '' }], count: 1, offset: 0, total: 1, success: true } })),
    { name: 'other routes show scriptError only when the script does not compile', path: '/api/v1/integrations.list',
      query: { name: '_script', sort: { name: 1 } },
      parts: { integrations: [{ name: 'asleep_script', scriptError: any.absent },
        { name: 'bad_script', scriptError: { name: 'SyntaxError', message: any.string, stack: any.string } },
        { name: 'good_script', scriptError: any.absent }, { name: 'none_script', scriptError: any.absent }] } },
  ],
});
