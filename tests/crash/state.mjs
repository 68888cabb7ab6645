// What a server shows of a site over REST, and waiting until it has nothing left to do there.

import { patience } from '../support/patience.mjs';

const kPage = 100;
const kAtOnce = 8;
const kListedMax = 1000;
const kStuckMs = 5_000;        // nothing moves any more
const kStepMs = 20_000;        // of the server's clock, past the next retry
const kPollMs = 15;

const get = (w, path, query) => w.admin.request({ path, query, kind: false }).then((answer) => {
  if (answer.status !== 200) throw new Error(`${path} answered ${answer.status}: ${answer.text.slice(0, 300)}`);
  return answer.json;
});

async function messages_of(w, room) {
  const out = [];
  for (let total = 1; out.length < total;) {
    const page = await get(w, '/api/v1/channels.messages', { roomId: room._id, count: kPage, offset: out.length });
    out.push(...page.messages);
    total = page.total;
    if (page.messages.length === 0) break;
  }
  return out.filter((one) => !one.t);
}

// Texts of the rooms of a site: [{id, room, text, hook}].
export async function read_messages(w, site) {
  const lists = await Promise.all(site.rooms.map((room) => messages_of(w, room)));
  return lists.flatMap((list, index) => list.map((one) => (
    { id: one._id, room: site.rooms[index]._id, text: one.msg, hook: one.bot?.i })));
}

async function deliveries_of(w, integration) {
  const out = [];
  for (;;) {
    const { deliveries, total } = await get(w, '/api/v1/integrations.deliveries',
                                            { integrationId: integration._id, count: kListedMax, offset: out.length });
    out.push(...deliveries);
    if (out.length >= (total ?? 0) || deliveries.length === 0) return out;
  }
}

// With their attempts and payloads.
export async function read_deliveries(w, site) {
  const rows = (await Promise.all(site.outgoing.map(({ integration }) => deliveries_of(w, integration)))).flat();
  const out = [];
  const lanes = Array.from({ length: kAtOnce }, async () => {
    while (rows.length) out.push((await get(w, '/api/v1/integrations.delivery', { id: rows.pop()._id })).delivery);
  });
  await Promise.all(lanes);
  return out;
}

export async function read_alias(w, site) {
  const { integration } = await get(w, '/api/v1/integrations.get', { integrationId: site.outgoing.at(-1).integration._id });
  return integration.alias;
}

async function open_of(w, site) {
  const counts = await Promise.all(site.outgoing.map(({ integration }) =>
    get(w, '/api/v1/integrations.deliveries.count', { integrationId: integration._id })));
  const sum = (state) => counts.reduce((all, { states }) => all + states[state], 0);
  return { queued: sum('queued'), retrying: sum('retrying'), ended: sum('succeeded') + sum('failed') };
}

// Lets the server finish its deliveries; the clock is moved past the waits of retries. False when
// some never end.
export async function drain(w, site, target, advance) {
  let last = '', moved = performance.now();
  for (;;) {
    const open = await open_of(w, site);
    if (open.queued + open.retrying === 0) return true;
    const seen = `${JSON.stringify(open)} ${target.notes.length}`;
    if (seen !== last) moved = performance.now();
    last = seen;
    if (performance.now() - moved > kStuckMs * patience) return false;
    if (open.queued === 0) await advance(kStepMs);
    await new Promise((resolve) => setTimeout(resolve, kPollMs));
  }
}
