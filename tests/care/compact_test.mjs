// gantry compact: what was deleted is in no file of the data directory any more.

import fs from 'node:fs';
import path from 'node:path';

import { care, cared, check_refusal, files_with, temporary } from '../support/care.mjs';
import { expect, expect_json } from '../support/expect.mjs';
import { TestServer } from '../support/test_server.mjs';
import { test } from '../support/testing.mjs';
import { use_world } from '../support/world.mjs';

const w = use_world({ server: { binary: 'testing' } });
const kDeleted = 'the canary that flew away';
const kKept = 'the canary that stayed';
const kOthers = 50;     // messages around, so that pages are shared and some become free
const kWriters = 4;

async function post_and_delete(admin, room) {
  const message = (text) => admin.must_post('/api/v1/chat.postMessage', { roomId: room._id, text });
  const gone = [];
  for (let number = 0; number < kOthers; ++number) {
    gone.push((await message(`${kDeleted} ${number} ${'x'.repeat(number * 20)}`)).message._id);
    await message(`${kKept} ${number}`);
  }
  for (const msgId of gone) await admin.must_post('/api/v1/chat.delete', { roomId: room._id, msgId });
}

function check_gone(data) {
  expect_json(files_with(data, kDeleted), []);
  expect_json(files_with(data, kKept), [path.join(data, 'gantry.db')]);
}

test('while the server runs: a deleted text is in no file, and what is posted meanwhile is kept', async () => {
  const room = await w.create_channel();
  await post_and_delete(w.admin, room);
  expect(files_with(w.server.data, kDeleted).length > 0, 'the text was in no file before');
  let stopping = false;
  const posted = [];
  const writers = Array.from({ length: kWriters }, async (_, writer) => {
    for (let number = 0; !stopping; ++number) {
      const text = `meanwhile ${number} of ${writer}`;
      await w.post(room, text);
      posted.push(text);
    }
  });
  const report = await cared(w.server.data, 'compact');
  stopping = true;
  await Promise.all(writers);
  expect(report.bytes > 0 && report.bytes <= report.bytesBefore, JSON.stringify(report));
  expect_json(files_with(w.server.data, kDeleted), []);
  await w.crash_and_restart();
  const { messages } = await w.admin.must_get('/api/v1/channels.messages', { roomId: room._id, count: 5000 });
  const texts = new Set(messages.map((one) => one.msg));
  expect_json(posted.filter((text) => !texts.has(text)), []);
  for (let number = 0; number < kOthers; ++number) expect(texts.has(`${kKept} ${number}`), `number ${number} is missing`);
  expect_json((await cared(w.server.data, 'check')).findings, []);
});

test('without a server, also after a crash: a deleted text is in no file', async (t) => {
  const data = temporary(t, 'compact');
  const server = await TestServer.start({ data });
  t.after(() => server.kill());
  const admin = await server.admin();
  await post_and_delete(admin, { _id: 'GENERAL' });
  admin.close();
  await server.kill();
  expect(files_with(data, kDeleted).length > 0, 'the text was in no file before');
  await cared(data, 'compact');
  check_gone(data);
});

test('copies from before an upgrade go, too', async (t) => {
  const data = temporary(t, 'compact');
  const server = await TestServer.start({ data });
  t.after(() => server.kill());
  const copy = path.join(data, 'gantry.db.version-1');
  fs.writeFileSync(copy, kDeleted);
  fs.writeFileSync(path.join(data, 'gantry.db.version-mine'), 'not made by gantry');
  expect_json((await cared(data, 'compact')).removedCopies, [copy]);
  expect(!fs.existsSync(copy) && fs.existsSync(path.join(data, 'gantry.db.version-mine')), 'the wrong file went');
});

test('uploaded files of a room that was deleted go when they are no longer new', async (t) => {
  const form = new FormData();
  const room = await w.create_channel();
  form.append('file', new Blob([kDeleted]), 'a.txt');
  const headers = { 'X-Auth-Token': w.admin.token, 'X-User-Id': w.admin.user_id };
  const sent = await fetch(`${w.server.url}/api/v1/rooms.media/${room._id}`, { method: 'POST', headers, body: form });
  const { file } = await sent.json();
  const stored = path.join(w.server.data, 'uploads', file._id);
  const long_ago = new Date(Date.now() - 3600_000);
  fs.utimesSync(stored, long_ago, long_ago);
  await cared(w.server.data, 'compact');
  expect(fs.existsSync(stored), 'it went while its room was there');
  await w.admin.must_post('/api/v1/channels.delete', { roomId: room._id });
  await cared(w.server.data, 'compact');
  expect(!fs.existsSync(stored), 'it is still there');
});

test('a full disk: nothing is lost, and it works when there is room again', async () => {
  const room = await w.create_channel();
  await post_and_delete(w.admin, room);
  await w.server.control({ command: 'fail-disk', operation: 'write', error: 'full', after: 20 });
  check_refusal(await care(w.server.data, 'compact'), 2, path.join(w.server.data, 'gantry.db'), 'free some space');
  await w.server.control({ command: 'heal-disk' });
  await w.post(room, 'after the fault');
  await cared(w.server.data, 'compact');
  expect_json(files_with(w.server.data, kDeleted), []);
  const { messages } = await w.admin.must_get('/api/v1/channels.messages', { roomId: room._id, count: 500 });
  expect(messages.filter((one) => !one.t).length === kOthers + 1, `${messages.length} messages are left`);
});

test('a backup on a full disk: none is made, and the server goes on', async (t) => {
  const file = path.join(temporary(t, 'full'), 'team.tar');
  await w.server.control({ command: 'fail-disk', operation: 'write', error: 'full' });
  check_refusal(await care(w.server.data, 'backup', file), 2, 'free some space');
  await w.server.control({ command: 'heal-disk' });
  expect_json(fs.readdirSync(path.dirname(file)), []);
  await w.post(await w.create_channel(), 'after the fault');
  await cared(w.server.data, 'backup', file);
});
