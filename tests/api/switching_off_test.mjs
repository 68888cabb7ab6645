// An outgoing integration is switched off when its target says 410, or after long failure; its maker
// is told once.

import { any, expect, expect_json, expect_parts, matching } from '../support/expect.mjs';
import { bell, script } from '../support/outgoing.mjs';
import { eventually, moment } from '../support/patience.mjs';
import { test } from '../support/testing.mjs';
import { use_world } from '../support/world.mjs';

const kDay = 86_400_000, kManyDays = 3650;
const kDeathMs = 3000;
const kFailures = 10;   // kFailuresBeforeSwitchingOff
const own_rights = ['manage-own-outgoing-integrations'];

const w = use_world({ server: { binary: 'testing' }, setup: async (world) => {
  // Local targets are the administrators' to reach, unless they are opened to all makers.
  await world.set_setting('Integrations_Egress_Allow', '127.0.0.0/8');
  // The clock is moved by months: logins and records stay all the same.
  await world.set_setting('Accounts_TwoFactorAuthentication_Enabled', false);
  await world.set_setting('Accounts_LoginExpiration', kManyDays);
  await world.set_setting('Integrations_History_Days', kManyDays);
} });
const covers = (...rows) => ({ covers: rows.map((row) => `integrations ${row}`) });
const advance = (ms) => w.server.control({ command: 'advance-clock', ms });
const once = { retryFailedCalls: false };

let makers = 0;
async function new_maker() {
  const name = `maker${++makers}`;
  await w.create_caller(name, { rights: own_rights });
  return name;
}
// A webhook of the maker's own, in a channel that he is in.
async function own_bell(name, changes = {}) {
  const maker = w.callers[name];
  const room = await w.create_channel({ members: [maker.username] });
  return bell(w, { ...once, ...changes }, { room, by: maker });
}
const is_enabled = async (hook) => (await w.admin.must_get('/api/v1/integrations.get', { integrationId: hook.integration._id })).integration.enabled;

// What rocket.cat wrote to the caller, oldest first.
async function notices(name) {
  const by = w.callers[name];
  const { ims } = await by.must_get('/api/v1/im.list');
  const room = ims.find((one) => one.usernames.length === 2 && one.usernames.includes('rocket.cat'));
  if (!room) return [];
  return (await w.messages(room, by)).reverse();
}
const noticed = (name, count = 1) => eventually(`${count} notices to ${name}`, async () => {
  const all = await notices(name);
  return all.length >= count && all;
});

async function fail(hook, times = 1) {
  for (let i = 0; i < times; ++i) {
    const before = (await hook.entries()).length;
    await hook.ring();
    await eventually('a failed delivery', async () => (await hook.entries()).filter((one) => one.finished).length > before);
  }
}

for (const tries of [{ name: 'at once', answers: [{ status: 410, body: 'gone' }] },
                     { name: 'after a retry', answers: [{ status: 503 }, { status: 410 }] }]) {
  test(`410 ${tries.name}: the maker is told`, covers('12/3a', '12/3a-empty'), async () => {
    const name = await new_maker();
    const hook = await own_bell(name, { name: 'Deploy `bot` @all', retryFailedCalls: true, retryCount: 2, retryDelay: 'powers-of-ten' });
    hook.answer(...tries.answers);
    await hook.ring();
    const entry = await hook.step('after-process-http-status-410');
    expect_parts(entry, { finished: true, error: 'The target answered 410. The integration was switched off: its target answered 410 (Gone): it wants no more calls' });
    const [notice] = await noticed(name);
    expect_parts(notice, { u: { username: 'rocket.cat' }, mentions: [], bot: { i: hook.integration._id } });
    const { deliveries } = await w.admin.must_get('/api/v1/integrations.deliveries', { integrationId: hook.integration._id });
    for (const part of ['`Deploy  bot  @all`', `\`${hook.integration._id}\``, 'answered 410', `Since: ${entry._updatedAt}`, `\`${deliveries[0]._id}\``, 'switch the webhook on again'])
      expect(notice.msg.includes(part), `${part} in ${notice.msg}`);
    expect(await is_enabled(hook) === false, 'it is off');
    expect((await noticed(name)).length === 1, 'he is told once');
  });
}

