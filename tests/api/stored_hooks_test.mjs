// Outgoing webhooks as older servers stored them, with members missing or with values that no
// operation writes any more.

import { expect, expect_parts } from '../support/expect.mjs';
import { edit_database } from '../support/database.mjs';
import { bell } from '../support/outgoing.mjs';
import { test } from '../support/testing.mjs';
import { use_world } from '../support/world.mjs';

const w = use_world();

async function with_stored(integration, change) {
  await w.server.stop();
  await edit_database(w.server, `UPDATE integrations SET extra = ${change} WHERE id = ?`, integration._id);
  await w.server.restart();
  await w.connect();
}

test('one without an event hears messages', { covers: ['integrations 9/no-event'] }, async () => {
  const hook = await bell(w, { event: 'roomLeft' });
  await with_stored(hook.integration, "json_remove(extra, '$.event')");
  await hook.ring('still there?');
  const [request] = await hook.received();
  expect_parts(request.json, { text: 'still there?' });
});

test('one without a token sends none', { covers: ['integrations 9/base'] }, async () => {
  const hook = await bell(w);
  await with_stored(hook.integration, "json_remove(extra, '$.token')");
  await hook.ring();
  const [request] = await hook.received();
  expect(Object.keys(request.json)[0] === 'bot', `no token, first comes bot: ${request.text}`);
});

test('an unknown word for the wait stops', { covers: ['integrations 12/wait-4', 'integrations 15/errors'] }, async () => {
  const hook = await bell(w, { retryFailedCalls: true, retryCount: 3, retryDelay: 'powers-of-two' });
  await with_stored(hook.integration, "json_set(extra, '$.retry_delay', 'now-and-then')");
  hook.answer({ status: 503, body: 'busy' });
  await hook.ring();
  const entry = await hook.step('failed-and-retry-delay-is-invalid');
  expect_parts(entry, { finished: true, error: "The integration's retryDelay setting is invalid." });
  await w.receiver.expect_quiet();
});
