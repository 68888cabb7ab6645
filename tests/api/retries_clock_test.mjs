// Retries while somebody sets the machine's clock back: the wait is the contract's all the same.

import { expect } from '../support/expect.mjs';
import { bell } from '../support/outgoing.mjs';
import { moment } from '../support/patience.mjs';
import { test } from '../support/testing.mjs';
import { use_world } from '../support/world.mjs';

const kSecond = 1000, kHour = 3_600_000;
const kQuietMs = 150;

const w = use_world({ server: { binary: 'testing' } });
const advance = (ms) => w.server.control({ command: 'advance-clock', ms });

// After its first attempt, with a wait of 16 seconds before it; the target is well again.
async function waiting_delivery() {
  const hook = await bell(w, { retryFailedCalls: true, retryCount: 6, retryDelay: 'powers-of-two' });
  hook.answer({ status: 503, body: 'busy', headers: { 'Retry-After': '16' } }, { body: 'thanks' });
  await hook.ring();
  await hook.step('going-to-retry-1');
  return hook;
}

async function expect_wait_of_16_s(hook) {
  await advance(8 * kSecond);
  await moment(kQuietMs);
  expect(hook.requests().length === 1, 'the retry came too early');
  await advance(8 * kSecond);
  await hook.received(2);
}

test('a retry does not wait for a clock that was set back', async () => {
  await advance(5 * kHour);
  const hook = await waiting_delivery();
  await advance(-5 * kHour);
  await expect_wait_of_16_s(hook);
});

test('nor for one that was set back while the server was down', async () => {
  await advance(5 * kHour);
  const hook = await waiting_delivery();
  await w.crash_and_restart();   // which finds the real time
  await expect_wait_of_16_s(hook);
});

test('nor does a delivery that is made again', async () => {
  await advance(5 * kHour);
  const hook = await bell(w);
  await hook.ring();
  await hook.received(1);
  const { deliveries } = await w.admin.must_get('/api/v1/integrations.deliveries', { integrationId: hook.integration._id });
  let release;
  const released = new Promise((resolve) => { release = resolve; });
  hook.answer(async () => {
    await released;
    return { body: 'late' };
  });
  await w.admin.must_post('/api/v1/integrations.redeliver', { deliveryIds: [deliveries[0]._id] });
  await hook.received(2);
  await w.crash_and_restart();
  await hook.received(3);
  release();
});
