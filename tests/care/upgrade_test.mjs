// An older database is copied before a newer program changes it, and the copy leads back.

import { execFile } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';

import { cared, check_refusal, temporary } from '../support/care.mjs';
import { expect, expect_json } from '../support/expect.mjs';
import { root, run_gantry, TestServer } from '../support/test_server.mjs';
import { test } from '../support/testing.mjs';

const kCopiesMax = 2;
const kMigrations = path.join(root, 'src/store/sqlite/migrations');
const steps = fs.readdirSync(kMigrations).filter((name) => name.endsWith('.sql')).sort();
const newest = Number(steps.at(-1).slice(0, 4));

// Makes a database as an older program left it: argv is the file, the version, and the steps.
const kMake = `
import sqlite3, sys
database = sqlite3.connect(sys.argv[1])
database.execute("PRAGMA synchronous = OFF")
for step in sys.argv[3:]:
    database.executescript(open(step).read())
database.executescript("""
INSERT INTO users VALUES ('ada', 'ada', 'ada', 1, 0, 1000, 1000, '{}');
INSERT INTO rooms VALUES ('old-room', 'c', 'old', 1000, 1000, 1, 1000, '', '{}');
INSERT INTO subscriptions VALUES ('old-room', 'ada', 'old-subscription', 1, NULL, 1000, '{}');
INSERT INTO messages (id, room, sent_at, author, type, thread, extra)
  VALUES ('old-message', 'old-room', 1000, 'ada', '', '', '{"text":"from long ago"}');
""")
database.execute("PRAGMA user_version = " + sys.argv[2])
database.commit()
`;
const kLook = `
import json, sqlite3, sys
database = sqlite3.connect(sys.argv[1])
schema = [row[0] for row in database.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name")]
texts = [row[0] for row in database.execute("SELECT extra FROM messages ORDER BY sequence")]
print(json.dumps({"version": database.execute("PRAGMA user_version").fetchone()[0], "schema": schema, "texts": texts}))
`;
const python = (...args) => promisify(execFile)('python3', ['-c', ...args]);
const look = async (file) => JSON.parse((await python(kLook, file)).stdout);

async function old_data(t, version) {
  const data = temporary(t, 'old');
  const applied = steps.filter((name) => Number(name.slice(0, 4)) <= version).map((name) => path.join(kMigrations, name));
  await python(kMake, path.join(data, 'gantry.db'), String(version), ...applied);
  return data;
}

async function check_upgraded(server) {
  const admin = await server.admin();
  const { messages } = await admin.must_get('/api/v1/channels.messages', { roomId: 'old-room' });
  admin.close();
  expect(messages.some((one) => one._id === 'old-message'), 'the old message is gone');
}

for (let version = 1; version < newest; ++version) {
  test(`a database of version ${version} is copied, upgraded, and can be brought back`, async (t) => {
    const data = await old_data(t, version);
    const database = path.join(data, 'gantry.db');
    const copy = `${database}.version-${version}`;
    const before = await look(database);
    const server = await TestServer.start({ data });
    t.after(() => server.kill());
    await check_upgraded(server);
    expect_json(await look(copy), before);
    expect((fs.statSync(copy).mode & 0o777) === 0o600, 'others may read the copy');
    const admin = await server.admin();
    await admin.must_post('/api/v1/chat.postMessage', { channel: '#general', text: 'after the upgrade' });
    admin.close();
    await server.kill();
    expect_json((await cared(data, 'check')).databaseVersion, newest);

    // The way back of docs/operating.md.
    await promisify(execFile)('sh', ['-ec', `rm -f gantry.db-wal gantry.db-shm; cp gantry.db.version-${version} gantry.db`], { cwd: data });
    expect_json(await look(database), before);
    await server.restart();
    await check_upgraded(server);
    await server.stop();
    await server.restart();   // at the newest version nothing is copied
    expect_json(fs.readdirSync(data).filter((name) => name.includes('.version-')), [path.basename(copy)]);
  });
}

test('only the newest copies are kept', async (t) => {
  const data = await old_data(t, newest - 1);
  const older = Array.from({ length: newest - 2 }, (_, index) => `gantry.db.version-${index + 1}`);
  for (const name of older) fs.writeFileSync(path.join(data, name), 'an old copy');
  const server = await TestServer.start({ data });
  t.after(() => server.kill());
  const kept = fs.readdirSync(data).filter((name) => name.includes('.version-')).sort();
  expect_json(kept, [...older, `gantry.db.version-${newest - 1}`].slice(-kCopiesMax));
});

test('a database that cannot be copied is not changed', async (t) => {
  const data = await old_data(t, newest - 1);
  const database = path.join(data, 'gantry.db');
  const before = await look(database);
  fs.mkdirSync(`${database}.version-${newest - 1}`);   // in the place of the copy
  const end = await run_gantry(['serve', '--listen', '127.0.0.1:0', '--data', data]);
  check_refusal(end, 2, `${database}.version-${newest - 1}`, 'copied before it is changed');
  expect_json(await look(database), before);
});

test('a database of an older version can be backed up and checked as it is', async (t) => {
  const data = await old_data(t, 1);
  const place = temporary(t, 'backup');
  expect_json((await cared(data, 'check')).databaseVersion, 1);
  await cared(data, 'backup', path.join(place, 'old.tar'));
  await cared(path.join(place, 'copy'), 'restore', path.join(place, 'old.tar'));
  expect_json((await look(path.join(place, 'copy', 'gantry.db'))).version, 1);
  expect_json((await look(path.join(data, 'gantry.db'))).version, 1);
});
