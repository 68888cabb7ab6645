// What tests of incoming webhooks and of scripts share.

import { expect } from './expect.mjs';

export const success = { success: true };
export const refusal = (text) => ({ success: false, error: text });
export const not_loaded = refusal('error-evaluating-script');
export const not_run = refusal('error-running-script');

// A script whose process_incoming_request has this body; `before` stands in front of the class.
export const script_of = (body, before = '') => `${before}
class Script {
  process_incoming_request({ request }) {
    ${body}
  }
}`;

// A script that tells the value of an expression, in an answer's `value`.
export const telling = (expression, before = '') =>
  script_of(`return { content: { text: 'told' }, response: { value: ${expression} } };`, before);

export function create_scripted(w, script, changes = {}, by = w.admin) {
  return w.create_incoming({ scriptEnabled: true, script, ...changes }, by);
}

// Calls a hook as a stranger does.
export function call_hook(w, integration, body = {}, more = {}) {
  return w.anonymous.post(w.hook_path(integration), body, more);
}

// What the script answers, when the call succeeds.
export async function told_by(w, integration, body = {}) {
  const answer = await call_hook(w, integration, body);
  expect(answer.status === 200, `the hook answered ${answer.status}: ${answer.text}`);
  return answer.json.value;
}

export async function newest(w, room, by) {
  return (await w.messages(room, by))[0];
}

// Posts through a hook and gives the message that is stored.
export async function posted_through(w, integration, room, body, by) {
  const answer = await call_hook(w, integration, body);
  expect(answer.status === 200, `the hook answered ${answer.status}: ${answer.text}`);
  return newest(w, room, by);
}

// Updates an incoming integration; keys that are not given stay.
export function update_incoming(w, integration, changes) {
  return w.admin.put('/api/v1/integrations.update', {
    integrationId: integration._id, type: 'webhook-incoming', channel: integration.channel.join(','),
    scriptEnabled: integration.scriptEnabled, name: integration.name, enabled: integration.enabled, ...changes });
}
