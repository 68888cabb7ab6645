// gantry backup: one plain file with all that was acknowledged, made beside a server that works.

import fs from 'node:fs';
import path from 'node:path';

import { call_hook, script_of } from '../support/hooks.mjs';
import { care, cared, check_refusal, fill_database, read_tar, sha256, temporary } from '../support/care.mjs';
import { expect, expect_json } from '../support/expect.mjs';
import { bell, script } from '../support/outgoing.mjs';
import { eventually } from '../support/patience.mjs';
import { TestServer } from '../support/test_server.mjs';
import { test } from '../support/testing.mjs';
import { use_world } from '../support/world.mjs';

const kWriters = 8;
const kBefore = 150;       // messages of all writers before the backup begins
const kAfter = 50;         // and so many more at least while or after it is made
const kPage = 100;

const w = use_world();

async function texts_in(admin, room) {
  const found = [];
  for (let offset = 0, total = 1; offset < total; offset += kPage) {
    const page = await admin.must_get('/api/v1/channels.messages', { roomId: room._id, count: kPage, offset });
    total = page.total;
    found.push(...page.messages.filter((one) => !one.t).map((one) => one.msg));
  }
  return found;
}

async function upload(admin, room, bytes) {
  const form = new FormData();
  form.append('file', new Blob([bytes], { type: 'application/octet-stream' }), 'some.bin');
  const headers = { 'X-Auth-Token': admin.token, 'X-User-Id': admin.user_id };
  const answer = await fetch(`${w.server.url}/api/v1/rooms.media/${room._id}`, { method: 'POST', headers, body: form });
  const { file } = await answer.json();
  await admin.must_post(`/api/v1/rooms.mediaConfirm/${room._id}/${file._id}`, {});
  return file._id;
}

// Writers that post one message after the other until told to stop.
function begin_load(room) {
  const load = { acknowledged: [], stopping: false };
  const write = async (writer) => {
    for (let number = 0; !load.stopping; ++number) {
      const text = `message ${number} of writer ${writer}`;
      const answer = await w.admin.post('/api/v1/chat.postMessage', { roomId: room._id, text });
      expect(answer.status === 200, `posting failed during a backup: ${answer.text}`);
      load.acknowledged.push(text);
    }
  };
  load.done = Promise.all(Array.from({ length: kWriters }, (_, writer) => write(writer)));
  return load;
}

