// The load of a crash test and the ledger of it: what was asked of the server, and what it answered
// before it died. The ledger alone knows what clients were told.

import { isDeepStrictEqual } from 'node:util';

const kPosters = 2;      // in each room
const kFillers = 8;      // they write long texts without a pause, so that the log is copied soon
const kFilling = 'x'.repeat(4500);
const kPauseMax = 12;    // ms between two requests of a poster
const kRepeats = 3;      // answered calls with a key that are repeated after a restart
const kLookedAt = 5;     // deliveries, of which one is cancelled or made again
const kLastBelow = 6;    // how many of the newest messages of a poster are edited

// One request: {kind: post | edit | hook, label, text, room, key?, begun, answered?, id?, answer?}.
// Without `answered` nobody knows what became of it.
export class Ledger {
  posts = [];
  edits = [];
  calls = [];
  aliases = [];        // of an integration: {alias, answered?}, one after another
  cancellings = [];    // of deliveries: {of, answered?, cancelled?}
  redeliveries = [];   // {of, answered?, made?}
  refusals = [];       // answers that no healthy server gives
  changed_answers = []; // of calls with a key

  events() {
    return [...this.posts, ...this.calls, ...this.edits];
  }
}

let labels = 0;

export class Load {
  #stopped = false;
  #running = [];

  constructor(w, site, ledger, random) {
    Object.assign(this, { w, site, ledger, random });
  }

  start() {
    for (const room of this.site.rooms) {
      for (let i = 0; i < kPosters; ++i) this.#running.push(this.#post_in(room));
    }
    for (const hook of this.site.incoming) this.#running.push(this.#call(hook));
    this.#running.push(this.#rename(), this.#look_after());
  }

  start_filling() {
    for (let i = 0; i < kFillers; ++i) this.#running.push(this.#fill(this.site.unheard));
  }

  // Ends when the last request was answered, or cannot be any more.
  async stop() {
    this.#stopped = true;
    await Promise.all(this.#running);
  }

  // What was not answered is asked again, as a caller with a key does; some of what was, too.
  async repeat_calls() {
    const keyed = this.ledger.calls.filter((call) => call.key);
    const open = keyed.filter((call) => call.answered === undefined);
    const answered = keyed.filter((call) => call.status === 200).slice(-kRepeats);
    await Promise.all([...open, ...answered].map((call) => this.#send_call(call)));
  }

  #plan() {
    const fails = this.random.choose([[70, () => 0], [15, () => 1], [8, () => 2], [7, () => 99]]);
    const slow = this.random.chance(20) ? ` slow=${1 + this.random.below(30)}` : '';
    const drops = fails && this.random.chance(30) ? ' drops=1' : '';
    return `${fails ? ` fails=${fails}` : ''}${drops}${slow}`;
  }

  #pause(least = 0, more = kPauseMax) {
    return new Promise((resolve) => setTimeout(resolve, least + this.random.below(more)));
  }

  // Gives the answer's JSON, or nothing when the server died or refused.
  async #ask(entry, request) {
    entry.begun = performance.now();
    let answer;
    try {
      answer = await (request.by ?? this.w.admin).request({ method: 'POST', kind: false, ...request });
    } catch {
      this.#stopped = true;
      return undefined;
    }
    entry.answered = performance.now();
    entry.status = answer.status;
    if (answer.status === 200) return answer;
    this.ledger.refusals.push(`${request.path} ${entry.text ?? ''}: ${answer.status} ${answer.text.slice(0, 200)}`);
    return undefined;
  }

