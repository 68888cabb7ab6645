// gantry check: names what is wrong with a data directory and what to do, and changes nothing.

import { execFile } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';

import { bytes_below, care, cared, check_refusal, sha256, temporary } from '../support/care.mjs';
import { expect, expect_json } from '../support/expect.mjs';
import { bell } from '../support/outgoing.mjs';
import { fresh_directory } from '../support/test_server.mjs';
import { after, before, test } from '../support/testing.mjs';
import { World } from '../support/world.mjs';

const kEdit = `
import sqlite3, sys
database = sqlite3.connect(sys.argv[1])
database.executescript(sys.argv[2])
database.commit()
`;

let used;      // a directory with messages, deliveries of all ends and uploads; no server runs on it
let upload_id;

before(async () => {
  const w = await World.start();
  const fine = await bell(w);
  await fine.ring('fine');
  await fine.finished();
  const failing = await bell(w, { retryFailedCalls: false });
  failing.answer({ status: 500 });
  await failing.ring('failing');
  await failing.finished();
  const retrying = await bell(w);
  retrying.answer({ status: 500 });
  await retrying.ring('retrying');
  await retrying.step('going-to-retry-1');
  const form = new FormData();
  form.append('file', new Blob(['ten bytes.']), 'a.txt');
  const headers = { 'X-Auth-Token': w.admin.token, 'X-User-Id': w.admin.user_id };
  const sent = await fetch(`${w.server.url}/api/v1/rooms.media/${fine.room._id}`, { method: 'POST', headers, body: form });
  upload_id = (await sent.json()).file._id;
  await w.admin.must_post(`/api/v1/rooms.mediaConfirm/${fine.room._id}/${upload_id}`, {});
  await w.server.kill();
  used = fresh_directory('check');
  fs.cpSync(w.server.data, used, { recursive: true, filter: (file) => !file.endsWith('control.sock') });
  await w.server.restart();
  await w.stop();
});
after(() => fs.rmSync(used, { recursive: true, force: true }));

function copy_of_used(t) {
  const data = path.join(temporary(t, 'checked'), 'data');
  fs.cpSync(used, data, { recursive: true });
  return data;
}

const edit = (data, statements) => promisify(execFile)('python3', ['-c', kEdit, path.join(data, 'gantry.db'), statements]);

const state_of = (data) => JSON.stringify([...bytes_below(data)]
  .filter(([file, bytes]) => !file.endsWith('-shm') && !(file.endsWith('-wal') && bytes.length === 0)).map(([file, bytes]) => [file, sha256(bytes)]).sort());

async function check_finds(data, kind, ...words) {
  const before_it = state_of(data);
  const end = await care(data, 'check');
  check_refusal(end, 3, ...words);
  const kinds = new Set(JSON.parse(end.stdout).findings.map((one) => one.kind));
  expect_json([...kinds], [kind]);
  expect(state_of(data) === before_it, 'the data was changed');
}

test('data of a server that was killed is found well, and left as it is', async (t) => {
  const data = copy_of_used(t);
  const before_it = state_of(data);
  const { databaseVersion, ...found } = await cared(data, 'check');
  expect(databaseVersion > 0, 'the version is missing');
  expect(found.messages >= 3 && found.deliveries === 4 && found.uploads === 1, JSON.stringify(found));
  expect_json(found.findings, []);
  expect(state_of(data) === before_it, 'the data was changed');
});

const kFaults = [
  ['a delivery in no known state', 'outbox', 'UPDATE deliveries SET state = 9 WHERE state = 2', ['unknown (9)', 'deliver it again']],
  ['a queued delivery that has been tried', 'outbox', 'UPDATE deliveries SET state = 0 WHERE state = 1', ['is queued (0) after']],
  ['an open delivery whose last attempt has ended', 'outbox', 'UPDATE deliveries SET state = 1, tries = 1 WHERE state = 2', ['retrying', 'has ended']],
  ['an ended delivery whose last attempt has not', 'outbox', 'UPDATE deliveries SET state = 3, tries = 0 WHERE state = 1', ['failed', 'has not ended']],
  ['a row that names one that is gone', 'reference', "PRAGMA foreign_keys = OFF; DELETE FROM rooms WHERE id = (SELECT room FROM messages LIMIT 1)", ['rooms', 'restore a backup']],
  ['an index that lost an entry', 'integrity', `PRAGMA writable_schema = ON; UPDATE sqlite_master SET sql = replace(sql, 'state < 2', 'state < 9') WHERE name = 'deliveries_open'`,
    ['deliveries_open', 'restore a backup']],
];
for (const [words, kind, statements, said] of kFaults) {
  test(`${words}: named, status 3`, async (t) => {
    const data = copy_of_used(t);
    await edit(data, statements);
    await check_finds(data, kind, path.join(data, 'gantry.db'), ...said);
  });
}