test('a backup under load holds what was acknowledged before it, and its copy calls nobody until told to', async (t) => {
  const place = temporary(t, 'backup');
  const file = path.join(place, 'team.tar');
  const copy = path.join(place, 'copy');
  const hook = await bell(w);
  hook.answer({ status: 500 });      // each delivery is to be tried again
  const asking = await bell(w, script({ prepare: `HTTP('GET', '${w.receiver.url('/asked')}'); return { url: request.url, method: 'POST', data: {} };` }));
  asking.answer({ status: 500 });
  await asking.ring('asked');
  await asking.received(1);
  const incoming = await w.create_incoming({ channel: `#${hook.room.name}`, scriptEnabled: true,
    script: script_of(`HTTP('GET', '${w.receiver.url('/fetched')}'); return { content: { text: 'fetched' } };`) });
  const picture = Buffer.from('the bytes of a picture '.repeat(5000));
  const id = await upload(w.admin, hook.room, picture);

  const load = begin_load(hook.room);
  await eventually('enough before', () => load.acknowledged.length >= kBefore, 20_000);
  const before = [...load.acknowledged];
  const made = await cared(w.server.data, 'backup', file);
  expect_json(made, { file, bytes: fs.statSync(file).size, uploads: 1 });
  await eventually('enough after', () => load.acknowledged.length >= before.length + kAfter, 20_000);
  load.stopping = true;
  await load.done;
  await w.server.kill();

  const restored = await cared(copy, 'restore', file);
  expect_json({ data: restored.data, uploads: restored.uploads, deliveries: restored.deliveries }, { data: copy, uploads: 1, deliveries: 'paused' });
  expect_json((await cared(copy, 'check')).findings, []);
  const seen = w.receiver.requests.length;
  const server = await TestServer.start({ data: copy });
  t.after(() => server.kill());
  const ready = await server.client().get('/readyz');
  expect(ready.status === 200 && ready.text.includes('deliveries are paused') && ready.text.includes('--resume-deliveries'), ready.text);
  expect(server.log.some((line) => line.includes('deliveries are paused')), 'the log does not say it');
  const admin = await server.admin();
  const texts = await texts_in(admin, hook.room);
  const kept = new Set(texts);
  expect_json(before.filter((one) => !kept.has(one)), []);
  expect(kept.size === texts.length, 'a message is there twice');
  const download = await fetch(`${server.url}/file-upload/${id}/some.bin`, { headers: { 'X-Auth-Token': admin.token, 'X-User-Id': admin.user_id } });
  expect(Buffer.from(await download.arrayBuffer()).equals(picture), 'the uploaded file has changed');

  await admin.must_post('/api/v1/chat.postMessage', { roomId: hook.room._id, text: 'in the copy' });
  await admin.must_post('/api/v1/chat.postMessage', { roomId: asking.room._id, text: 'in the copy' });
  await call_hook({ anonymous: server.client(), hook_path: w.hook_path }, incoming);
  await w.receiver.expect_quiet(seen, 1500);

  await server.stop();
  await server.restart({ args: ['--resume-deliveries'] });
  await w.receiver.wait_until('the delivery of the copy', (one) => one.json?.text === 'in the copy');
  expect((await server.client().get('/readyz')).text === 'ready\n', 'it is still paused');
  await server.stop();
  await server.restart({ args: [] });
  expect((await server.client().get('/readyz')).text === 'ready\n', 'it is paused again');
  admin.close();
  await w.server.restart();
  await w.connect();
});

test('a backup is a plain tar file whose manifest has the size and hash of each file', async (t) => {
  const file = path.join(temporary(t, 'backup'), 'team.tar');
  const room = await w.create_channel();
  const id = await upload(w.admin, room, Buffer.from('some bytes'));
  await cared(w.server.data, 'backup', file);
  expect((fs.statSync(file).mode & 0o777) === 0o600, 'others may read it');
  const files = read_tar(fs.readFileSync(file));
  const hash = files.pop();
  const manifest = files.pop();
  expect_json([manifest.name, hash.name], ['manifest.json', 'manifest.sha256']);
  expect_json(hash.bytes.toString(), `${sha256(manifest.bytes)}  manifest.json\n`);
  const { format, files: listed } = JSON.parse(manifest.bytes);
  expect_json(format, 1);
  expect_json(listed, files.map(({ name, bytes }) => ({ name, bytes: bytes.length, sha256: sha256(bytes) })));
  expect(listed.some((one) => one.name === `uploads/${id}` && one.bytes === 10), 'the upload is not in it');
  expect_json(fs.readdirSync(path.dirname(file)), ['team.tar']);
});

test('a backup holds nothing that was deleted', async (t) => {
  const file = path.join(temporary(t, 'backup'), 'team.tar');
  const room = await w.create_channel();
  const message = await w.post(room, 'a text that nobody shall keep');
  await w.post(room, 'a text that stays');
  await w.admin.must_post('/api/v1/chat.delete', { roomId: room._id, msgId: message._id });
  await cared(w.server.data, 'backup', file);
  const bytes = fs.readFileSync(file);
  expect(bytes.includes('a text that stays'), 'the other text is missing');
  expect(!bytes.includes('a text that nobody shall keep'), 'the deleted text is in it');
});