  async #post_in(room) {
    const own = [];
    while (!this.#stopped) {
      if (own.length && this.random.chance(20)) await this.#edit(this.random.pick(own.slice(-kLastBelow)));
      else await this.#post(room, own);
      await this.#pause();
    }
  }

  async #fill(room) {
    const own = [];
    await this.#post(room, own);
    while (!this.#stopped && own.length) await this.#edit(own[0], ` ${kFilling}`);
  }

  async #post(room, own) {
    const label = `#${++labels}`;
    const post = { kind: 'post', label, room, text: `post ${label}${this.#plan()}`, edits: [] };
    this.ledger.posts.push(post);
    const answer = await this.#ask(post, { path: '/api/v1/chat.postMessage', body: { roomId: room._id, text: post.text } });
    if (!answer) return;
    post.id = answer.json.message._id;
    own.push(post);
  }

  // One message is changed by one hand: its edits come one after another.
  async #edit(post, more = this.#plan()) {
    if (post.edits.at(-1)?.answered === undefined && post.edits.length) return;
    const edit = { kind: 'edit', label: post.label, room: post.room, id: post.id,
                   text: `edit ${post.edits.length + 1} of ${post.label}${more}` };
    post.edits.push(edit);
    this.ledger.edits.push(edit);
    await this.#ask(edit, { path: '/api/v1/chat.update', body: { roomId: post.room._id, msgId: post.id, text: edit.text } });
  }

  async #call(hook) {
    while (!this.#stopped) {
      const label = `#${++labels}`;
      const call = { kind: 'hook', label, room: hook.room, text: `hook ${label}${this.#plan()}`, hook,
                     key: this.random.chance(60) ? `key-${label}` : undefined };
      this.ledger.calls.push(call);
      await this.#send_call(call);
      await this.#pause();
    }
  }

  async #send_call(call) {
    const again = call.answered !== undefined;
    const entry = again ? { text: call.text } : call;
    const headers = call.key ? { 'Idempotency-Key': call.key } : {};
    const begun = call.begun;
    const answer = await this.#ask(entry, { by: this.w.anonymous, path: this.w.hook_path(call.hook.integration),
                                            headers, body: { text: call.text } });
    if (begun !== undefined) call.begun = begun;
    if (!answer) return;
    if (again && !isDeepStrictEqual(answer.json, call.answer)) {
      this.ledger.changed_answers.push(`${call.text}: ${JSON.stringify(call.answer)}, later ${answer.text}`);
    }
    if (!again) call.answer = answer.json;
  }

  async #rename() {
    const { integration } = this.site.outgoing.at(-1);
    while (!this.#stopped) {
      const entry = { alias: `alias ${this.ledger.aliases.length + 1}` };
      this.ledger.aliases.push(entry);
      await this.#ask(entry, { method: 'PUT', path: '/api/v1/integrations.update', body: {
        integrationId: integration._id, type: 'webhook-outgoing', name: integration.name, enabled: true, username: 'rocket.cat',
        channel: integration.channel.join(','), event: 'sendMessage', urls: integration.urls, scriptEnabled: false,
        runOnEdits: true, retryFailedCalls: true, retryCount: integration.retryCount, retryDelay: integration.retryDelay,
        sendDeliveryId: true, alias: entry.alias } });
      await this.#pause(20, 60);
    }
  }

  // Someone cancels deliveries that wait for a retry, and has others made again.
  async #look_after() {
    const { integration } = this.site.outgoing.at(-1);
    while (!this.#stopped) {
      await this.#pause(20, 60);
      const cancels = this.random.chance(50);
      const query = { integrationId: integration._id, state: cancels ? 'retrying' : 'succeeded,failed', count: kLookedAt };
      const list = await this.#ask({}, { method: 'GET', path: '/api/v1/integrations.deliveries', query });
      if (!list || list.json.deliveries.length === 0) continue;
      const entry = { of: this.random.pick(list.json.deliveries)._id };
      const body = { deliveryIds: [entry.of] };
      if (cancels) {
        this.ledger.cancellings.push(entry);
        entry.cancelled = (await this.#ask(entry, { path: '/api/v1/integrations.cancelDelivery', body }))?.json.cancelled;
      } else {
        this.ledger.redeliveries.push(entry);
        entry.made = (await this.#ask(entry, { path: '/api/v1/integrations.redeliver', body }))?.json.deliveryIds;
      }
    }
  }
}
