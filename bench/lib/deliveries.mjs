// Posts into a room with outgoing webhooks, and what their deliveries cost.

import { sleep, until } from './processes.mjs';

export const kText = 'what do the cats of the harbour do';

const kPostsAtOnce = 2;

// A private group with `hooks` webhooks on it, all to the same target.
export async function make_hooked_group(admin, name, hooks, url, more = {}) {
  const { group } = await admin.post('/api/v1/groups.create', { name, members: [] });
  for (let at = 0; at < hooks; ++at) {
    await admin.post('/api/v1/integrations.create', { type: 'webhook-outgoing', name: `${name} ${at}`, enabled: true,
      username: 'rocket.cat', channel: `#${name}`, event: 'sendMessage', urls: [url], scriptEnabled: false, ...more });
  }
  return group;
}

export const poster = (admin, group) => () => admin.post('/api/v1/chat.postMessage', { roomId: group._id, text: kText });

// Has `post` called so that two messages are always being delivered, for some seconds. A message makes
// `hooks` deliveries.
export async function deliver(server, post, receiver, seconds, hooks) {
  const started = performance.now();
  const first = receiver.received;
  const cpu = server.cpu();
  let posted = 0;
  while (performance.now() - started < seconds * 1000) {
    await post();
    ++posted;
    while (receiver.received - first < (posted - kPostsAtOnce) * hooks) await sleep(1);
  }
  await until('all deliveries', () => receiver.received - first >= posted * hooks, 60_000);
  // What is left to record of the last ones belongs to the measurement, too.
  await sleep(200);
  const after = server.cpu();
  const done = receiver.received - first;
  const [server_us, worker_us] = ['server', 'workers'].map((key) => (after[key] - cpu[key]) * 1e6 / done);
  return { done, per_second: done * 1000 / (performance.now() - started), cpu_us: server_us + worker_us, server_us, worker_us };
}
