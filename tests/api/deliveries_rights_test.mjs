// Whose deliveries the log shows, to whom it gives their bodies, and who may act on them.

import { any, expect, expect_json, expect_parts } from '../support/expect.mjs';
import { bell, script } from '../support/outgoing.mjs';
import { eventually } from '../support/patience.mjs';
import { test } from '../support/testing.mjs';
import { use_world } from '../support/world.mjs';

const base = '/api/v1/integrations';
const secret = 'the launch code';

// Deliveries of two integrations in a private room, the administrator's and one of `own`'s.
const w = use_world({
  setup: async (w) => {
    await w.create_caller('all', { rights: ['manage-outgoing-integrations'] });
    await w.create_caller('own', { rights: ['manage-own-outgoing-integrations'] });
    await w.create_caller('incoming', { rights: ['manage-incoming-integrations', 'manage-own-incoming-integrations'] });
    await w.create_caller('plain');
    // The receiver is on this machine, which only the administrator's integrations reach by themselves.
    await w.set_setting('Integrations_Egress_Allow', '127.0.0.1/32');
    w.den = await w.create_group({ members: [w.callers.own.username] });
    const printing = script({ prepare: 'console.log(request.data.text); return request;' });
    w.mine = await bell(w, { channel: `#${w.den.name}`, ...printing }, { room: w.den, by: w.callers.own });
    w.theirs = await bell(w, { channel: `#${w.den.name}`, ...printing }, { room: w.den });
    await w.post(w.den, secret);
    for (const key of ['mine', 'theirs']) {
      w[`${key}_row`] = await eventually('its delivery', async () => (await rows_of(w, w[key], w.admin))
        .find((row) => row.state === 'succeeded'));
    }
  },
});
const rows_of = async (w, hook, by, more = {}) => (await by.must_get(`${base}.deliveries`,
  { integrationId: hook.integration._id, ...more })).deliveries;
const detail = (row, by) => by.get(`${base}.delivery`, { id: row._id });
const error_of = (answer) => [answer.status, answer.json.errorType];
const routes = [['GET', 'deliveries'], ['GET', 'deliveries.count'], ['GET', 'delivery', { id: 'x' }],
  ['POST', 'redeliver', { deliveryIds: ['x'] }], ['POST', 'cancelDelivery', { deliveryIds: ['x'] }]];

async function expect_refused(by, status) {
  for (const [method, route, input] of routes) {
    const path = `${base}.${route}`;
    const answer = method === 'GET' ? await by.get(path, input) : await by.post(path, input);
    expect(answer.status === status, `${method} ${path}: ${answer.text}`);
  }
}

test('nobody is told anything without a login', () => expect_refused(w.anonymous, 401));

test('without a right on outgoing integrations all of it is refused', async () => {
  for (const by of [w.callers.plain, w.callers.incoming]) await expect_refused(by, 403);
});

test('manage-outgoing-integrations sees all', async () => {
  const { deliveries, total } = await w.callers.all.must_get(`${base}.deliveries`);
  expect_json(deliveries.map((row) => row._id).sort(), [w.mine_row._id, w.theirs_row._id].sort());
  expect(total === 2, 'and counts them');
  for (const row of [w.mine_row, w.theirs_row]) expect((await detail(row, w.callers.all)).status === 200, 'each');
});

test('manage-own-outgoing-integrations sees its own and nothing else', async () => {
  const { own } = w.callers;
  const { deliveries, total } = await own.must_get(`${base}.deliveries`);
  expect_json([deliveries.map((row) => row._id), total], [[w.mine_row._id], 1]);
  expect_json(await rows_of(w, w.theirs, own), []);
  expect((await own.must_get(`${base}.deliveries.count`)).count === 1, 'the count');
  expect((await own.must_get(`${base}.deliveries.count`, { integrationId: w.theirs.integration._id })).count === 0, 'nor others');
  expect((await detail(w.mine_row, own)).status === 200, 'its own');
  expect_json(error_of(await detail(w.theirs_row, own)), [400, 'error-invalid-delivery']);
});

test('others\' deliveries are neither made again nor cancelled', async () => {
  const { own } = w.callers;
  expect_json(error_of(await own.post(`${base}.redeliver`, { deliveryIds: [w.mine_row._id, w.theirs_row._id] })),
    [400, 'error-invalid-delivery']);
  expect_json((await own.must_post(`${base}.redeliver`, { filter: { integrationId: w.theirs.integration._id } })).count, 0);
  expect_json((await own.must_post(`${base}.redeliver`, { filter: {} })).count, 1);
  expect_json((await own.must_post(`${base}.cancelDelivery`, { deliveryIds: [w.theirs_row._id] })).notCancelled,
    [{ _id: w.theirs_row._id, reason: 'not-found' }]);
  await w.receiver.expect_quiet();
});

test('who reads the room has the bodies', async () => {
  const { json } = await detail(w.mine_row, w.callers.own);
  expect_parts(json.delivery, { payload: { text: secret }, bodiesHidden: any.absent });
  expect_parts(json.delivery.attempts[0], { request: { data: { text: secret } }, answer: any.string, console: [{ text: secret }] });
});

test('who does not read the room has everything but the bodies', async () => {
  const { all } = w.callers;
  const answer = await detail(w.mine_row, all);
  expect_parts(answer.json.delivery, { _id: w.mine_row._id, bodiesHidden: true, payload: any.absent, lastStatus: 200 });
  expect_parts(answer.json.delivery.attempts[0], { number: 1, status: 200, step: any.string,
    request: any.absent, answer: any.absent, console: any.absent });
  expect(!answer.text.includes(secret), 'the text is nowhere');
  const { deliveries } = await all.must_get(`${base}.deliveries`);
  expect(deliveries.every((row) => row.bodiesHidden), 'the rows say so too');
});

test('nor learns the text by looking for it', async () => {
  const { all, own } = w.callers;
  expect_json(await rows_of(w, w.mine, all, { text: 'launch' }), []);
  expect((await all.must_get(`${base}.deliveries.count`, { text: 'launch' })).count === 0, 'nor by counting');
  expect((await all.must_post(`${base}.redeliver`, { filter: { text: 'launch' } })).count === 0, 'nor by a dry run');
  expect((await rows_of(w, w.mine, own, { text: 'launch' })).length === 1, 'who reads the room finds it');
});

test('invited to the room, the bodies are there; once it is gone, they are nobody\'s', async () => {
  const { all } = w.callers;
  await w.admin.must_post('/api/v1/groups.invite', { roomId: w.den._id, userId: all.user_id });
  expect_parts((await detail(w.mine_row, all)).json.delivery, { payload: { text: secret } });
  await w.admin.must_post('/api/v1/groups.delete', { roomId: w.den._id });
  expect_parts((await detail(w.mine_row, w.callers.own)).json.delivery, { bodiesHidden: true, payload: any.absent });
});
