// Starting: what a first run makes, and how a start that cannot be ends: status 2 (3 for damaged
// data), a message that names what is wrong and what to do, and the data as it was.

import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';

import { any, containing, expect, expect_parts } from '../support/expect.mjs';
import { admin_account, binary_path, fresh_directory, run_gantry, TestServer } from '../support/test_server.mjs';
import { test } from '../support/testing.mjs';

const kVersionAt = 60;   // of the format's own number for applications, in SQLite's header
const kNobody = 65534;

const database = (data) => path.join(data, 'gantry.db');
const digest = (file) => createHash('sha256').update(fs.readFileSync(file)).digest('hex');
const start = (data, { args = [], env = {}, listen = '127.0.0.1:0' } = {}) =>
  run_gantry(['serve', '--listen', listen, '--data', data, ...args], { env });

function temporary(t, label) {
  const directory = fresh_directory(label);
  t.after(() => fs.rmSync(directory, { recursive: true, force: true }));
  return directory;
}

// A workspace that was used and stopped.
async function used_data(t, env = {}) {
  const data = temporary(t, 'used');
  const server = await TestServer.start({ data, env });
  const admin = await server.admin();
  await admin.must_post('/api/v1/chat.postMessage', { channel: '#general', text: 'kept' }).catch(() => {});
  admin.close();
  await server.stop();
  return data;
}

function check_refusal(end, code, ...words) {
  const text = end.stderr + end.stdout;
  expect(end.code === code, `ended with ${end.code} instead of ${code}: ${text}`);
  for (const word of words) expect(end.stderr.includes(word), `the message does not say "${word}": ${end.stderr}`);
  expect(end.stderr.trim().split('\n').length <= 2, `the message is long: ${end.stderr}`);
}

test('first run: makes the room, the bot and the administrator of the environment', async (t) => {
  const data = temporary(t, 'first');
  const server = await TestServer.start({ data, env: { ADMIN_USERNAME: 'boss', ADMIN_PASS: 'Boss-pass-1', ADMIN_NAME: 'The Boss',
    ADMIN_EMAIL: 'boss@gantry.test', ADMIN_EMAIL_VERIFIED: 'true' } });
  t.after(() => server.kill());
  const boss = await server.client().login('boss', 'Boss-pass-1');
  expect_parts(await boss.must_get('/api/v1/me'), { name: 'The Boss', roles: ['admin'], statusDefault: 'online',
    emails: [{ address: 'boss@gantry.test', verified: true }] });
  expect_parts(await boss.must_get('/api/v1/users.info', { username: 'rocket.cat' }),
               { user: { _id: 'rocket.cat', name: 'Rocket.Cat', type: 'bot', roles: ['bot'], status: 'online' } });
  expect_parts(await boss.must_get('/api/v1/channels.info', { roomName: 'general' }), { channel: { _id: 'GENERAL', t: 'c', default: true } });
  expect(!server.log.some((line) => line.includes('Boss-pass-1')), 'the password is in the log');
  expect((fs.statSync(data).mode & 0o777) === 0o700, 'others may read the data');
  expect((fs.statSync(path.join(data, 'control.sock')).mode & 0o777) === 0o600, 'others may use the control socket');
  boss.close();
});

test('first run: tells a random password once', async (t) => {
  const data = temporary(t, 'random');
  const server = await TestServer.start({ data, env: { ADMIN_PASS: '' } });
  t.after(() => server.kill());
  const line = await server.wait_for_log(/shown only now/);
  const password = /with the password (\S+) /.exec(line)[1];
  (await server.client().login('admin', password)).close();
  await server.stop();
  server.log.length = 0;
  await server.restart();
  expect(!server.log.some((one) => one.includes('password')), 'it was told again');
  (await server.client().login('admin', password)).close();
});

test('first run: an administrator name that cannot be had gives way to admin', async (t) => {
  const server = await TestServer.start({ env: { ADMIN_USERNAME: 'two words' } });
  t.after(() => server.kill());
  (await server.client().login('admin', admin_account.password)).close();
});

