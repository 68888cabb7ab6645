// Outgoing webhooks of tests: each in a room of its own, with a path of its own on the receiver.

import { randomBytes } from 'node:crypto';

let counter = 0;

// {integration, room, path}, and: ring(text, by) posts in the room, received(n) awaits requests,
// step(name) awaits a history entry at that step, entries() gives the history, oldest first.
export async function bell(w, changes = {}, { room, by } = {}) {
  const path = `/bell-${++counter}-${randomBytes(3).toString('hex')}`;
  room ??= await w.create_channel();
  const integration = await w.create_outgoing({ channel: `#${room.name}`, urls: [w.receiver.url(path)], ...changes }, by);
  return {
    integration, room, path,
    ring: (text = 'ding', who = w.admin, more = {}) => w.post(room, text, who, more),
    received: (count = 1, within_ms) => w.receiver.wait_for(count, { path, within_ms }),
    step: (name, within_ms) => w.wait_for_history(integration, name, (entry) => entry.step === name, within_ms),
    finished: (within_ms) => w.wait_for_history(integration, 'finished', (entry) => entry.finished, within_ms),
    entries: async () => (await w.history(integration)).reverse(),
    requests: () => w.receiver.of(path),
    answer: (...answers) => w.receiver.answer(path, ...answers),
    change: (fields) => w.admin.must({ method: 'PUT', path: '/api/v1/integrations.update',
      body: { integrationId: integration._id, type: 'webhook-outgoing', name: integration.name, enabled: true,
              username: 'rocket.cat', channel: integration.channel.join(','), event: integration.event,
              urls: integration.urls, scriptEnabled: false, ...fields } }),
  };
}

// A script of two methods, each given by its body.
export function script({ prepare, process }) {
  const methods = [
    prepare === undefined ? '' : `  async prepare_outgoing_request({ request }) {\n    ${prepare}\n  }\n`,
    process === undefined ? '' : `  async process_outgoing_response({ request, response }) {\n    ${process}\n  }\n`];
  return { scriptEnabled: true, script: `class Script {\n${methods.join('')}}\n` };
}
