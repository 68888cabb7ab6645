// What the files on lists of integrations share.

import { eventually } from '../support/patience.mjs';

// Makes integrations one after another, each in a later millisecond, so that lists by creation have
// one right order. Each is ['incoming' | 'outgoing', changes, by]; returns the documents.
export async function create_in_turn(w, list) {
  const made = [];
  for (const [kind, changes, by = w.admin] of list) {
    const one = await w[`create_${kind}`](changes, by);
    await eventually('a later millisecond', () => Date.now() > Date.parse(one._createdAt));
    made.push(one);
  }
  return made;
}