test('start: settings of the environment are set at first, forced ones each time', async (t) => {
  const data = temporary(t, 'forced');
  const env = { API_Default_Count: '7', OVERWRITE_SETTING_Site_Name: 'Forced' };
  const server = await TestServer.start({ data, env });
  t.after(() => server.kill());
  const admin = await server.admin();
  const set = (id, value) => admin.must_post(`/api/v1/settings/${id}`, { value });
  const look = async (id, value) => expect_parts(await (await server.admin()).must_get(`/api/v1/settings/${id}`), { value });
  await look('API_Default_Count', 7);
  await look('Site_Name', 'Forced');
  await set('API_Default_Count', 9);
  await set('Site_Name', 'Changed');
  await set('Site_Url', 'https://chat.example');
  await server.stop();
  await server.restart();
  await look('API_Default_Count', 9);
  await look('Site_Name', 'Forced');
  await look('Site_Url', 'https://chat.example');
});

test('start: a second server on the same data is refused', async (t) => {
  const server = await TestServer.start({ data: temporary(t, 'twice') });
  t.after(() => server.kill());
  check_refusal(await start(server.data), 2, server.data, 'in use by another gantry', '--data');
  (await server.admin()).close();
});

test('start: a port in use is refused', async (t) => {
  const data = await used_data(t);
  const holder = net.createServer().listen(0, '127.0.0.1');
  t.after(() => holder.close());
  await new Promise((resolve) => holder.once('listening', resolve));
  const listen = `127.0.0.1:${holder.address().port}`;
  check_refusal(await start(data, { listen }), 2, '127.0.0.1', String(holder.address().port), 'in use');
  const server = await TestServer.start({ data });
  t.after(() => server.kill());
  (await server.admin()).close();
});

const wrong_setups = [
  { name: 'an unknown flag', args: ['--colour', 'blue'], words: ['--colour'] },
  { name: 'a flag without its value', args: ['--log-level'], words: ['--log-level'] },
  { name: 'an unknown log level', args: ['--log-level', 'loud'], words: ['--log-level', 'loud', 'warn'] },
  { name: 'a listener without a port', args: ['--listen', 'localhost'], words: ['localhost', 'HOST:PORT'] },
  { name: 'a port out of range', args: ['--listen', '127.0.0.1:70000'], words: ['127.0.0.1:70000', '65535'] },
  { name: 'a certificate without a key', args: ['--tls-cert', 'cert.pem'], words: ['--tls-cert', '--tls-key'] },
  { name: 'a forced setting that does not exist', env: { OVERWRITE_SETTING_No_Such: '1' }, words: ['OVERWRITE_SETTING_No_Such'] },
  { name: 'a forced setting of the wrong type', env: { OVERWRITE_SETTING_API_Default_Count: 'many' }, words: ['OVERWRITE_SETTING_API_Default_Count', 'number'] },
  { name: 'an initial setting of the wrong type', env: { Favorite_Rooms: 'maybe' }, words: ['Favorite_Rooms', 'true or false'] },
  { name: 'a wrong number of proxies', env: { HTTP_FORWARDED_COUNT: 'two' }, words: ['HTTP_FORWARDED_COUNT', 'two'] },
  { name: 'a root address that is none', env: { ROOT_URL: 'chat.example' }, words: ['ROOT_URL', 'chat.example', 'https://'] },
  { name: 'test mode for all the world', env: { TEST_MODE: 'true' }, args: ['--listen', '0.0.0.0:0'], words: ['TEST_MODE', 'loopback', '0.0.0.0'] },
];
for (const { name, args, env, words } of wrong_setups) {
  test(`start: ${name} is refused before the data is touched`, async (t) => {
    const data = path.join(temporary(t, 'untouched'), 'data');
    check_refusal(await start(data, { args, env }), 2, ...words);
    expect(!fs.existsSync(data), 'the data directory was made');
  });
}

