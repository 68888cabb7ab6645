// integrations.create of outgoing webhooks: every check in its order, and what is stored. Contract
// "integrations" 4.3 and 1.3.

import { any } from '../support/expect.mjs';
import { scenarios } from '../support/scenario.mjs';

const valid = { type: 'webhook-outgoing', name: 'bell', enabled: true, username: 'rocket.cat', channel: '#builds', event: 'sendMessage',
  scriptEnabled: false, urls: ['https://ops.example/hook'] };
const typed = (code, reason, details) => ({ success: false, error: `${reason} [${code}]`, errorType: code, ...(details ? { details } : {}) });
const not_authorized = { success: false, error: '[not_authorized]', errorType: 'not_authorized' };
const invalid_event = typed('error-invalid-event-type', 'Invalid event type', { function: 'validateOutgoing._verifyRequiredFields' });
const invalid_username = typed('error-invalid-username', 'Invalid username');
const invalid_target = typed('error-invalid-targetRoom', 'Invalid Target Room');
const invalid_urls = typed('error-invalid-urls', 'Invalid URLs');
const invalid_channel = typed('error-invalid-channel', 'Invalid Channel');
const bad_start = typed('error-invalid-channel-start-with-chars', 'Invalid channel. Start with @ or #');
const invalid_permissions = typed('error-invalid-permissions', 'Invalid permission for required Integration creation.');
const invalid_user = typed('error-invalid-user', 'Invalid user (did you delete the `rocket.cat` user?)');
const invalid_room = typed('error-invalid-room', 'Invalid room');
const invalid_delay = typed('error-invalid-retry-delay', 'Invalid retryDelay');
const rows43 = (covers) => covers.map((row) => `integrations 4.3/${row}`);
const create = (name, covers, changes, integration, more = {}) => ({ name, covers: rows43(covers), method: 'POST',
  path: '/api/v1/integrations.create', body: (w) => ({ ...valid, ...(typeof changes === 'function' ? changes(w) : changes) }),
  parts: { integration, success: true }, ...more });
const refuse = (name, covers, changes, json, more = {}) =>
  ({ ...create(name, covers, changes, undefined, more), parts: undefined, status: 400, json, ...more });
const with_channel = ['sendMessage', 'fileUploaded', 'roomJoined', 'roomLeft'];
const without_channel = ['roomArchived', 'roomCreated', 'userCreated'];
const target = (event) => (event === 'userCreated' ? { targetRoom: '#builds' } : {});
const scopes = ['all_private_groups', 'all_direct_messages'];

