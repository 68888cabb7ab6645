// Saving integrations while the environment forbids new scripts. Contract "integrations" 4.2/5,
// 4.3/2, 4.4/5, 4.5/6.

import { expect, expect_json } from '../support/expect.mjs';
import { test } from '../support/testing.mjs';
import { use_world } from '../support/world.mjs';

const script = 'class Script { process_incoming_request() { return {}; } }';
const failures = [['yes', 'integration-scripts-disabled'], ['true', 'integration-scripts-disabled'],
                  ['ivm', 'integration-scripts-isolated-vm-disabled']];
const incoming = { type: 'webhook-incoming', name: 'in', enabled: true, username: 'rocket.cat', channel: '#general', scriptEnabled: true };
const outgoing = { ...incoming, type: 'webhook-outgoing', name: 'out', event: 'sendMessage', urls: ['https://ops.example/hook'] };
const kinds = [['incoming', incoming, '4.2/5', '4.4/5'], ['outgoing', outgoing, '4.3/2', '4.5/6']];

const w = use_world({ receiver: false, setup: async (world) => {
  world.made = {};
  for (const [kind, body] of kinds) world.made[kind] = await world.create_integration({ ...body, script });
  await world.create_caller('plain');
} });

for (const [value, error] of failures) {
  test(`FREEZE_INTEGRATION_SCRIPTS=${value} refuses scripts and saves the rest`,
       { covers: kinds.flatMap(([, , ...rows]) => rows.map((row) => `integrations ${row}`)) }, async () => {
    await w.server.stop();
    await w.server.restart({ env: { FREEZE_INTEGRATION_SCRIPTS: value } });
    await w.connect();
    const refusal = { success: false, error };
    for (const [kind, body] of kinds) {
      const create = (changes) => w.admin.post('/api/v1/integrations.create', { ...body, ...changes });
      const update = (changes) => w.admin.put('/api/v1/integrations.update', { ...body, integrationId: w.made[kind]._id, ...changes });
      expect_json((await create({ script })).json, refusal, `creating ${kind} with a script`);
      expect_json((await create({ script, scriptEnabled: false })).json, refusal, `creating ${kind} with a script that is off`);
      expect((await create({})).status === 200, `creating ${kind} without a script`);
      expect((await create({ script: ' ' })).status === 200, `creating ${kind} with a blank script`);
      const before = (await w.admin.must_get('/api/v1/integrations.get', { integrationId: w.made[kind]._id })).integration;
      expect_json((await update({ script: 'class Script {}' })).json, refusal, `changing the script of ${kind}`);
      const after = (await w.admin.must_get('/api/v1/integrations.get', { integrationId: w.made[kind]._id })).integration;
      expect_json(after, before, `the ${kind} one after a refusal`);
      const same = await update({ script, name: `${value} again` });
      expect(same.status === 200 && same.json.integration.name === `${value} again`, `sending the same script of ${kind}: ${same.text}`);
      const none = await update({ name: `${value} without` });
      expect(none.status === 200 && none.json.integration.script === script, `sending no script of ${kind}: ${none.text}`);
    }
    const lacking = await w.callers.plain.post('/api/v1/integrations.create', { ...incoming, script });
    expect(lacking.json.errorType === 'not_authorized', `the right is not judged first: ${lacking.text}`);
    const unknown = await w.admin.post('/api/v1/integrations.create', { ...incoming, script, username: 'ghost' });
    expect_json(unknown.json, refusal, 'before the account is looked up the answer');
  });
}
