// When failed deliveries are tried again, on a clock that the test moves.

import { expect, expect_json, expect_parts } from '../support/expect.mjs';
import { bell } from '../support/outgoing.mjs';
import { eventually, moment } from '../support/patience.mjs';
import { test } from '../support/testing.mjs';
import { use_world } from '../support/world.mjs';

const kSecond = 1000, kMinute = 60 * kSecond, kHour = 60 * kMinute;
const kQuietMs = 150;

const w = use_world({ server: { binary: 'testing' } });
const covers = (...rows) => ({ covers: rows.map((row) => `integrations ${row}`) });
let advanced_ms = 0;
const advance = (ms) => {
  advanced_ms += ms;
  return w.server.control({ command: 'advance-clock', ms });
};
const busy = { status: 503, body: 'busy' };
const retrying = (retryDelay, retryCount = 6) => ({ retryFailedCalls: true, retryCount, retryDelay });

const expect_waiting = async (hook, count) => {
  await moment(kQuietMs);
  expect(hook.requests().length === count, `expected ${count} requests by now, saw ${hook.requests().length}`);
};

// After attempt number `tries` the next one comes after `wait_ms`, and not before `early_ms`. The
// real clock runs on meanwhile, so the two are some seconds apart.
async function expect_wait(hook, tries, early_ms, wait_ms) {
  await hook.step(`going-to-retry-${tries}`);
  if (early_ms > 0) {
    await advance(early_ms);
    await expect_waiting(hook, tries);
  }
  await advance(wait_ms - early_ms);
  await hook.received(tries + 1);
}

const forms = [
  { form: 'powers-of-ten', row: 'wait-1', waits: [[0, 100], [0, 1000], [5 * kSecond, 10 * kSecond], [90 * kSecond, 100 * kSecond]] },
  { form: 'powers-of-two', row: 'wait-2', waits: [[0, 2000], [0, 4000], [3 * kSecond, 8 * kSecond], [10 * kSecond, 16 * kSecond]] },
  { form: 'increments-of-two', row: 'wait-3', waits: [[0, 2000], [0, 4000], [1 * kSecond, 6 * kSecond], [3 * kSecond, 8 * kSecond]] },
];
for (const { form, row, waits } of forms) {
  test(`${form} waits as it says`, covers(`12/${row}`, '12/3d'), async () => {
    const hook = await bell(w, retrying(form, 4));
    hook.answer(busy);
    await hook.ring();
    for (const [index, [early_ms, wait_ms]] of waits.entries()) await expect_wait(hook, index + 1, early_ms, wait_ms);
    await hook.step('too-many-retries');
    await advance(24 * kHour);
    await expect_waiting(hook, 5);
  });
}

test('an integration that says nothing is retried 6 times by powers of ten', covers('12/default-retry', '12/3d'), async () => {
  const hook = await bell(w);
  hook.answer(busy);
  await hook.ring();
  for (let tries = 1; tries <= 6; ++tries) {
    const wait_ms = 10 ** (tries + 1);
    await expect_wait(hook, tries, wait_ms > 20 * kSecond ? wait_ms - 10 * kSecond : 0, wait_ms);
  }
  await hook.step('too-many-retries');
});

test('policy waits longer each time, with jitter', covers('12/policy'), async () => {
  const hook = await bell(w, retrying('policy', 10));
  hook.answer(busy);
  await hook.ring();
  await expect_wait(hook, 1, 2 * kSecond, 6 * kSecond);
  await expect_wait(hook, 2, 15 * kSecond, 24 * kSecond);
  await expect_wait(hook, 3, 70 * kSecond, 96 * kSecond);
});

for (const status of [408, 425, 429, 500, 502, 503, 504]) {
  test(`policy tries ${status} again`, covers('12/policy'), async () => {
    const hook = await bell(w, retrying('policy'));
    hook.answer({ status, body: 'later' });
    await hook.ring();
    await hook.step('going-to-retry-1');
  });
}

for (const status of [400, 401, 404, 409, 422]) {
  test(`policy does not try ${status} again, the named forms do`, covers('12/policy', '12/3c-1'), async () => {
    const policy = await bell(w, retrying('policy')), named = await bell(w, retrying('powers-of-two'));
    for (const hook of [policy, named]) {
      hook.answer({ status, body: 'never' });
      await hook.ring();
    }
    expect_parts(await policy.finished(), { step: 'failed-and-not-configured-to-retry' });
    await named.step('going-to-retry-1');
  });
}

test('policy tries network failures again', covers('12/policy', '12/network'), async () => {
  const hook = await bell(w, { ...retrying('policy'), urls: ['http://127.0.0.1:1/'] });
  await hook.ring();
  await hook.step('going-to-retry-1');
});

