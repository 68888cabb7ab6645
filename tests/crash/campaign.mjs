// One campaign of a crash test: a server under load is killed again and again, each time at a point
// that the seed chooses; after each restart the checker looks.

import { unrecorded } from '../support/coverage.mjs';
import { damages_of } from '../support/database.mjs';
import { World } from '../support/world.mjs';
import { Random } from '../differential/random.mjs';
import { Backup } from './backup.mjs';
import { check_all, check_told } from './checker.mjs';
import { Ledger, Load } from './load.mjs';
import { open_site } from './site.mjs';
import { drain, Gone, read_alias, read_deliveries, read_messages } from './state.mjs';
import { Target } from './target.mjs';

const kKillsOfSite = 6;
const kLoadMs = { least: 20, most: 220 };
const kCallWaitMs = 1500;      // for a chosen call that may never come
const kStartPercent = 15;      // of the starts are killed, too
const kStartMs = 100;          // about how long one takes
const kLastLoadMs = 150;       // of a site, ended without a kill
const kClockPercent = 10;      // of the starts find another time
const kClockMs = 1_800_000;    // at most so far off
const kBrokenMax = 200;        // kept of one campaign
const kBackupMs = 80;          // about how long one takes
const kWholeBackupPercent = 50;   // of the backups come to their end before the kill
const kTurns = 10;             // of the event loop
const kExitOfDamage = 3;

const turn = () => new Promise((resolve) => setImmediate(resolve));
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

// {sort, operation, file, after}: where the next death comes from.
function choose_death(random, memory) {
  const call = (sort, operation, file, most) => ({ sort, operation, file, after: random.below(most) });
  return random.choose([
    [35, () => ({ sort: 'signal' })],
    // Nobody waits for a backup's own file to be synced, so it is no use where memory is lost.
    [15, () => ({ sort: memory === 'lost' ? 'half-synced' : 'backup' })],
    [20, () => call('write of a commit', 'write', 'log', 30)],
    [15, () => call('sync of a commit', 'sync', 'log', 30)],
    [10, () => call('write of a checkpoint', 'write', 'database', 60)],
    [5, () => call('sync of a checkpoint', 'sync', 'database', 1)],
  ]);
}

class Campaign {
  report = { kills: {}, broken: {}, words: [], load: {}, copies: 0 };
  #clock_ms = 0;
  #damaged = false;   // the server refuses the data, so there is nothing more to look at

  constructor(options) {
    this.options = options;
    this.random = new Random(options.seed);
    Object.assign(this.report, { seed: options.seed, memory: options.memory, bug: options.bug });
  }

  async run() {
    this.target = await Target.start();
    this.world = await World.start({ receiver: false, server: { binary: 'testing', listen: `${this.options.address}:0`, env: this.#environment() } });
    try {
      while (this.#wants_more()) await this.#live_through_site();
      await this.world.server.kill();
      if (!this.#damaged) this.#note((await damages_of(this.world.server)).map((words) => ({ kind: 'database damaged', words })));
    } finally {
      await this.world.server.kill();
      this.world.server.remove_data();
      await this.target.stop();
    }
    return this.report;
  }

  get #kills() {
    return Object.values(this.report.kills).reduce((sum, one) => sum + one, 0);
  }

  #is_done() {
    return this.#damaged || (this.options.until_broken ?? []).some((kind) => this.report.broken[kind] > 0);
  }

  #wants_more() {
    return !this.#is_done() && this.#kills < this.options.kills && (this.options.until ?? Infinity) > Date.now();
  }

  #environment() {
    const { memory, bug } = this.options;
    return { GANTRY_TESTING_MEMORY: memory, GANTRY_TESTING_CLOCK_MS: String(this.#clock_ms),
             ...(bug ? { GANTRY_TESTING_BUG: bug } : {}) };
  }

  #seed() {
    return 1 + this.random.below(1_000_000_000);
  }

  async #live_through_site() {
    this.site = await open_site(this.world, this.target);
    this.ledger = new Ledger();
    try {
      await this.#kill_and_look();
    } catch (error) {
      if (await this.#is_damage()) return;
      if (!(error instanceof Gone)) throw error;
      this.#note([{ kind: 'acknowledged and missing', words: error.message }]);
    }
    this.target.notes.length = 0;
  }

  async #is_damage() {
    if (this.world.server.end?.code !== kExitOfDamage) return false;
    this.#damaged = true;
    this.#note([{ kind: 'database damaged', words: 'the server refuses its data' }]);
    return true;
  }

