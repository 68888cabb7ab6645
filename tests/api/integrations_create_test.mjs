// integrations.create of incoming webhooks: every check in its order, and what is stored. Contract
// "integrations" 4.2.

import { any } from '../support/expect.mjs';
import { scenarios } from '../support/scenario.mjs';

const valid = { type: 'webhook-incoming', name: 'CI', enabled: true, username: 'rocket.cat', channel: '#builds', scriptEnabled: false };
const typed = (code, reason, details) => ({ success: false, error: `${reason} [${code}]`, errorType: code, ...(details ? { details } : {}) });
const invalid_channel = typed('error-invalid-channel', 'Invalid channel');
const not_in_room = typed('error-invalid-channel', 'Invalid Channel');
const bad_start = typed('error-invalid-channel-start-with-chars', 'Invalid channel. Start with @ or #');
const invalid_username = typed('error-invalid-username', 'Invalid username');
const invalid_user = typed('error-invalid-user', 'Invalid user');
const invalid_room = typed('error-invalid-room', 'Invalid room');
const lacks = typed('error-user-lacks-message-impersonate-permission',
                    "User selected for the incoming integration lacks the 'message-impersonate' permission.");
const not_authorized = typed('not_authorized', 'Unauthorized', { method: 'addIncomingIntegration' });
const rows42 = (covers) => covers.map((row) => `integrations 4.2/${row}`);
const create = (name, covers, changes, integration, more = {}) => ({ name, covers: rows42(covers), method: 'POST',
  path: '/api/v1/integrations.create', body: (w) => ({ ...valid, ...(typeof changes === 'function' ? changes(w) : changes) }),
  parts: { integration, success: true }, ...more });
const refuse = (name, covers, changes, json, more = {}) =>
  ({ ...create(name, covers, changes, undefined, more), parts: undefined, status: 400, json, ...more });
const plain_name = (w) => w.callers.plain.username;