test('policy ends at a total age of three days', covers('12/policy'), async () => {
  const hook = await bell(w, retrying('policy', 1000));
  hook.answer(busy);
  await hook.ring();
  const settled = (count) => eventually(`${count} entries`, async () => {
    const entries = await hook.entries();
    return entries.length === count && /retr/.test(entries.at(-1).step) && entries.at(-1);
  });
  let hours = 0, attempts = 1;
  let last = await settled(attempts);
  for (; last.step !== 'too-many-retries'; last = await settled(++attempts)) {
    expect(hours < 80, `still at ${last.step} after ${hours} hours`);
    await advance(8 * kHour);
    hours += 8;
  }
  expect(hours > 48, `it must not give up after ${hours} hours`);
});

test('Retry-After lengthens a wait', covers('12/retry-after'), async () => {
  const hook = await bell(w, retrying('powers-of-ten'));
  hook.answer({ ...busy, headers: { 'Retry-After': '60' } });
  await hook.ring();
  await expect_wait(hook, 1, 50 * kSecond, 60 * kSecond);
});

test('Retry-After as a date lengthens a wait', covers('12/retry-after'), async () => {
  const hook = await bell(w, retrying('powers-of-ten'));
  const { now } = await advance(0);
  hook.answer({ ...busy, headers: { 'Retry-After': new Date(Date.parse(now) + 60 * kSecond).toUTCString() } });
  await hook.ring();
  await expect_wait(hook, 1, 45 * kSecond, 61 * kSecond);
});

test('Retry-After does not shorten a wait', covers('12/retry-after'), async () => {
  const hook = await bell(w, retrying('powers-of-ten'));
  hook.answer(busy, busy, busy, { ...busy, headers: { 'Retry-After': '1' } });
  await hook.ring();
  for (const [index, wait_ms] of [100, 1000, 10_000].entries()) await expect_wait(hook, index + 1, 0, wait_ms);
  await expect_wait(hook, 4, 90 * kSecond, 100 * kSecond);
});

test('Retry-After is believed up to the cap', covers('12/retry-after'), async () => {
  await w.set_setting('Integrations_Retry_After_Max', 120);
  const hook = await bell(w, retrying('powers-of-ten'));
  hook.answer({ ...busy, headers: { 'Retry-After': '99999' } });
  await hook.ring();
  await expect_wait(hook, 1, 100 * kSecond, 121 * kSecond);
});

test('a retry that is due does not run when the integration was disabled meanwhile', covers('12/3c-2'), async () => {
  const hook = await bell(w, retrying('powers-of-two'));
  hook.answer(busy);
  await hook.ring();
  await hook.step('going-to-retry-1');
  await hook.change({ enabled: false });
  await advance(kMinute);
  await expect_waiting(hook, 1);
  expect((await hook.entries()).length === 1, 'no entry is made');
  await hook.change({ enabled: true });
  await advance(kMinute);
  await expect_waiting(hook, 1);
});

test('a retry sends the recorded payload', covers('12/durable-2'), async () => {
  const hook = await bell(w, retrying('powers-of-two'));
  hook.answer(busy, { body: 'thanks' });
  const message = await hook.ring('as it was');
  await hook.step('going-to-retry-1');
  await w.admin.must_post('/api/v1/chat.update', { roomId: hook.room._id, msgId: message._id, text: 'as it is now' });
  await w.admin.must_post('/api/v1/channels.rename', { roomId: hook.room._id, name: `${hook.room.name}-new` });
  await advance(2 * kSecond);
  const [first, second] = await hook.received(2);
  expect(first.text === second.text, `the same bytes again: ${first.text} and ${second.text}`);
});

test('a waiting retry survives kill -9', covers('12/durable-1'), async () => {
  const soon = await bell(w, retrying('powers-of-two')), late = await bell(w, retrying('powers-of-ten'));
  soon.answer(busy, { body: 'thanks' });
  late.answer(busy, busy, busy, busy, { body: 'thanks' });
  await soon.ring('remember me');
  await soon.step('going-to-retry-1');
  await late.ring('and me');
  for (const [index, wait_ms] of [100, 1000, 10_000].entries()) await expect_wait(late, index + 1, 0, wait_ms);
  await late.step('going-to-retry-4');
  await w.crash_and_restart();
  // The clock starts anew with the server.
  await advance(advanced_ms + 100 * kSecond);
  await soon.received(2);
  await late.received(5);
  for (const hook of [soon, late]) {
    await hook.step('after-http-call');
    const requests = hook.requests();
    expect(requests.at(-1).text === requests[0].text, 'the same bytes again');
  }
  expect_json((await soon.entries()).map((entry) => entry.step), ['going-to-retry-1', 'after-http-call']);
});
