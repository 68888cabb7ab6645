// One call of the store's files fails, each in turn, while messages are posted, delivered and
// answered: whoever was told success has his message, its delivery and its one reply.

import { expect, expect_json } from '../support/expect.mjs';
import { bell } from '../support/outgoing.mjs';
import { eventually } from '../support/patience.mjs';
import { test } from '../support/testing.mjs';
import { use_world } from '../support/world.mjs';

const kAtOnce = 3;
const kSettledMs = 30_000;

const w = use_world({ server: { binary: 'testing' } });

async function texts_in(room) {
  const found = [];
  for (let offset = 0, total = 1; offset < total; offset += 100) {
    const page = await w.admin.must_get('/api/v1/channels.messages', { roomId: room._id, count: 100, offset });
    total = page.total;
    found.push(...page.messages);
  }
  return found.filter((one) => !one.t).map((one) => one.msg);
}

async function post_some(room, number, acknowledged) {
  await Promise.all(Array.from({ length: kAtOnce }, async (_, index) => {
    const text = `message ${number}.${index}`;
    const answer = await w.admin.post('/api/v1/chat.postMessage', { roomId: room._id, text });
    if (answer.status === 200) acknowledged.push(text);
    else expect_json({ status: answer.status, refused: answer.json.success }, { status: 503, refused: false });
  }));
}

// Rounds, and about how many calls of the operation one makes.
const kFaults = [['write', 'full', 40, 4], ['write', 'io', 40, 4], ['sync', 'io', 20, 2], ['read', 'io', 12, 2]];

for (const [operation, error, rounds, calls] of kFaults) {
  test(`each ${operation} fails once (${error})`, async () => {
    const hook = await bell(w);
    hook.answer((request) => ({ body: { text: `reply to ${request.json.text}` } }));
    const acknowledged = [];
    let failed = 0;
    for (let round = 0; round < rounds; ++round) {
      await w.server.control({ command: 'fail-disk', operation, error, after: round % calls, times: 1 });
      await post_some(hook.room, round, acknowledged);
      failed += (await w.server.control({ command: 'heal-disk' })).failed;
    }
    expect(operation === 'read' || failed > rounds / 4, `only ${failed} calls failed`);
    const wanted = acknowledged.flatMap((text) => [text, `reply to ${text}`]);
    await eventually('every reply', async () => {
      const there = new Set(await texts_in(hook.room));
      return wanted.every((text) => there.has(text));
    }, kSettledMs);
    await w.crash_and_restart();
    const stored = await texts_in(hook.room);
    expect_json(wanted.filter((text) => !stored.includes(text)), []);
    expect(new Set(stored).size === stored.length, 'something is there twice');
  });
}
