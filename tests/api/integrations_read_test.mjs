// integrations.get, list and history. Contract "integrations" 4.6.

import { any } from '../support/expect.mjs';
import { scenarios } from '../support/scenario.mjs';
import { create_in_turn } from './integration_rows.mjs';

const rows46 = (covers) => covers.map((row) => `integrations 4.6/${row}`);
const get = (name, covers, query, more) => ({ name, covers: rows46(covers.map((row) => `get-${row}`)), path: '/api/v1/integrations.get', query, ...more });
const list = (name, covers, query, names, more = {}) => ({ name, covers: rows46(covers.map((row) => `list-${row}`)), path: '/api/v1/integrations.list', query,
  parts: { integrations: names.map((one) => ({ name: one })), items: names.length, count: names.length, total: names.length, ...more } });
const history = (name, covers, query, more) => ({ name, covers: rows46(covers.map((row) => `history-${row}`)), path: '/api/v1/integrations.history', query, ...more });
const no_such = { success: false, error: 'The integration does not exists.' };
const oldest_first = ['Alpha', 'beta', 'A.B*c', 'AxBBc', 'gamma'];
const newest_first = [...oldest_first].reverse();
const words = ['one', 'two', 'three'];

scenarios({
  name: 'reading integrations',
  setup: async (w) => {
    for (const [name, right] of [['ai', 'manage-incoming-integrations'], ['oi', 'manage-own-incoming-integrations'],
                                 ['ao', 'manage-outgoing-integrations'], ['oo', 'manage-own-outgoing-integrations']]) await w.create_caller(name, { rights: [right] });
    await w.create_caller('plain');
    [w.alpha, w.beta, , , w.gamma] = await create_in_turn(w, [
      ['incoming', { name: 'Alpha' }],
      ['outgoing', { name: 'beta', triggerWords: words, urls: [w.receiver.url('/beta')] }],
      ['incoming', { name: 'A.B*c' }],
      ['outgoing', { name: 'AxBBc', triggerWords: ['never'] }],
      ['incoming', { name: 'gamma' }, w.callers.oi],
    ]);
    for (const word of words) {
      await w.post('GENERAL', word);
      await w.wait_for_history(w.beta, word, (entry) => entry.finished && entry.triggerWord === word);
    }
  },
  rows: [
    ...['zzz', 'ROCKET', ' '].map((integrationId) => get(`knows no integration ${JSON.stringify(integrationId)}`, ['1'], { integrationId }, { status: 400, json: no_such })),
    get('tells nobody whether an unknown one is missing or closed', ['1'], { integrationId: 'zzz' }, { caller: 'plain', status: 400, json: no_such }),
    get('knows none of another creator', ['2'], (w) => ({ integrationId: w.alpha._id, createdBy: w.callers.oi.user_id }), { status: 400, json: no_such }),
    get('is narrowed to the creator', ['2'], (w) => ({ integrationId: w.gamma._id, createdBy: w.callers.oi.user_id }), { json: { integration: (w) => w.gamma, success: true } }),
    ...[['plain', 'alpha'], ['oi', 'alpha'], ['ao', 'alpha'], ['oo', 'beta'], ['ai', 'beta']].map(([caller, one]) => get(`${caller} may not read ${one}`, ['3'],
      (w) => ({ integrationId: w[one]._id }), { caller, status: 400, json: { success: false, error: 'not-authorized' } })),
    ...[['oi', 'gamma'], ['ai', 'gamma'], ['ai', 'alpha'], ['ao', 'beta'], ['admin', 'beta']].map(([caller, one]) => get(`${caller} may read ${one}`, caller === 'oi' ? ['4'] : ['3'],
      (w) => ({ integrationId: w[one]._id }), { caller, json: { integration: (w) => w[one], success: true } })),

    list('shows the newest first', ['3'], {}, newest_first, { offset: 0 }),
    list('finds a part of the name', ['1'], { name: 'lph' }, ['Alpha']),
    list('finds it in any case', ['1'], { name: 'ALPHA' }, ['Alpha']),
    list('finds several', ['1'], { name: 'A' }, newest_first),
    list('takes a dot for a dot', ['1'], { name: 'a.b' }, ['A.B*c']),
    list('takes a star for a star', ['1'], { name: 'b*C' }, ['A.B*c']),
    list('finds none', ['1'], { name: '.*' }, []),
    list('shows only the type asked for', ['2'], { type: 'webhook-outgoing' }, ['AxBBc', 'beta']),
    list('takes no part of a type', ['2'], { type: 'outgoing' }, []),
    list('joins name and type', ['1', '2'], { type: 'webhook-incoming', name: 'b' }, ['A.B*c']),
    list('cuts the page', ['4'], { offset: 1, count: 2 }, newest_first.slice(1, 3), { offset: 1, total: 5 }),
    list('shows all for count 0', ['4'], { count: 0 }, newest_first),
    list('sorts as asked', ['4'], { sort: { _createdAt: 1 }, count: 2 }, oldest_first.slice(0, 2), { total: 5 }),
    { name: 'refuses a bad sort', path: '/api/v1/integrations.list', query: { sort: 'abc' }, status: 400, parts: { errorType: 'error-invalid-sort' } },

    ...[' ', '\t '].map((id) => history(`refuses the blank id ${JSON.stringify(id)}`, ['1'], { id }, { status: 400, json: { success: false, error: 'Invalid integration id.' } })),
    history('shows the latest change first', ['2'], (w) => ({ id: w.beta._id }), { parts: { history: [...words].reverse().map((triggerWord) => ({ triggerWord })), total: 3 } }),
    history('sorts as asked', ['2'], (w) => ({ id: w.beta._id, sort: { _updatedAt: 1 } }), { parts: { history: words.map((triggerWord) => ({ triggerWord })) } }),
    history('cuts the page', ['2'], (w) => ({ id: w.beta._id, offset: 1, count: 1 }), { parts: { history: [{ triggerWord: 'two' }], offset: 1, items: 1, count: 1, total: 3 } }),
    history('has nothing for an unknown id', ['3'], { id: 'zzz' }, { json: { history: [], offset: 0, items: 0, count: 0, total: 0, success: true } }),
    history('has nothing for an incoming integration', ['4'], (w) => ({ id: w.alpha._id }), { json: { history: [], offset: 0, items: 0, count: 0, total: 0, success: true } }),
    history('keeps the integration without its secrets', ['2'], (w) => ({ id: w.beta._id, count: 1 }), {
      parts: { history: [{ _id: any.id, type: 'outgoing-webhook', integration: { _id: (w) => w.beta._id, token: any.absent, script: any.absent } }] } }),
  ],
});
