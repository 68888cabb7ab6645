// The server dies while it brings the database of an older one up to date: the next start finishes
// that, with every row, and goes on with what was to be delivered.

import fs from 'node:fs';
import path from 'node:path';

import { make_older, newest_version } from '../support/database.mjs';
import { expect, expect_json } from '../support/expect.mjs';
import { eventually } from '../support/patience.mjs';
import { fresh_directory } from '../support/test_server.mjs';
import { after, before, test } from '../support/testing.mjs';
import { World } from '../support/world.mjs';
import { Random } from '../differential/random.mjs';
import { Target } from './target.mjs';

const kPosts = 25;
const kDeaths = 3;             // one after another, of one database
const kTries = 12;             // for as many deaths; a start may end before the chosen call
const kWritesMax = 60, kSyncsMax = 6;
const kRetryMs = 60_000;

const seed = Number(process.env.GANTRY_CRASH_SEED) || Math.floor(Math.random() * 2 ** 31);
const random = new Random(seed);

let target, data, room, texts;

// A database with a delivery whose second attempt is due after the server is gone.
before(async () => {
  target = await Target.start();
  const world = await World.start({ receiver: false });
  data = world.server.data;
  room = await world.create_channel();
  texts = Array.from({ length: kPosts }, (_, index) => `post ${index}`);
  for (const text of texts) await world.post(room, text);
  const hook = await world.create_outgoing({ channel: `#${room.name}`, urls: [target.url('/quiet')], sendDeliveryId: true,
                                             retryFailedCalls: true, retryCount: 3, retryDelay: 'powers-of-two' });
  texts.push('post fails=1');
  await world.post(room, texts.at(-1));
  await world.wait_for_history(hook, 'going-to-retry-1', (entry) => entry.step === 'going-to-retry-1');
  await world.server.stop();
});

after(async () => {
  fs.rmSync(data, { recursive: true, force: true });
  await target.stop();
});

async function dies_at_start(older, memory) {
  const [operation, most] = random.pick([['write', kWritesMax], ['sync', kSyncsMax]]);
  const death = `${operation} any ${random.below(most)} ${1 + random.below(1_000_000)}`;
  const server = { binary: 'testing', data: older, env: { GANTRY_TESTING_MEMORY: memory, GANTRY_TESTING_DEATH: death } };
  const world = await World.start({ receiver: false, server }).catch(() => undefined);
  await world?.server.kill();
  return !world;
}

// `seen` is what the target had seen before any of it: also the server that died may have delivered.
async function finishes_and_goes_on(older, seen) {
  const world = await World.start({ receiver: false, server: { binary: 'testing', data: older } });
  try {
    const found = (await world.messages(room)).filter((one) => !one.t).map((one) => one.msg);
    expect_json(found.sort(), [...texts].sort());
    await world.server.control({ command: 'advance-clock', ms: kRetryMs });
    await eventually('the second attempt', async () =>
      (await world.admin.must_get('/api/v1/integrations.deliveries', { state: 'succeeded', text: texts.at(-1) })).count === 1);
    expect(target.notes.length > seen, 'the target saw no second attempt');
  } finally {
    await world.server.stop();
  }
}

for (let version = 1; version < newest_version(); ++version) {
  for (const memory of ['kept', 'lost']) {
    test(`a death between version ${version} and the newest, what was not synced is ${memory}`, async (t) => {
      const older = fresh_directory('older');
      t.after(() => fs.rmSync(older, { recursive: true, force: true }));
      let deaths = 0;
      for (let tries = 0; deaths < kDeaths && tries < kTries; ++tries) {
        // A start that did not die has left nothing to do for the next.
        for (const name of fs.readdirSync(older)) fs.rmSync(path.join(older, name), { recursive: true });
        await make_older(data, older, version);
        const seen = target.notes.length;
        if (await dies_at_start(older, memory)) {
          ++deaths;
          await finishes_and_goes_on(older, seen).catch((error) => { throw new Error(`seed ${seed}: ${error.message}`); });
        }
      }
      expect(deaths > 0, `seed ${seed}: no start died in ${kTries}`);
    });
  }
}