test('start: certificates that cannot be read are refused', async (t) => {
  const data = await used_data(t);
  const missing = path.join(data, 'no-such.pem');
  check_refusal(await start(data, { args: ['--tls-cert', missing, '--tls-key', missing] }), 2, missing);
});

test('start: a database of a newer version is refused and left alone', async (t) => {
  const data = await used_data(t);
  const bytes = fs.readFileSync(database(data));
  bytes.writeUInt32BE(9999, kVersionAt);
  fs.writeFileSync(database(data), bytes);
  const before = digest(database(data));
  check_refusal(await start(data), 2, database(data), '9999', 'newer gantry');
  expect(digest(database(data)) === before, 'the database was changed');
});

test('start: a damaged database is refused with status 3 and left alone', async (t) => {
  const data = await used_data(t);
  const bytes = fs.readFileSync(database(data));
  bytes.write('no database at all', 0);
  fs.writeFileSync(database(data), bytes);
  const before = digest(database(data));
  check_refusal(await start(data), 3, database(data), 'damaged', 'backup');
  expect(digest(database(data)) === before, 'the database was changed');
});

// The administrator of the machine may write everything, so the program runs as somebody else then.
function start_as_nobody(data, program) {
  const who = process.getuid() === 0 ? { uid: kNobody, gid: kNobody } : {};
  const child = spawn(program, ['serve', '--listen', '127.0.0.1:0', '--data', data],
                      { ...who, cwd: '/', env: { PATH: process.env.PATH }, stdio: ['ignore', 'pipe', 'pipe'] });
  let stderr = '';
  let stdout = '';
  child.stderr.on('data', (chunk) => { stderr += chunk; });
  child.stdout.on('data', (chunk) => {
    stdout += chunk;
    child.kill();   // it must not come so far
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
}

test('start: a database that may not be written is refused and left alone', async (t) => {
  const program = path.join(temporary(t, 'program'), 'gantry');
  fs.copyFileSync(binary_path(), program);
  fs.chmodSync(program, 0o755);
  fs.chmodSync(path.dirname(program), 0o755);
  const data = await used_data(t);
  fs.chmodSync(data, 0o777);
  fs.chmodSync(path.join(data, 'lock'), 0o666);
  fs.chmodSync(path.join(data, 'uploads'), 0o777);
  fs.chmodSync(database(data), 0o444);
  const before = digest(database(data));
  check_refusal(await start_as_nobody(data, program), 2, database(data), 'writable');
  fs.chmodSync(path.join(data, 'lock'), 0o444);
  fs.chmodSync(data, 0o555);
  check_refusal(await start_as_nobody(data, program), 2, data, 'writable');
  expect(digest(database(data)) === before, 'the database was changed');
});

test('test mode: data that was made without it is refused', async (t) => {
  const data = await used_data(t);
  const before = digest(database(data));
  check_refusal(await start(data, { env: { TEST_MODE: 'true' } }), 2, data, 'TEST_MODE', 'empty --data');
  expect(digest(database(data)) === before, 'the database was changed');
});

test('test mode: its data is refused without it', async (t) => {
  const data = temporary(t, 'marked');
  const server = await TestServer.start({ data, env: { TEST_MODE: 'true', ADMIN_PASS: '' } });
  t.after(() => server.kill());
  const name = 'rocketchat.internal.admin.test';
  const admin = await server.client().login(name, name);
  expect_parts(await admin.must_get('/api/v1/users.list', { count: 0 }), { total: 2, users: containing({ username: name, _id: name, roles: ['admin'] }) });
  expect_parts(await admin.must_get('/api/v1/users.info', { userId: name, includeUserRooms: true }), { user: { rooms: [{ rid: 'GENERAL' }] } });
  admin.close();
  await server.stop();
  const before = digest(database(data));
  check_refusal(await start(data), 2, data, 'TEST_MODE', 'another --data');
  expect(digest(database(data)) === before, 'the database was changed');
  await server.restart();
});

test('test mode: an administrator that is asked for is made beside the test account', async (t) => {
  const server = await TestServer.start({ env: { TEST_MODE: 'true' } });
  t.after(() => server.kill());
  const admin = await server.admin();
  expect_parts(await admin.must_get('/api/v1/users.list', { count: 0 }), { total: 3 });
  admin.close();
});

const ask = async (data, args) => {
  const end = await run_gantry(['user', ...args, '--data', data]);
  return { ...end, json: end.code === 0 ? JSON.parse(end.stdout) : undefined };
};

async function check_commands(data, login) {
  const made = await ask(data, ['add', 'deckhand', '--password', 'Deck-1', '--email', 'deck@gantry.test', '--name', 'Deck Hand', '--role', 'user', '--role', 'bot']);
  expect_parts(made.json, { user: { _id: any.id, username: 'deckhand', name: 'Deck Hand', email: 'deck@gantry.test', roles: ['user', 'bot'], active: true } });
  await login('deckhand', 'Deck-1');
  expect_parts((await ask(data, ['add', 'mate'])).json, { user: { username: 'mate', name: 'mate', roles: ['user'] }, password: any.text_of(20) });
  expect_parts((await ask(data, ['list'])).json, { users: containing({ username: 'admin' }, { username: 'deckhand' }, { username: 'mate' }) });
  expect_parts((await ask(data, ['passwd', 'deckhand', '--password', 'Deck-2'])).json, { user: { username: 'deckhand' } });
  await login('deckhand', 'Deck-2');
  expect_parts((await ask(data, ['remove', 'deckhand'])).json, { user: { username: 'deckhand' }, deletedRooms: [] });
  const refusals = [
    [['remove', 'deckhand'], 1, 'there is no account "deckhand"'],
    [['passwd', 'nobody', '--password', 'x'], 1, 'there is no account "nobody"'],
    [['add', 'mate'], 1, 'mate is already in use'],
    [['add', 'two words'], 1, 'not a valid username'],
    [['add', 'new', '--role', 'no-such'], 1, 'no-such'],
    [['remove', 'admin'], 1, 'without admins'],
    [['passwd', 'mate'], 2, '--password'],
    [['add'], 2, 'username'],
  ];
  for (const [args, code, words] of refusals) {
    const end = await ask(data, args);
    expect(end.code === code, `user ${args.join(' ')} ended with ${end.code}: ${end.stderr}`);
    expect((end.stderr + end.stdout).includes(words), `user ${args.join(' ')} does not say "${words}": ${end.stderr}`);
  }
}

test('commands: gantry user works on a running server', async (t) => {
  const server = await TestServer.start({ data: temporary(t, 'running') });
  t.after(() => server.kill());
  await check_commands(server.data, async (user, password) => (await server.client().login(user, password)).close());
});

test('commands: gantry user works on data that no server holds', async (t) => {
  const data = await used_data(t);
  await check_commands(data, async () => {});
  const server = await TestServer.start({ data });
  t.after(() => server.kill());
  const admin = await server.admin();
  expect_parts(await admin.must_get('/api/v1/users.info', { username: 'mate' }), { user: { active: true } });
  expect((await admin.get('/api/v1/users.info', { username: 'deckhand' })).status === 400, 'the removed account is there');
  admin.close();
});

test('commands: --help tells of every flag', async () => {
  for (const [args, ...words] of [[['user', '--help'], 'add', 'list', 'passwd', 'remove'],
                                  [['user', 'add', '--help'], '--password', '--email', '--name', '--role', '--data'],
                                  [['user', 'remove', '--help'], '--confirm-relinquish']]) {
    const end = await run_gantry(args);
    expect(end.code === 0, `${args.join(' ')} ended with ${end.code}`);
    for (const word of words) expect(end.stdout.includes(word), `${args.join(' ')} does not tell of ${word}`);
  }
});
