// Goal 1e: answers that show the state before a change, asked for after the change was
// acknowledged. Changes alternate between a right that is taken away or given back and the name of
// an integration; after each acknowledgement all readers ask at once, each on a connection of its own.
// Readers that ask while a change is made may get the state before it or after it, and nothing else.

import { Gantry, copy_of } from '../lib/gantry.mjs';
import { Rest } from '../lib/rest.mjs';
import { spread } from '../lib/stats.mjs';
import { login_headers, workspace } from '../lib/workspace.mjs';

export const about = { name: 'stale', goals: ['1e'] };

const kReaders = 64;
const kWatchers = 4;
const kAnswers = 100_000;

export async function measure(bench) {
  const space = await workspace(bench, 'team');
  // Not pinned to one core: stale reads would come of threads that really run at once.
  const server = await Gantry.start(bench.binary, copy_of(space.data, bench.scratch, 'stale'), { core: '0,1' });
  const admin = await server.login();
  try {
    const caller = space.callers.find(({ kind }) => kind === 'outgoing');
    const room = caller.rooms[0];
    const target = `/api/v1/groups.getIntegrations?roomId=${room}`;
    const before = await server.anonymous.send('GET', target, undefined, login_headers(caller));
    const integration = before.json.integrations[0];
    const { update } = await admin.get('/api/v1/permissions.listAll');
    const right = update.find(({ _id }) => _id === 'manage-outgoing-integrations');
    const readers = new Rest(server.port, caller, kReaders);
    const wanted = bench.quick ? kAnswers / 20 : kAnswers;
    const watcher = new Rest(server.port, space.callers.find(({ kind, rooms }) => kind === 'outgoing' && rooms.includes(room)), kWatchers);
    let asked = 0, stale = 0, changes = 0, watched = 0, torn = 0, over = false;
    const every = before.json.integrations.length;
    const watch = async () => {
      while (!over) {
        const answer = await watcher.send('GET', target);
        ++watched;
        if (answer.status !== 200) continue;   // the right is away just now
        const { integrations } = answer.json;
        if (integrations.length !== every || !integrations.some((one) => one._id === integration._id)) ++torn;
      }
    };
    const watching = Array.from({ length: kWatchers }, watch);
    while (asked < wanted) {
      const step = changes % 4;
      const name = step < 2 || step === 3 ? `after change ${changes}` : undefined;
      if (step === 1) await admin.post('/api/v1/permissions.update', { permissions: [{ _id: right._id, roles: ['admin'] }] });
      else if (step === 2) await admin.post('/api/v1/permissions.update', { permissions: [{ _id: right._id, roles: right.roles }] });
      else await admin.must('PUT', '/api/v1/integrations.update', { type: 'webhook-outgoing', integrationId: integration._id, name,
        enabled: true, username: 'rocket.cat', channel: integration.channel[0], scriptEnabled: false, event: 'sendMessage',
        urls: integration.urls, triggerWords: ['never-said'] });
      const answers = await Promise.all(Array.from({ length: kReaders }, () => readers.send('GET', target)));
      for (const answer of answers) {
        const renamed = () => answer.json.integrations.some((one) => one._id === integration._id && one.name === name);
        const fresh = step === 1 ? [400, 403].includes(answer.status) : answer.status === 200 && (step === 2 || renamed());
        if (!fresh && stale === 0) bench.say(`  stale after change ${changes}: ${answer.status} ${answer.bytes.toString().slice(0, 200)}`);
        if (!fresh) ++stale;
      }
      asked += kReaders;
      ++changes;
    }
    over = true;
    await Promise.all(watching);
    readers.close();
    watcher.close();
    return [{ goal: '1e', what: `stale answers of ${asked.toLocaleString('en')}, after ${changes.toLocaleString('en')} acknowledged changes`,
              value: spread([stale]), unit: '', pass: 0, stretch: 0, better: 'less' },
            { goal: '1e', what: `of ${watched.toLocaleString('en')} answers during changes, those that show neither the state before nor the one after`,
              value: spread([torn]), unit: '', pass: 0, stretch: 0, better: 'less' }];
  } finally {
    admin.close();
    await server.stop();
  }
}
