// gantry restore: a backup that is not whole is refused before anything stands in its place.

import fs from 'node:fs';
import path from 'node:path';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

import { care, cared, check_refusal, make_tar, read_tar, sha256, temporary } from '../support/care.mjs';
import { expect, expect_json } from '../support/expect.mjs';
import { fresh_directory, run_gantry, TestServer } from '../support/test_server.mjs';
import { after, before, test } from '../support/testing.mjs';

let place;
let file;
let good;      // its bytes
let files;     // what is in it

before(async () => {
  place = fresh_directory('restore');
  const server = await TestServer.start({ data: path.join(place, 'data') });
  const admin = await server.admin();
  const form = new FormData();
  form.append('file', new Blob(['what was uploaded'.repeat(200)]), 'a.txt');
  const headers = { 'X-Auth-Token': admin.token, 'X-User-Id': admin.user_id };
  const sent = await fetch(`${server.url}/api/v1/rooms.media/GENERAL`, { method: 'POST', headers, body: form });
  await admin.must_post(`/api/v1/rooms.mediaConfirm/GENERAL/${(await sent.json()).file._id}`, {});
  admin.close();
  await server.stop();
  file = path.join(place, 'good.tar');
  await cared(server.data, 'backup', file);
  good = fs.readFileSync(file);
  files = read_tar(good);
});
after(() => fs.rmSync(place, { recursive: true, force: true }));

// The manifest and its hash for other files.
function whole(changed, change = (manifest) => manifest) {
  const manifest = change({ ...JSON.parse(files.find((one) => one.name === 'manifest.json').bytes),
    files: changed.map(({ name, bytes }) => ({ name, bytes: bytes.length, sha256: sha256(bytes) })) });
  const text = Buffer.from(JSON.stringify(manifest));
  return make_tar([...changed, { name: 'manifest.json', bytes: text },
                   { name: 'manifest.sha256', bytes: Buffer.from(`${sha256(text)}  manifest.json\n`) }]);
}

const content = () => files.filter((one) => !one.name.startsWith('manifest'));
const upload = () => files.find((one) => one.name.startsWith('uploads/'));

async function check_damaged(t, bytes, words = [], code = 3) {
  const tried = temporary(t, 'damaged');
  const broken = path.join(tried, 'broken.tar');
  const data = path.join(tried, 'data');
  fs.writeFileSync(broken, bytes);
  check_refusal(await care(data, 'restore', broken), code, broken, ...words);
  const left = fs.existsSync(data) ? fs.readdirSync(data).filter((name) => name !== 'lock') : [];
  expect_json(left, []);
}

test('a byte that is changed anywhere is found', async (t) => {
  for (let step = 0; step < 40; ++step) {
    const at = Math.floor((good.length - 1) * step / 39);
    const bytes = Buffer.from(good);
    bytes[at] ^= 0x10;
    await check_damaged(t, bytes, ['take another backup']);
  }
});

test('a changed byte of the smaller files is found', async (t) => {
  for (const { at, bytes: inside } of files.slice(1)) {
    for (const offset of [0, 130, 300, 512, 512 + inside.length - 1]) {
      const bytes = Buffer.from(good);
      bytes[at + offset] ^= 0x01;
      await check_damaged(t, bytes, ['damaged']);
    }
  }
});

test('a backup that ends early, or has something behind its end, is refused', async (t) => {
  for (const length of [0, 100, 512, 5000, upload().at + 700, good.length - 1024, good.length - 512, good.length - 1]) {
    await check_damaged(t, good.subarray(0, length), ['damaged']);
  }
  await check_damaged(t, Buffer.concat([good, Buffer.from('x')]), ['something follows its end']);
});

const kForgeries = [
  ['no backup at all', () => Buffer.from('just a text'.repeat(1000)), ['damaged']],
  ['a file that would lie elsewhere', () => whole([...content(), { name: 'uploads/../../evil', bytes: Buffer.from('x') }]), ['no backup has']],
  ['a file of the root', () => whole([...content(), { name: '/tmp/evil', bytes: Buffer.from('x') }]), ['no backup has']],
  ['a link', () => whole([...content(), { name: 'uploads/link', bytes: Buffer.alloc(0), type: '2' }]), ['header is wrong']],
  ['no database', () => whole([upload()]), ['files of its manifest']],
  ['an upload less than the database names', () => whole(content().filter((one) => one !== upload())), ['is missing']],
  ['an upload that is shorter', () => whole([content()[0], { name: upload().name, bytes: Buffer.from('short') }]), ['another size']],
  ['a manifest of another form', () => whole(content(), (manifest) => ({ ...manifest, format: 2 })), ['not one that this program reads']],
  ['a file that the manifest does not name', () => {
    const more = { name: 'uploads/abcdef', bytes: Buffer.from('x') };
    return make_tar([...content(), more, ...files.slice(-2)]);
  }, ['files of its manifest']],
  ['a file twice', () => make_tar([...content(), upload(), ...files.slice(-2)]), ['files of its manifest']],
  ['a damaged database with right hashes', () => {
    const database = Buffer.from(content()[0].bytes);
    database.fill(0xAB, 4096 * 3, 4096 * 5);
    return whole([{ name: 'gantry.db', bytes: database }, upload()]);
  }, ['damaged']],
];
for (const [words, forge, said] of kForgeries) {
  test(`${words}: refused`, (t) => check_damaged(t, forge(), said));
}

test('a database of a newer program is refused with what to do', (t) =>
  check_damaged(t, whole(content(), (manifest) => ({ ...manifest, databaseVersion: 9999 })), ['9999', 'newer gantry'], 2));

test('a directory with something in it is refused and left alone', async (t) => {
  const data = path.join(temporary(t, 'full'), 'data');
  fs.mkdirSync(data);
  fs.writeFileSync(path.join(data, 'mine.txt'), 'mine');
  check_refusal(await care(data, 'restore', file), 2, data, 'not empty');
  expect_json(fs.readdirSync(data), ['mine.txt']);
  const missing = path.join(data, 'no-such.tar');
  check_refusal(await care(path.join(data, 'new'), 'restore', missing), 2, missing, 'check the path');
});

test('a restore that did not come to its end is not taken for a workspace', async (t) => {
  const data = path.join(temporary(t, 'cut'), 'data');
  await cared(data, 'restore', file);
  fs.mkdirSync(path.join(data, 'restoring'));
  for (const args of [['serve', '--listen', '127.0.0.1:0'], ['backup', path.join(data, '../b.tar')], ['compact']]) {
    check_refusal(await care(data, ...args), 2, path.join(data, 'restoring'), 'restore the backup again');
  }
});

test('other tools unpack a backup', async (t) => {
  const into = temporary(t, 'untar');
  await promisify(execFile)('tar', ['-xf', file, '-C', into]);
  await promisify(execFile)('sha256sum', ['-c', 'manifest.sha256'], { cwd: into });
  for (const { name, bytes } of files) expect(fs.readFileSync(path.join(into, name)).equals(bytes), `${name} differs`);
});

test('the mark of test mode goes along', async (t) => {
  const tried = temporary(t, 'marked');
  const server = await TestServer.start({ data: path.join(tried, 'data'), env: { TEST_MODE: 'true' } });
  t.after(() => server.kill());
  await cared(server.data, 'backup', path.join(tried, 'b.tar'));
  await cared(path.join(tried, 'copy'), 'restore', path.join(tried, 'b.tar'));
  check_refusal(await run_gantry(['serve', '--listen', '127.0.0.1:0', '--data', path.join(tried, 'copy')]), 2, 'TEST_MODE');
});