test('a place that cannot be used is refused, and what is there stays', async (t) => {
  const place = temporary(t, 'backup');
  const file = path.join(place, 'team.tar');
  fs.writeFileSync(file, 'something else');
  check_refusal(await care(w.server.data, 'backup', file), 2, file, '--replace');
  expect(fs.readFileSync(file, 'utf8') === 'something else', 'the file was changed');
  await cared(w.server.data, 'backup', file, '--replace');
  await cared(path.join(place, 'copy'), 'restore', file);
  check_refusal(await care(w.server.data, 'backup', place), 2, place, 'name a file');
  const missing = path.join(place, 'no-such', 'team.tar');
  check_refusal(await care(w.server.data, 'backup', missing), 2, missing, 'check the path');
  const inside = path.join(w.server.data, 'gantry.db');
  check_refusal(await care(w.server.data, 'backup', inside, '--replace'), 2, inside, 'outside');
  const nowhere = path.join(place, 'nothing');
  check_refusal(await care(nowhere, 'backup', path.join(place, 'other.tar')), 2, nowhere, '--data');
  expect_json(fs.readdirSync(place).sort(), ['copy', 'team.tar']);
});

test('a backup without a server is as one with it, also after a crash', async (t) => {
  const place = temporary(t, 'backup');
  const data = path.join(place, 'data');
  fs.mkdirSync(data);
  const server = await TestServer.start({ data });
  t.after(() => server.kill());
  const admin = await server.admin();
  await admin.must_post('/api/v1/chat.postMessage', { channel: '#general', text: 'only in the log' });
  admin.close();
  await server.kill();
  const file = path.join(place, 'team.tar');
  await cared(data, 'backup', file);
  await cared(path.join(place, 'copy'), 'restore', file);
  await server.restart({ data: path.join(place, 'copy') });
});

test('backups at the same time: one is made, the others are told to wait', async (t) => {
  const place = temporary(t, 'backup');
  const files = [1, 2, 3, 4].map((number) => path.join(place, `team-${number}.tar`));
  const ends = await Promise.all(files.map((file) => care(w.server.data, 'backup', file)));
  const made = ends.filter((end) => end.code === 0);
  expect(made.length > 0, 'none was made');
  for (const end of ends) if (end.code !== 0) check_refusal(end, 2, 'another backup or compact is under way');
  expect(fs.readdirSync(place).length === made.length, 'something was left behind');
});

async function large_server(t, place) {
  const data = path.join(place, 'data');
  fs.mkdirSync(data);
  const server = await TestServer.start({ data });
  t.after(() => server.kill());
  await server.stop();
  await fill_database(data);
  await server.restart();
  return server;
}

const begun = (place) => eventually('the beginning', () => fs.readdirSync(place).some((name) => name.startsWith('team.tar.part')), 10_000);

test('a server that is killed while it makes a backup leaves none that is half made', async (t) => {
  const place = temporary(t, 'backup');
  const server = await large_server(t, place);
  const file = path.join(place, 'team.tar');
  const made = care(server.data, 'backup', file);
  await begun(place);
  await server.kill();
  const end = await made;
  expect(end.code !== 0 || fs.existsSync(file), 'it was made and is not there');
  if (fs.existsSync(file)) await cared(path.join(place, 'early'), 'restore', file);
  await server.restart();
  await cared(server.data, 'backup', file, '--replace');
  expect_json(fs.readdirSync(place).filter((name) => name.startsWith('team')), ['team.tar']);
  await cared(path.join(place, 'copy'), 'restore', file);
});

test('a server that is told to stop does not wait for a backup or a compact', async (t) => {
  const place = temporary(t, 'backup');
  const server = await large_server(t, place);
  const made = care(server.data, 'backup', path.join(place, 'team.tar'));
  await begun(place);
  await server.stop();
  const end = await made;
  if (end.code !== 0) check_refusal(end, 2, 'try again');
  expect_json(fs.readdirSync(place).sort(), end.code === 0 ? ['data', 'team.tar'] : ['data']);
  await server.restart();
  const compacted = care(server.data, 'compact');
  await server.stop();
  const stopped = await compacted;
  if (stopped.code !== 0) check_refusal(stopped, 2, 'try again');
  expect_json((await cared(server.data, 'check')).findings, []);
});
