// Compares what clients were told with what is there and with what the target saw. Knows nothing of
// how the server works, only what it promises; every broken promise is {kind, words}.

export const kinds = ['acknowledged and missing', 'posted twice', 'answers changed', 'refused without cause',
  'told of what is not there', 'due and never made', 'deliveries doubled', 'replies doubled', 'attempts miscounted',
  'retried too early', 'order broken', 'effects of scripts lost', 'database damaged', 'missing in a backup', 'backups not whole', 'called by a copy'];

const label_of = (text) => /^(?:post|hook|edit \d+ of) (#\d+)/.exec(text)?.[1];
const fails_of = (text) => Number(/\bfails=(\d+)/.exec(text)?.[1] ?? 0);
const is_acknowledged = (entry) => entry.status === 200;
// The shortest wait before the attempt after `number`, by powers of ten; half of it, for the record
// of an attempt is written a little after its end was decided.
const least_wait_ms = (number) => 10 ** (number + 1) / 2;

function grouped(list, key_of) {
  const out = new Map();
  for (const one of list) {
    const key = key_of(one);
    if (!out.has(key)) out.set(key, []);
    out.get(key).push(one);
  }
  return out;
}

class Check {
  broken = [];

  constructor({ site, ledger, notes, messages }) {
    const paths = new Set(site.outgoing.flatMap((one) => one.paths));
    Object.assign(this, { site, ledger, messages, notes: notes.filter((note) => paths.has(note.path)) });
    this.by_label = grouped(messages.filter((one) => label_of(one.text)), (one) => label_of(one.text));
    this.by_id = new Map(messages.map((one) => [one.id, one]));
    this.written = new Map([...ledger.posts, ...ledger.calls].map((entry) => [entry.label, entry]));
    this.by_text = new Map(ledger.events().map((entry) => [entry.text, entry]));
    this.prepared = grouped(messages.filter((one) => one.text.startsWith('prepared ')), (one) => one.text);
    this.saying = new Map(site.outgoing.filter((one) => one.says).map((one) => [one.integration._id, one]));
  }

  add(kind, words) {
    this.broken.push({ kind, words });
  }

  // The texts that a message had one after another.
  versions_of(entry) {
    return [entry, ...(entry.edits ?? [])];
  }

  acknowledged() {
    for (const entry of this.written.values()) {
      const found = this.by_label.get(entry.label) ?? [];
      if (found.length > 1) this.add('posted twice', `${entry.text}: ${found.length} messages`);
      if (found.length === 0 && is_acknowledged(entry)) this.add('acknowledged and missing', entry.text);
      if (found.length !== 1) continue;
      const versions = this.versions_of(entry);
      const now = versions.findIndex((one) => one.text === found[0].text);
      const told = versions.findLastIndex(is_acknowledged);
      if (now < told) this.add('acknowledged and missing', `${versions[told].text}; there is "${found[0].text}"`);
    }
    for (const words of this.ledger.refusals) this.add('refused without cause', words);
    for (const words of this.ledger.changed_answers) this.add('answers changed', words);
  }

  // A target hears of a message after it is stored for good.
  heard() {
    for (const note of this.notes) {
      const message = this.by_id.get(note.message);
      if (!message) {
        this.add('told of what is not there', note.text);
        continue;
      }
      const entry = this.written.get(label_of(note.text));
      if (!entry) continue;
      const texts = this.versions_of(entry).map((one) => one.text);
      if (texts.indexOf(message.text) < texts.indexOf(note.text)) {
        this.add('told of what is not there', `${note.text}; there is "${message.text}"`);
      }
    }
  }

  replies() {
    const replies = this.messages.filter((one) => this.saying.has(one.hook) && /^(reply|count) /.test(one.text));
    this.replies_to = grouped(replies, (one) => one.text.split(' ').at(-1));
    for (const [delivery, list] of this.replies_to) {
      if (list.length > 1) this.add('replies doubled', `${list.length} replies of the delivery ${delivery}`);
    }
    const counts = replies.map((one) => /^count (\d+) /.exec(one.text)?.[1]).filter(Boolean);
    for (const [count, list] of grouped(counts, (one) => one)) {
      if (list.length > 1) this.add('effects of scripts lost', `the script counted ${count} ${list.length} times`);
    }
  }

  alias(now) {
    const told = this.ledger.aliases.findLastIndex(is_acknowledged);
    const found = this.ledger.aliases.findIndex((one) => one.alias === now);
    if (found < told) this.add('acknowledged and missing', `${this.ledger.aliases[told].alias} of an integration; there is ${now}`);
  }

  // What has happened, by what is there: [{message, text}].
  happened() {
    return this.messages.flatMap((message) => {
      const entry = this.written.get(label_of(message.text));
      if (!entry) return [{ message, text: message.text }];
      const versions = this.versions_of(entry);
      const now = versions.findIndex((one) => one.text === message.text);
      return versions.filter((one, index) => index <= now).map((one) => ({ message, text: one.text }));
    });
  }

  every_event_delivered(deliveries) {
    const key = (path, message, text) => `${path} ${message} ${text}`;
    const path_of = (url) => new URL(url).pathname;
    const made = grouped(deliveries.filter((one) => !one.redelivery), (one) => key(path_of(one.url), one.messageId, one.payload.text));
    for (const { message, text } of this.happened()) {
      for (const { integration, room, paths, hears } of this.site.outgoing) {
        if (room._id !== message.room || message.hook === integration._id || !hears(text)) continue;
        for (const path of paths) {
          const count = made.get(key(path, message.id, text))?.length ?? 0;
          if (count === 0) this.add('due and never made', `no delivery of "${text}" to ${path}`);
          if (count > 1) this.add('deliveries doubled', `${count} deliveries of "${text}" to ${path}`);
        }
      }
    }
    const known = new Set(deliveries.map((one) => one._id));
    for (const id of this.ledger.redeliveries.flatMap((one) => one.made ?? [])) {
      if (!known.has(id)) this.add('acknowledged and missing', `the redelivery ${id}`);
    }
    for (const note of this.notes) {
      if (!known.has(note.delivery)) this.add('told of what is not there', `the delivery ${note.delivery} of "${note.text}"`);
    }
  }

  ended(delivery, requests, retries) {
    const what = `"${delivery.payload.text}" to ${delivery.url} (${delivery._id})`;
    if (this.is_cancelled(delivery, what)) return;
    const wanted = fails_of(delivery.payload.text) > retries ? 'failed' : 'succeeded';
    if (delivery.state !== wanted) this.add('due and never made', `${what} is ${delivery.state}, not ${wanted}`);
    else if (requests.length === 0) this.add('due and never made', `${what} never came`);
    const numbers = delivery.attempts.map((one) => one.number);
    const count = numbers.length;
    if (numbers.some((number, index) => number !== index + 1) || delivery.tries !== count - 1) {
      this.add('attempts miscounted', `${what} has the attempts ${numbers}, tries ${delivery.tries}`);
    }
    if (wanted === 'failed' && delivery.state === wanted && count !== retries + 1) {
      this.add('attempts miscounted', `${what} was given up after ${count} attempts`);
    }
    // Of each life but the last, one attempt may have died with the server.
    const lives = [...grouped(requests, (note) => note.life).values()].map((list) => list.length);
    const most = lives.reduce((sum, one) => sum + one, 0);
    if (count > most || count < most - lives.length) {
      this.add('attempts miscounted', `${what} came ${lives.join(' + ')} times, recorded are ${count} attempts`);
    }
    for (const [index, note] of requests.entries()) {
      const before = requests[index - 1];
      if (before?.served && before.life === note.life) this.add('attempts miscounted', `${what} came again after it was served`);
    }
    for (const [index, attempt] of delivery.attempts.entries()) {
      const before = delivery.attempts[index - 1];
      if (!before) continue;
      const waited = Date.parse(attempt.startedAt) - Date.parse(before.updatedAt);
      // Waits begin anew when the clock is set back, and the recorded times do not tell of them then.
      if (this.site.clock_was_set_back) continue;
      if (waited < least_wait_ms(before.number)) this.add('retried too early', `${what}: ${waited} ms after attempt ${before.number}`);
    }
    if (this.saying.get(delivery.integrationId)?.prepares) this.said_before(delivery, what, count);
    if (delivery.state !== 'succeeded' || !this.saying.has(delivery.integrationId)) return;
    if (!this.replies_to.has(delivery._id)) this.add('due and never made', `the reply of ${what}`);
  }

  // An attempt that was under way may still have succeeded.
  is_cancelled({ _id, state }, what) {
    if (this.ledger.cancellings.some((one) => one.cancelled?.includes(_id))) {
      if (state !== 'dropped' && state !== 'succeeded') this.add('acknowledged and missing', `${what} was cancelled and is ${state}`);
      return true;
    }
    return state === 'dropped' && this.ledger.cancellings.some((one) => one.of === _id && one.answered === undefined);
  }

  // One message for each attempt, however often a death made it begin again.
  said_before(delivery, what, attempts) {
    const said = this.prepared.get(`prepared ${delivery.messageId} ${delivery.payload.text}`)?.length ?? 0;
    if (said > attempts) this.add('replies doubled', `${what} was prepared ${said} times for ${attempts} attempts`);
    if (said < attempts) this.add('due and never made', `${what} was prepared ${said} times for ${attempts} attempts`);
  }

  every_delivery_ended(deliveries) {
    const requests = grouped(this.notes, (note) => note.delivery);
    const retries = new Map(this.site.outgoing.map((one) => [one.integration._id, one.retries]));
    for (const delivery of deliveries) {
      this.ended(delivery, requests.get(delivery._id) ?? [], retries.get(delivery.integrationId));
    }
  }

  // Lines have paths of their own here; redeliveries are in none.
  order(deliveries) {
    const again = new Set(deliveries.filter((one) => one.redelivery).map((one) => one._id));
    const in_lines = this.notes.filter((note) => !again.has(note.delivery));
    for (const [path, notes] of grouped(in_lines, (note) => note.path)) {
      const firsts = [...grouped(notes, (note) => note.delivery).values()].map((list) => list[0]);
      for (const [index, note] of firsts.entries()) {
        const before = firsts[index - 1];
        if (!before || before.life !== note.life) continue;
        if (before.answered === undefined || note.begun < before.answered) {
          this.add('order broken', `"${note.text}" came to ${path} before "${before.text}" was answered`);
        }
      }
      let later;
      for (const note of firsts.toReversed()) {
        const event = this.by_text.get(note.text);
        if (!event) continue;
        if (later && later.answered < event.begun) {
          this.add('order broken', `"${event.text}" came to ${path} before "${later.text}", which was older`);
        }
        if (is_acknowledged(event) && (!later || event.answered < later.answered)) later = event;
      }
    }
  }
}

// After any start: {site, ledger, notes, messages, alias}.
export function check_told(state) {
  const check = new Check(state);
  check.acknowledged();
  check.heard();
  check.replies();
  check.alias(state.alias);
  return check.broken;
}

// When nothing is left to do: `deliveries` beside.
export function check_all(state) {
  const check = new Check(state);
  check.acknowledged();
  check.heard();
  check.replies();
  check.alias(state.alias);
  check.every_event_delivered(state.deliveries);
  check.every_delivery_ended(state.deliveries);
  check.order(state.deliveries);
  return check.broken;
}

// Of a restored backup: `told` are the events that were acknowledged before it was begun, `calls`
// what the target saw of the copy.
export function check_copy({ site, ledger, messages, told, calls }) {
  const by_then = (entry) => ({ ...entry, status: told.has(entry) ? 200 : undefined, edits: entry.edits?.map(by_then) });
  const known = Object.assign(Object.create(ledger), { posts: ledger.posts.map(by_then), calls: ledger.calls.map(by_then),
                                                       refusals: [], changed_answers: [] });
  const check = new Check({ site, ledger: known, notes: [], messages });
  check.acknowledged();
  return [...check.broken.map(({ words }) => ({ kind: 'missing in a backup', words })),
          ...calls.map((note) => ({ kind: 'called by a copy', words: `${note.path} "${note.text}"` }))];
}