  async #kill_and_look() {
    for (let i = 0; i < kKillsOfSite && this.#wants_more(); ++i) {
      await this.#load_and_kill();
      await this.#start_again();
      this.#note(check_told(await this.#state()));
      if (this.#is_done()) return;
    }
    const load = this.#load();
    load.start();
    await pause(kLastLoadMs);
    await load.stop();
    await load.repeat_calls();
    await drain(this.world, this.site, this.target, (ms) => this.#advance(ms));
    const deliveries = await read_deliveries(this.world, this.site);
    const state = await this.#state();
    this.#note(check_all({ ...state, deliveries }));
    this.#count(state, deliveries);
  }

  // The load draws at its own speed, so it does not draw from what chooses the deaths.
  #load() {
    return new Load(this.world, this.site, this.ledger, new Random(this.#seed()));
  }

  async #load_and_kill() {
    const death = choose_death(this.random, this.options.memory);
    const load = this.#load();
    const { server } = this.world;
    load.start();
    if (death.file === 'database') load.start_filling();
    if (death.operation) {
      await server.control({ command: 'die-at', ...death, seed: this.#seed() });
      await Promise.race([server.ended(), pause(kCallWaitMs)]);
      if (!server.end) death.sort = 'signal';
    } else {
      await pause(kLoadMs.least + this.random.below(kLoadMs.most - kLoadMs.least));
      if (death.sort === 'backup') return this.#kill_in_backup(load);
      if (death.sort === 'half-synced') await server.control({ command: 'die', seed: this.#seed() }).catch(() => {});
    }
    await server.kill();
    await load.stop();
    await this.#bury(death.sort);
  }

  // Before or after its end; the copy is looked at while the server is dead.
  async #kill_in_backup(load) {
    const { server } = this.world;
    const backup = new Backup(server.data, this.ledger);
    const is_whole = this.random.chance(kWholeBackupPercent);
    await Promise.race([backup.ended, ...(is_whole ? [] : [pause(this.random.below(kBackupMs))])]);
    await server.kill();
    await load.stop();
    await this.#bury('in a backup');
    const { made, broken } = await backup.look_into_copy(this.site, this.ledger, this.target);
    if (made) ++this.report.copies;
    this.#note(broken);
  }

  // What the dead server sent is in the sockets by now: it belongs to its life.
  async #bury(sort) {
    this.report.kills[sort] = (this.report.kills[sort] ?? 0) + 1;
    for (let i = 0; i < kTurns; ++i) await turn();
    ++this.target.life;
  }

  async #start_again() {
    const { server } = this.world;
    // Now and then the clock of the machine is set to another time meanwhile.
    if (this.random.chance(kClockPercent)) this.#set_clock(this.random.below(2 * kClockMs) - kClockMs);
    const env = this.#environment();
    while (this.random.chance(kStartPercent)) {
      const start = server.restart({ env }).catch(() => {});
      await pause(this.random.below(kStartMs));
      await server.kill();
      await start;
      await this.#bury('start');
    }
    await server.restart({ env });
    await this.world.connect();
    await this.#load().repeat_calls();
  }

  #set_clock(by_ms) {
    this.#clock_ms += by_ms;
    if (by_ms < 0) this.site.clock_was_set_back = true;
  }

  async #advance(ms) {
    this.#clock_ms += ms;
    await this.world.server.control({ command: 'advance-clock', ms });
  }

  async #state() {
    const { site, ledger, world } = this;
    // The server is at work meanwhile: what the target has seen by now must be there then.
    const notes = [...this.target.notes];
    return { site, ledger, notes, messages: await read_messages(world, site), alias: await read_alias(world, site) };
  }

  #note(broken) {
    for (const { kind, words } of broken) {
      const line = `${kind}: ${words}`;
      // What stays broken is found again after each restart.
      if (this.report.words.includes(line)) continue;
      this.report.broken[kind] = (this.report.broken[kind] ?? 0) + 1;
      if (this.report.words.length < kBrokenMax) this.report.words.push(line);
    }
  }

  #count({ ledger, messages, notes }, deliveries) {
    const replies = messages.filter((one) => /^(reply|count) /.test(one.text));
    const counted = { posts: ledger.posts, edits: ledger.edits, calls: ledger.calls, cancellings: ledger.cancellings,
                      redeliveries: ledger.redeliveries, deliveries, requests: notes, replies };
    for (const [what, list] of Object.entries(counted)) this.report.load[what] = (this.report.load[what] ?? 0) + list.length;
  }
}

// {seed, kills, memory: kept | lost, address} and, when wanted, bug, until (a time), until_broken (a
// kind of the checker).
export function run_campaign(options) {
  return unrecorded(() => new Campaign(options).run());
}