test('the notice counts as unread, in a room that is open', async () => {
  const name = await new_maker();
  const hook = await own_bell(name);
  hook.answer({ status: 410 });
  await hook.ring();
  const [notice] = await noticed(name);
  const { subscription } = await w.callers[name].must_get('/api/v1/subscriptions.getOne', { roomId: notice.rid });
  expect_parts(subscription, { open: true, unread: 1 });
});

test('two targets say 410 at the same time: told once', async () => {
  const name = await new_maker();
  let release;
  const released = new Promise((resolve) => { release = resolve; });
  const urls = ['/gone-a', '/gone-b'].map((path) => w.receiver.url(path));
  for (const path of ['/gone-a', '/gone-b']) w.receiver.answer(path, () => released);
  const hook = await own_bell(name, { urls });
  await hook.ring();
  for (const path of ['/gone-a', '/gone-b']) await w.receiver.wait_for(1, { path });
  release({ status: 410 });
  await eventually('both records', async () => (await hook.entries()).filter((one) => one.finished).length === 2);
  expect((await noticed(name)).length === 1, 'one notice');
});

test('switched on again, it can be switched off again', async () => {
  const name = await new_maker();
  const hook = await own_bell(name);
  hook.answer({ status: 410 });
  for (const count of [1, 2]) {
    await hook.change({ username: 'rocket.cat' });
    expect(await is_enabled(hook), 'it is on');
    await hook.ring();
    expect((await noticed(name, count)).length === count, `${count} notices`);
  }
});

test('an attempt that is made again after a crash tells once', async () => {
  const name = await new_maker();
  let release;
  const released = new Promise((resolve) => { release = resolve; });
  const hook = await own_bell(name);
  hook.answer(async () => {
    await released;
    return { status: 410 };
  });
  await hook.ring();
  await hook.received(1);
  await w.crash_and_restart();
  await hook.received(2);
  release();
  await noticed(name);
  await w.crash_and_restart();
  expect((await noticed(name)).length === 1, 'one notice');
  expect(await is_enabled(hook) === false, 'it is off');
});

// The write that ends the attempt is cut off: whatever is found afterwards, it is all or nothing.
test('a death while it is written leaves all of it or nothing', async () => {
  const name = await new_maker();
  const hook = await own_bell(name);
  for (const after of [0, 5, 15]) {
    await hook.change({ username: 'rocket.cat' });
    const before = (await notices(name)).length;
    let release;
    const released = new Promise((resolve) => { release = resolve; });
    hook.answer(async () => {
      await released;
      return { status: 410 };
    });
    const requests = hook.requests().length;
    await hook.ring();
    await hook.received(requests + 1);
    await w.server.control({ command: 'die-at', operation: 'write', file: 'log', after, seed: after });
    release();
    await Promise.race([w.server.ended(), moment(kDeathMs)]);
    await w.server.kill();
    await w.server.restart();
    await w.connect();
    await noticed(name, before + 1);
    expect(await is_enabled(hook) === false, 'it is off');
    expect((await notices(name)).length === before + 1, `one notice more at death ${after}`);
  }
});

test('a maker who cannot read it: an administrator is told', async () => {
  const count = async () => (await notices('admin')).length;
  for (const [end, word] of [['deactivate', 'users.setActiveStatus'], ['delete', 'users.delete']]) {
    const name = await new_maker();
    const hook = await own_bell(name, { name: `of one to ${end}` });
    const before = await count();
    let release;
    const released = new Promise((resolve) => { release = resolve; });
    hook.answer(async () => {
      await released;
      return { status: 410 };
    });
    await hook.ring();
    await hook.received(1);
    const userId = w.callers[name].user_id;
    await w.admin.must({ method: 'POST', path: `/api/v1/${word}`, headers: w.admin.second_factor_headers(),
                         body: end === 'delete' ? { userId } : { userId, activeStatus: false, confirmRelinquish: true } });
    release();
    const all = await noticed('admin', before + 1);
    expect(all.length === before + 1, 'one notice');
    expect(all.at(-1).msg.includes(`Its maker \`${w.callers[name].username}\` cannot be told`), all.at(-1).msg);
  }
});

test('the notice triggers no webhook', async () => {
  const name = await new_maker();
  const listening = await bell(w, { ...once, channel: 'all_direct_messages' });
  const hook = await own_bell(name);
  hook.answer({ status: 410 });
  await hook.ring();
  await noticed(name);
  await w.receiver.expect_quiet();
  expect(listening.requests().length === 0, 'nobody heard of it');
  await w.callers[name].must_post('/api/v1/chat.postMessage', { roomId: (await notices(name))[0].rid, text: 'thanks' });
  await listening.received(1);
});

