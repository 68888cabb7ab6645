// What a server shows of a site over REST, and waiting until it has nothing left to do there.

import { patience } from '../support/patience.mjs';

const kPage = 100;
const kAtOnce = 8;
const kListedMax = 1000;
const kStuckMs = 5_000;        // nothing moves any more
const kIdleMs = 500;
const kStepMs = 20_000;        // of the server's clock, past the next retry
const kStepMsMax = 600_000;    // a clock that was set back must make up for it
const kPollMs = 15;

// Something of the site itself is gone.
export class Gone extends Error {}

async function get(w, path, query) {
  const answer = await w.admin.request({ path, query, kind: false });
  const words = `${path} ${JSON.stringify(query)} answered ${answer.status}: ${answer.text.slice(0, 300)}`;
  if (answer.status === 400) throw new Gone(words);
  if (answer.status !== 200) throw new Error(words);
  return answer.json;
}

// Newest first: what is posted meanwhile moves the pages, so that one may show twice, and none is
// left out.
async function messages_of(w, room) {
  const out = new Map();
  for (let offset = 0, total = 1; offset < total; offset += kPage) {
    const page = await get(w, '/api/v1/channels.messages', { roomId: room._id, count: kPage, offset });
    for (const one of page.messages) {
      if (!one.t) out.set(one._id, { id: one._id, room: room._id, text: one.msg, hook: one.bot?.i });
    }
    total = page.total;
  }
  return [...out.values()];
}

// The messages of a site: [{id, room, text, hook}].
export async function read_messages(w, site) {
  return (await Promise.all([...site.rooms, site.unheard].map((room) => messages_of(w, room)))).flat();
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
  let last = '', moved = performance.now(), step = kStepMs;
  for (;;) {
    const open = await open_of(w, site);
    if (open.queued + open.retrying === 0) return true;
    const seen = `${JSON.stringify(open)} ${target.notes.length}`;
    step = seen === last ? Math.min(2 * step, kStepMsMax) : kStepMs;
    if (seen !== last) moved = performance.now();
    last = seen;
    if (performance.now() - moved > kStuckMs * patience) return false;
    // Redeliveries are queued, and wait for their time when the clock was set back.
    if (open.queued === 0 || performance.now() - moved > kIdleMs) await advance(step);
    await new Promise((resolve) => setTimeout(resolve, kPollMs));
  }
}
