// Scenario rows as data: who calls what, and what must come back. See tests/README.md.

import { unrecorded } from './coverage.mjs';
import { differences, Mismatch } from './expect.mjs';
import { moment } from './patience.mjs';
import { test } from './testing.mjs';
import { use_world } from './world.mjs';

const kRowKeys = new Set(['name', 'covers', 'caller', 'method', 'path', 'query', 'body', 'form', 'raw',
  'headers', 'prepare', 'status', 'json', 'parts', 'absent', 'text', 'reply_headers', 'deliveries',
  'kind', 'then']);
const kLateDeliveryMs = 20;

// A function stands for a value that is known only in the running world.
const settled = (value, world) => (typeof value === 'function' ? value(world) : value);

function settle_deep(value, world) {
  if (typeof value === 'function') return settle_deep(value(world), world);
  if (Array.isArray(value)) return value.map((one) => settle_deep(one, world));
  if (value !== null && Object.getPrototypeOf(value ?? 0) === Object.prototype) {
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, settle_deep(one, world)]));
  }
  return value;
}

function check_answer(row, answer, world) {
  const found = [];
  const status = row.status ?? 200;
  if (answer.status !== status) found.push(`status: expected ${status}, got ${answer.status}`);
  if (row.json !== undefined) found.push(...differences(answer.json, settle_deep(row.json, world), 'exact'));
  if (row.parts !== undefined) found.push(...differences(answer.json, settle_deep(row.parts, world), 'parts'));
  if (row.text !== undefined) found.push(...differences(answer.text, settle_deep(row.text, world), 'exact', 'body'));
  for (const word of settle_deep(row.absent ?? [], world)) {
    if (answer.text.includes(word)) found.push(`body: must not contain ${JSON.stringify(word)}`);
  }
  found.push(...differences(answer.headers, settle_deep(row.reply_headers ?? {}, world), 'parts', 'header'));
  if (found.length) throw new Mismatch(`${found.join('\n  ')}\n  body: ${answer.text.slice(0, 800)}`);
}

async function check_deliveries(row, world, before) {
  if (!world.receiver) return;
  const wanted = row.deliveries ?? 0;
  if (wanted > 0) await unrecorded(() => world.receiver.wait_for(before + wanted));
  else await moment(kLateDeliveryMs);
  const have = world.receiver.requests.length - before;
  if (have !== wanted) throw new Mismatch(`expected ${wanted} webhook deliveries, saw ${have}`);
}

function check_form(row) {
  for (const key of Object.keys(row)) {
    if (!kRowKeys.has(key)) throw new Error(`scenario row "${row.name}" has an unknown key ${key}`);
  }
  if (!row.name || !row.path) throw new Error(`a scenario row needs a name and a path: ${JSON.stringify(row)}`);
  if (['json', 'parts', 'text', 'then'].every((key) => row[key] === undefined)) {
    throw new Error(`scenario row "${row.name}" says nothing about the answer's body`);
  }
}

async function run_row(row, world) {
  if (row.prepare) await unrecorded(() => row.prepare(world));
  const caller = world.callers[row.caller ?? 'admin'];
  if (!caller) throw new Error(`no caller ${row.caller}: create_caller it in setup`);
  const before = world.receiver?.requests.length ?? 0;
  const content = Object.fromEntries(['query', 'body', 'form', 'raw', 'headers']
    .filter((key) => row[key] !== undefined).map((key) => [key, settle_deep(row[key], world)]));
  const answer = await caller.request({ method: row.method ?? 'GET', path: settled(row.path, world), kind: row.kind, ...content });
  check_answer(row, answer, world);
  await check_deliveries(row, world, before);
  if (row.then) await unrecorded(() => row.then(world, answer));
}

// scenarios({ name, server, receiver, setup, rows }): one world, one test a row.
export function scenarios({ name, server, receiver = true, setup, rows }) {
  const world = use_world({ server, receiver, setup });
  for (const row of rows) {
    check_form(row);
    test(`${name}: ${row.name}`, { covers: row.covers }, () => run_row(row, world));
  }
  return world;
}