// So often as makes it long, with a day between.
async function fail_for_days(hook, days) {
  for (let i = 0; i < days; ++i) {
    await advance(kDay);
    await fail(hook);
  }
}

test('after days without success it is switched off, also across crashes', async () => {
  const name = await new_maker();
  const hook = await own_bell(name);
  hook.answer({ status: 404 });
  await fail(hook);
  const [first] = await hook.entries();
  await fail(hook, kFailures - 6);
  await w.crash_and_restart();
  await fail_for_days(hook, 4);
  await w.crash_and_restart();
  await fail(hook);
  await advance(kDay);
  expect(await is_enabled(hook), 'it stays on until a delivery fails');
  await fail(hook);
  const last = (await hook.entries()).find((entry) => entry.error.includes('switched off'));
  expect_parts(last, { step: 'failed-and-not-configured-to-retry',
    error: matching(/^The target answered 404\. The integration was switched off: none of its deliveries has succeeded since \S+Z, and 11 failed$/) });
  expect(await is_enabled(hook) === false, 'it is off');
  const [notice] = await noticed(name);
  for (const part of [`succeeded since ${first._updatedAt}`, `Since: ${first._updatedAt}`, hook.integration._id]) expect(notice.msg.includes(part), `${part} in ${notice.msg}`);
  const requests = hook.requests().length;
  await hook.ring();
  await w.receiver.expect_quiet();
  expect(hook.requests().length === requests, 'and stays off');
  await hook.change({ username: 'rocket.cat' });
  await fail(hook, 2);
  expect(await is_enabled(hook), 'switched on again, it begins anew');
  expect((await notices(name)).length === 1, 'no further notice');
});

const succeed = async (hook) => {
  hook.answer({ status: 200 });
  const before = (await hook.entries()).length;
  await hook.ring();
  await eventually('a success', async () => (await hook.entries()).length > before);
  hook.answer({ status: 404 });
};
const stays_on = [
  { name: 'few failures, however long', failures: 1, days: kFailures - 2 },
  { name: 'many failures in a short time', failures: kFailures + 5, days: 4 },
  { name: 'the clock jumps ahead', failures: kFailures + 5, between: () => advance(365 * kDay), days: 3 },
  { name: 'the clock was set back', failures: kFailures + 5, between: () => advance(-2 * kDay), days: 4 },
  { name: 'a success between', failures: kFailures, between: succeed, days: kFailures - 1 },
  { name: 'saved between', failures: kFailures, between: (hook) => hook.change(once), days: kFailures - 1 },
  { name: 'the rule is off', setting: 0, failures: kFailures, days: 8 },
];
for (const one of stays_on) {
  test(`it stays on: ${one.name}`, async (t) => {
    if (one.setting !== undefined) {
      await w.set_setting('Integrations_Switch_Off_Days', one.setting);
      t.after(() => w.set_setting('Integrations_Switch_Off_Days', 5));
    }
    const name = await new_maker();
    const hook = await own_bell(name);
    hook.answer({ status: 404 });
    await fail(hook, one.failures);
    await one.between?.(hook);
    await fail_for_days(hook, one.days);
    expect(await is_enabled(hook), 'it is on');
    expect((await notices(name)).length === 0, 'nobody is told');
  });
}

test('a reply that cannot be posted is no failure of the target', async () => {
  const name = await new_maker();
  const maker = w.callers[name];
  const room = await w.create_group({ members: [maker.username] });
  const hook = await bell(w, once, { room, by: maker });
  hook.answer({ body: { text: 'let me in' } });
  await fail(hook, kFailures);
  await fail_for_days(hook, 6);
  expect(await is_enabled(hook), 'it is on');
});

test('what a script leaves out is no success', async () => {
  const name = await new_maker();
  const hook = await own_bell(name, script({ prepare: "return request.data.text === 'skip' ? undefined : request;" }));
  hook.answer({ status: 404 });
  await fail(hook, kFailures);
  await fail_for_days(hook, 4);
  await hook.ring('skip');
  await hook.step('after-prepare-no-opts');
  await fail_for_days(hook, 1);
  expect(await is_enabled(hook) === false, 'it is off');
  expect_json((await noticed(name)).length, 1);
});