scenarios({
  name: 'creating an outgoing webhook',
  setup: async (w) => {
    await w.create_caller('plain');
    for (const [name, right] of [['ao', 'manage-outgoing-integrations'], ['oo', 'manage-own-outgoing-integrations'],
                                 ['ai', 'manage-incoming-integrations']]) await w.create_caller(name, { rights: [right] });
    await w.create_caller('both', { rights: ['manage-outgoing-integrations', 'manage-own-outgoing-integrations'] });
    w.builds = await w.create_channel({ name: 'builds' });
    w.vault = await w.create_group({ name: 'vault', members: [w.callers.ao.username, w.callers.oo.username] });
    w.sealed = await w.create_group({ name: 'sealed' });
  },
  rows: [
    ...['plain', 'ai'].map((caller) => refuse(`needs a right on outgoing ones (${caller})`, ['1'], {}, not_authorized, { caller })),
    ...['nope', '', 'SendMessage', 'sendmessage', 'message'].map((event) => refuse(`knows no event ${JSON.stringify(event)}`, ['3a'], { event }, invalid_event)),
    refuse('judges the event before a blank channel', ['3b'], { channel: ' ', event: 'nope' }, invalid_event),
    create('takes a blank channel for none where the event has none', ['3b', '9b'], { channel: ' ', event: 'roomCreated' }, { channel: [] }),
    ...['', '  '].map((username) => refuse(`wants a username: ${JSON.stringify(username)}`, ['4'], { username }, invalid_username)),
    ...[undefined, null, '', ' '].map((targetRoom) => refuse(`userCreated wants a target room: ${JSON.stringify(targetRoom)}`, ['5'],
      { event: 'userCreated', targetRoom }, invalid_target)),
    create('keeps the target room of userCreated', ['5'], { event: 'userCreated', targetRoom: '#builds' }, { event: 'userCreated', targetRoom: '#builds', channel: [] }),
    create('keeps a target room of other events too', ['5'], { targetRoom: '#vault' }, { targetRoom: '#vault' }),
    ...[undefined, null, [], [' '], ['\t', '  ']].map((urls) => refuse(`wants an address: ${JSON.stringify(urls)}`, ['6a'], { urls }, invalid_urls)),
    create('drops blank addresses', ['6b'], { urls: [' ', 'https://a.example', '  ', 'no address'] }, { urls: ['https://a.example', 'no address'] }),
    ...with_channel.flatMap((event) => ['', ' ', null].map((channel) =>
      refuse(`${event} wants a channel: ${JSON.stringify(channel)}`, ['7', '3b'], { event, channel }, invalid_channel))),
    ...['builds', '#builds,builds', 'all_public', 'all_everything', '!x'].map((channel) => refuse(`takes no target ${channel}`, ['8a'], { channel }, bad_start)),
    create('splits at commas, trims and drops empties', ['8b'], { channel: ' #builds ,, #vault,@rocket.cat , ' }, { channel: ['#builds', '#vault', '@rocket.cat'] }),
    ...without_channel.flatMap((event) => [
      refuse(`${event} needs all-outgoing`, ['9a'], { event, ...target(event) }, invalid_permissions, { caller: 'oo' }),
      create(`${event} is stored without channels`, ['9b'], { event, ...target(event) }, { event, channel: [] }, { caller: 'ao' })]),
    ...with_channel.map((event) => create(`${event} keeps its channels`, ['8b'], { event }, { event, channel: ['#builds'] })),
    ...['ghost', 'Rocket.Cat'].map((username) => refuse(`knows no account ${username}`, ['10'], { username }, invalid_user)),
    create('needs no right of the account', ['10'], (w) => ({ username: w.callers.plain.username }),
           { username: (w) => w.callers.plain.username, userId: (w) => w.callers.plain.user_id }),
    ...[{ a: 1 }, [{ a: 1 }], [['a', 'b']]].map((triggerWords) => ({ ...create(`takes no trigger words ${JSON.stringify(triggerWords)}`, ['11a'], { triggerWords }),
      status: 400, kind: '400', parts: { success: false, errorType: 'invalid-params', error: /must match exactly one schema in oneOf$/ } })),
    create('drops blank trigger words', ['11b'], { triggerWords: [' ', '!a', '  ', ' b '] }, { triggerWords: ['!a', ' b '] }),
    ...[...with_channel, ...without_channel].filter((event) => event !== 'sendMessage').map((event) =>
      create(`${event} drops trigger words`, ['11c'], { event, triggerWords: ['!a'], ...target(event) }, { triggerWords: any.absent })),
    create('keeps no trigger words when none were sent', ['11c'], {}, { triggerWords: any.absent }),
    create('saves a script that does not compile', ['12'], { scriptEnabled: true, script: 'class {' },
           { scriptError: { name: 'SyntaxError', message: any.string, stack: any.string }, scriptCompiled: any.absent }),
    create('compiles a script that does', ['12'], { scriptEnabled: true, script: 'class Script {}' }, { scriptError: any.absent, scriptCompiled: any.string }),
    ...['ao', 'oo', 'both'].map((caller) => create(`all_public_channels is free for ${caller}`, ['13a'], { channel: 'all_public_channels' },
      { channel: ['all_public_channels'] }, { caller })),
    ...scopes.flatMap((channel) => [
      refuse(`${channel} needs all-outgoing`, ['13b'], { channel }, invalid_channel, { caller: 'oo' }),
      refuse(`${channel} needs it among others too`, ['13b'], { channel: `#vault,${channel}` }, invalid_channel, { caller: 'oo' }),
      create(`${channel} is open to all-outgoing`, ['13b'], { channel }, { channel: [channel] }, { caller: 'ao' })]),
    ...['#none', '@ghost', '#builds,#none', '#BUILDS', '#', '@'].map((channel) => refuse(`knows no target ${channel}`, ['13c'], { channel }, invalid_room)),
    ...['ao', 'oo'].flatMap((caller) => [
      refuse(`${caller} alone takes no room where its holder is not`, ['13d'], { channel: '#sealed' }, invalid_channel, { caller }),
      refuse(`${caller} alone takes no public channel where its holder is not`, ['13d'], {}, invalid_channel, { caller }),
      create(`${caller} alone takes a room where its holder is, and any account`, ['13d'], (w) => ({ channel: `#vault,@${w.callers.plain.username}` }), {}, { caller })]),
    create('both rights take a room where their holder is not', ['13d'], { channel: '#sealed' }, { channel: ['#sealed'] }, { caller: 'both' }),

    ...[[undefined, 4], [null, 4], [0, 4], [-3, 4], [0.5, 4], [1, 1], [6, 6], [2.9, 2], ['7', 7]].map(([retryCount, kept]) => create(`retryCount ${JSON.stringify(retryCount)} is kept as ${kept}`,
      ['14a'], { retryFailedCalls: true, retryCount }, { retryFailedCalls: true, retryCount: kept })),
    ...[[undefined, 'powers-of-ten'], ['', 'powers-of-ten'], [' ', 'powers-of-ten'], ['Powers-Of-Two', 'powers-of-two'],
        ['increments-of-two', 'increments-of-two'], ['policy', 'policy']].map(([retryDelay, kept]) => create(`retryDelay ${JSON.stringify(retryDelay)} is kept as ${kept}`,
      ['14b'], { retryFailedCalls: true, retryDelay }, { retryDelay: kept })),
    ...['powers', 'powers-of-three', 'powers-of-ten '].map((retryDelay) => refuse(`knows no retryDelay ${JSON.stringify(retryDelay)}`, ['14c'], { retryFailedCalls: true, retryDelay }, invalid_delay)),
    create('leaves retryFailedCalls absent', ['14d'], {}, { retryFailedCalls: any.absent, retryCount: any.absent, retryDelay: any.absent }),
    create('keeps retryFailedCalls false', ['14d'], { retryFailedCalls: false }, { retryFailedCalls: false, retryCount: any.absent, retryDelay: any.absent }),

    refuse('tells the missing right first', ['order'], { event: 'nope', username: '' }, not_authorized, { caller: 'plain' }),
    refuse('tells the event before the username', ['order'], { event: 'nope', username: '' }, invalid_event),
    refuse('tells the username before the target room', ['order'], { event: 'userCreated', username: '' }, invalid_username),
    refuse('tells the target room before the addresses', ['order'], { event: 'userCreated', urls: [] }, invalid_target),
    refuse('tells the addresses before the channel', ['order'], { urls: [], channel: '' }, invalid_urls),
    refuse('tells the channel before the account', ['order'], { channel: '', username: 'ghost' }, invalid_channel),
    refuse('tells the first character before the account', ['order'], { channel: 'x', username: 'ghost' }, bad_start),
    refuse('tells the right for the event before the account', ['order'], { event: 'roomCreated', username: 'ghost' }, invalid_permissions, { caller: 'oo' }),
    refuse('tells the account before the room', ['order'], { channel: '#none', username: 'ghost' }, invalid_user),
    refuse('tells the room before the delay', ['order'], { channel: '#none', retryFailedCalls: true, retryDelay: 'x' }, invalid_room),
    create('stores scope names in lower case', ['scope-case'], { channel: 'ALL_public_channels,All_Private_Groups' }, { channel: ['all_public_channels', 'all_private_groups'] }),
    create('keeps a token that is sent', ['token-1'], { token: 'of mine' }, { token: 'of mine' }),
    ...[undefined, null, '', '  '].map((token) => create(`makes a token for ${JSON.stringify(token)}`, ['token-2'], { token }, { token: any.text_of(24) })),
    ...[[true, true], [false, false], [undefined, any.absent]].map(([sent, kept]) => create(`runOnEdits ${sent} is stored so`, ['14d'], { runOnEdits: sent }, { runOnEdits: kept })),

    { ...create('stores and answers the whole document', ['token-2', '14d'], { alias: null, triggerWords: ['!ship'] }), parts: undefined,
      json: { integration: { _id: any.id, type: 'webhook-outgoing', name: 'bell', enabled: true, username: 'rocket.cat', userId: 'rocket.cat',
        channel: ['#builds'], scriptEnabled: false, scriptEngine: 'isolated-vm', skipTranspile: false, token: any.text_of(24), event: 'sendMessage',
        urls: ['https://ops.example/hook'], triggerWords: ['!ship'], _createdAt: any.date, _updatedAt: any.date,
        _createdBy: { _id: (w) => w.admin.user_id, username: 'admin' } }, success: true },
      then: async (w, { json: { integration } }) => {
        if (integration._createdAt !== integration._updatedAt) throw new Error('made and changed at different times');
        const read = await w.admin.must_get('/api/v1/integrations.get', { integrationId: integration._id });
        if (JSON.stringify(read.integration) !== JSON.stringify(integration)) throw new Error(`another is stored: ${JSON.stringify(read)}`);
      } },
  ],
});