scenarios({
  name: 'creating an incoming webhook',
  setup: async (w) => {
    await w.create_caller('plain');
    for (const [name, right] of [['ai', 'manage-incoming-integrations'], ['oi', 'manage-own-incoming-integrations'],
                                 ['ao', 'manage-outgoing-integrations']]) await w.create_caller(name, { rights: [right] });
    await w.create_caller('both', { rights: ['manage-incoming-integrations', 'manage-own-incoming-integrations'] });
    await w.create_caller('poster', { roles: ['user', 'bot'] });
    w.builds = await w.create_channel({ name: 'builds' });
    w.vault = await w.create_group({ name: 'vault', members: [w.callers.ai.username, w.callers.oi.username] });
    w.sealed = await w.create_group({ name: 'sealed' });
  },
  rows: [
    ...['plain', 'ao'].map((caller) => refuse(`needs a right on incoming ones (${caller})`, ['1'], {}, not_authorized, { caller })),
    ...['', '  ', '\t'].map((channel) => refuse(`wants a channel: ${JSON.stringify(channel)}`, ['2'], { channel }, invalid_channel)),
    ...['builds', '#builds,general', 'x,#builds', '!builds'].map((channel) => refuse(`wants @ or # in front: ${channel}`, ['3a'], { channel }, bad_start)),
    ...['all_public_channels', 'all_private_groups', 'all_direct_messages', '#builds,all_public_channels'].map((channel) =>
      refuse(`takes no scope: ${channel}`, ['3b'], { channel }, bad_start)),
    ...['', '   '].map((username) => refuse(`wants a username: ${JSON.stringify(username)}`, ['4'], { username }, invalid_username)),
    ...['ghost', 'Rocket.Cat', 'rocket.cat '].map((username) => refuse(`knows no account ${JSON.stringify(username)}`, ['6'], { username }, invalid_user)),
    refuse('takes no account without message-impersonate', ['7'], (w) => ({ username: plain_name(w) }), lacks),
    refuse('takes an administrator neither', ['7'], { username: 'admin' }, lacks),
    create('takes an account of the role bot', ['7', 'result-2'], (w) => ({ username: w.callers.poster.username }),
           { username: (w) => w.callers.poster.username, userId: (w) => w.callers.poster.user_id }),
    create('saves a script that does not compile', ['8'], { scriptEnabled: true, script: 'class Script {\n  x( {\n' },
           { scriptError: { name: 'SyntaxError', message: any.string, stack: any.string }, scriptCompiled: any.absent, script: 'class Script {\n  x( {\n' }),
    create('compiles a script that does', ['8'], { scriptEnabled: true, script: 'class Script {}' }, { scriptError: any.absent, scriptCompiled: any.string }),
    create('does not compile a script that is off', ['8'], { script: 'class Script {' }, { scriptError: any.absent, scriptCompiled: any.absent }),
    ...['#none', '#builds,#none', '#BUILDS', '#', '#builds2'].map((channel) => refuse(`knows no room ${channel}`, ['9a'], { channel }, invalid_room)),
    ...['@ghost', '@'].map((channel) => refuse(`knows no account ${channel} to write to`, ['9b'], { channel }, invalid_room)),
    create('takes rooms by id or name and accounts by id or username', ['9c'],
           (w) => ({ channel: `#${w.builds._id}, #builds , @${w.callers.plain.user_id},@${plain_name(w)},#${w.sealed._id}` }),
           { channel: (w) => [`#${w.builds._id}`, '#builds', `@${w.callers.plain.user_id}`, `@${plain_name(w)}`, `#${w.sealed._id}`] }),
    ...['ai', 'oi'].flatMap((caller) => [
      refuse(`${caller} alone takes no group where its holder is not`, ['10a'], { channel: '#sealed' }, not_in_room, { caller }),
      refuse(`${caller} alone takes no public channel where its holder is not`, ['10a'], {}, not_in_room, { caller }),
      refuse(`${caller} alone is judged on each target`, ['10a'], { channel: '#vault,#sealed' }, not_in_room, { caller }),
      create(`${caller} alone takes a group where its holder is`, ['10d'], { channel: '#vault' }, { channel: ['#vault'] }, { caller }),
      create(`${caller} alone takes the channel of everybody`, ['10d'], { channel: '#general' }, { channel: ['#general'] }, { caller }),
      create(`${caller} alone takes any account`, ['10c'], (w) => ({ channel: `@${plain_name(w)}` }), { channel: (w) => [`@${plain_name(w)}`] }, { caller })]),
    create('both rights take a group where their holder is not', ['10b'], { channel: '#sealed' }, { channel: ['#sealed'] }, { caller: 'both' }),

    refuse('tells the missing right first', ['order'], { channel: '', username: '' }, not_authorized, { caller: 'plain' }),
    refuse('tells a blank channel before the username', ['order'], { channel: ' ', username: '' }, invalid_channel),
    refuse('tells the first character before the username', ['order'], { channel: 'none', username: '' }, bad_start),
    refuse('tells a blank username before the room', ['order'], { channel: '#none', username: ' ' }, invalid_username),
    refuse('tells an unknown account before the room', ['order'], { channel: '#none', username: 'ghost' }, invalid_user),
    refuse('tells the lacking right of the account before the room', ['order'], (w) => ({ channel: '#none', username: plain_name(w) }), lacks),
    refuse('tells an unknown room before membership', ['order'], { channel: '#none' }, invalid_room, { caller: 'oi' }),

    { ...create('stores and answers the whole document', ['result-1', 'result-2', 'result-3', 'result-4', 'result-5'],
                { alias: null, emoji: ':x:', avatar: null, script: null }), parts: undefined,
      json: { integration: { _id: any.id, type: 'webhook-incoming', name: 'CI', enabled: true, username: 'rocket.cat', userId: 'rocket.cat',
        channel: ['#builds'], scriptEnabled: false, scriptEngine: 'isolated-vm', skipTranspile: false, emoji: ':x:', token: any.text_of(48),
        overrideDestinationChannelEnabled: false, _createdAt: any.date, _updatedAt: any.date,
        _createdBy: { _id: (w) => w.admin.user_id, username: 'admin' } }, success: true },
      then: async (w, { json: { integration } }) => {
        if (integration._createdAt !== integration._updatedAt) throw new Error('made and changed at different times');
        const read = await w.admin.must_get('/api/v1/integrations.get', { integrationId: integration._id });
        if (JSON.stringify(read.integration) !== JSON.stringify(integration)) throw new Error(`another is stored: ${JSON.stringify(read)}`);
      } },
    create('keeps a sent override', ['result-3'], { overrideDestinationChannelEnabled: true }, { overrideDestinationChannelEnabled: true }),
    create('says who made it', ['result-4'], { channel: '#vault' }, { _createdBy: { _id: (w) => w.callers.oi.user_id, username: (w) => w.callers.oi.username },
      _updatedBy: any.absent }, { caller: 'oi' }),
    create('needs no name that differs', ['result-5'], { name: '' }, { name: '', enabled: true }),
    create('makes each token anew', ['result-1'], {}, { token: any.text_of(48) }, { then: async (w, { json }) => {
      const other = await w.create_incoming({ channel: '#builds' });
      if (other.token === json.integration.token) throw new Error('two integrations share a token');
    } }),
  ],
});