test('pages with something else in them: named, status 3', async (t) => {
  const data = copy_of_used(t);
  await edit(data, 'VACUUM');
  const file = path.join(data, 'gantry.db');
  const bytes = fs.readFileSync(file);
  bytes.fill(0xAB, 4096 * 2, 4096 * 8);
  fs.writeFileSync(file, bytes);
  await check_finds(data, 'integrity', file, 'restore a backup');
});

test('no database at all: named, status 3', async (t) => {
  const data = path.join(temporary(t, 'checked'), 'data');
  fs.mkdirSync(data);
  check_refusal(await care(data, 'check'), 2, path.join(data, 'gantry.db'), '--data');
  fs.writeFileSync(path.join(data, 'gantry.db'), 'a text of some length'.repeat(100));
  await check_finds(data, 'integrity', path.join(data, 'gantry.db'), 'restore a backup');
});

test('an uploaded file that is missing or of another size: named, status 3', async (t) => {
  const data = copy_of_used(t);
  const file = path.join(data, 'uploads', upload_id);
  fs.writeFileSync(file, 'shorter');
  await check_finds(data, 'wrong-upload', file, '7 bytes instead of 10');
  fs.unlinkSync(file);
  await check_finds(data, 'missing-upload', file, 'take it from a backup');
});

test('a file that belongs to no upload: named, and compact removes it', async (t) => {
  const data = copy_of_used(t);
  const file = path.join(data, 'uploads', 'aaaaaaaaaaaaaaaaa');
  fs.writeFileSync(file, 'left by a crash');
  await check_finds(data, 'orphan', file, 'gantry compact');
  await cared(data, 'compact');
  expect(!fs.existsSync(file) && fs.existsSync(path.join(data, 'uploads', upload_id)), 'the wrong file went');
  expect_json((await cared(data, 'check')).findings, []);
});

test('beside a server that writes, nothing is found that is not wrong', async () => {
  const w = await World.start();
  try {
    const hook = await bell(w);
    hook.answer({ body: { text: 'a reply' } });
    let stopping = false;
    const posting = (async () => {
      while (!stopping) await hook.ring('while it is checked');
    })();
    for (let round = 0; round < 5; ++round) expect_json((await cared(w.server.data, 'check')).findings, []);
    stopping = true;
    await posting;
  } finally {
    await w.stop();
  }
});

test('what a server has in memory and its database has not: named, status 3', async () => {
  const w = await World.start();
  try {
    const { integration } = await bell(w);
    const quiet = await cared(w.server.data, 'check');
    expect_json(quiet.findings, []);
    await edit(w.server.data, `PRAGMA foreign_keys = ON; UPDATE users SET extra = json_set(extra, '$.name', 'changed'), updated_at = 5 WHERE id = 'rocket.cat';
      UPDATE rooms SET name = 'elsewhere' WHERE id = 'GENERAL'; DELETE FROM integrations WHERE id = '${integration._id}';
      INSERT INTO settings VALUES ('Site_Name', '"changed"') ON CONFLICT (id) DO UPDATE SET value = excluded.value;`);
    const end = await care(w.server.data, 'check');
    check_refusal(end, 3, 'account rocket.cat', 'room GENERAL', 'has 1 integrations, its database 0', 'setting Site_Name', 'restart the server');
    expect_json([...new Set(JSON.parse(end.stdout).findings.map((one) => one.kind))], ['memory']);
    await w.server.stop();
    await w.server.restart();
    await w.connect();
    expect_json((await cared(w.server.data, 'check')).findings, []);
  } finally {
    await w.stop();
  }
});
