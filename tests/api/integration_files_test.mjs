// gantry integration export, diff and apply: integrations as files, and trials from the shell.

import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

import { expect, expect_json, expect_parts, any } from '../support/expect.mjs';
import { call_hook, script_of, telling, told_by, update_incoming } from '../support/hooks.mjs';
import { script } from '../support/outgoing.mjs';
import { test } from '../support/testing.mjs';
import { fresh_directory, run_gantry, TestServer } from '../support/test_server.mjs';
import { use_world, World } from '../support/world.mjs';

const w = use_world({ setup: async (world) => {
  await world.create_caller('own', { rights: ['manage-own-incoming-integrations', 'message-impersonate'] });
} });

function folder(t) {
  const made = fresh_directory('files');
  t.after(() => fs.rmSync(made, { recursive: true, force: true }));
  return made;
}
const run = (args, data = w.server.data) => run_gantry(['integration', ...args, '--data', data]);
async function must(args, code = 0, data) {
  const end = await run(args, data);
  expect(end.code === code, `integration ${args.join(' ')} ended with ${end.code}: ${end.stdout}${end.stderr}`);
  return end;
}
const files_of = (dir) => Object.fromEntries(fs.readdirSync(dir).sort().map((name) => [name, fs.readFileSync(path.join(dir, name), 'utf8')]));
const read = (dir, name) => JSON.parse(fs.readFileSync(path.join(dir, name), 'utf8'));
const write = (dir, name, value) => fs.writeFileSync(path.join(dir, name), typeof value === 'string' ? value : JSON.stringify(value));
const edit = (dir, name, changes) => write(dir, name, { ...read(dir, name), ...changes });
const get = async (id) => (await w.admin.must_get('/api/v1/integrations.get', { integrationId: id })).integration;
const find = async (name) => (await w.admin.must_get('/api/v1/integrations.list', { name })).integrations;
async function clear() {
  for (const one of await find('')) await w.admin.must_post('/api/v1/integrations.remove', { type: one.type, integrationId: one._id });
}
const full_outgoing = () => ({ ...script({ prepare: 'return request;' }), alias: 'Bell', avatar: 'https://a.example/x.png', emoji: ':bell:', triggerWords: ['a', 'b'],
  triggerWordAnywhere: true, targetRoom: '#general', runOnEdits: true, impersonateUser: true, retryFailedCalls: true, retryCount: 3, retryDelay: 'policy',
  sendDeliveryId: true, freshState: true, skipTranspile: true, signingSecrets: [`whsec_${Buffer.from('s'.repeat(32)).toString('base64')}`] });
const full_incoming = () => ({ scriptEnabled: true, script: telling('1'), overrideDestinationChannelEnabled: true,
  verification: { preset: 'hmac', secrets: ['keep it secret'], header: 'X-Proof', algorithm: 'sha512', encoding: 'base64', toleranceSeconds: 60 } });

test('export writes a description each, and its script beside it', async (t) => {
  await clear();
  const dir = folder(t);
  const hook = await w.create_incoming({ name: 'Deploy bot (EU)', scriptEnabled: true, script: telling('1') });
  const end = await must(['export', dir]);
  expect(end.stdout === '1 integrations, 2 files written\n', end.stdout);
  expect_json(files_of(dir), { 'deploy-bot-eu.js': telling('1'), 'deploy-bot-eu.json': `{
  "_id": "${hook._id}",
  "type": "webhook-incoming",
  "name": "Deploy bot (EU)",
  "enabled": true,
  "username": "rocket.cat",
  "channel": [
    "#general"
  ],
  "scriptEnabled": true,
  "scriptFile": "deploy-bot-eu.js"
}
` });
});

test('export is the same every time, keeps names, and tells of what is gone', async (t) => {
  await clear();
  const dir = folder(t);
  const one = await w.create_incoming({ name: 'same' }), other = await w.create_outgoing({ name: 'Same!', ...full_outgoing() });
  await must(['export', dir]);
  const before = files_of(dir);
  expect(Object.keys(before).length === 3, Object.keys(before).join());
  expect((await must(['export', dir])).stdout === '2 integrations, 0 files written\n', 'nothing is written again');
  fs.renameSync(path.join(dir, 'same.json'), path.join(dir, 'my-name.json'));
  await must(['export', dir]);
  expect(!fs.existsSync(path.join(dir, 'same.json')) || read(dir, 'same.json')._id !== read(dir, 'my-name.json')._id, 'it keeps the name it was given');
  await w.admin.must_post('/api/v1/integrations.remove', { type: one.type, integrationId: one._id });
  const end = await must(['export', dir]);
  expect(/json describes an integration that is not there/.test(end.stderr), end.stderr);
  expect((await get(other._id)).name === 'Same!', 'the other is there');
});

test('what was exported has nothing to apply', async (t) => {
  await clear();
  const dir = folder(t);
  await w.create_outgoing(full_outgoing());
  await w.create_incoming(full_incoming());
  for (const event of ['roomCreated', 'userCreated', 'roomArchived']) await w.create_outgoing({ event, targetRoom: 'general' });
  await w.create_outgoing({ channel: 'all_public_channels,#general', retryFailedCalls: false, retryCount: 9 });
  for (const secrets of [[], ['--with-secrets']]) {
    await must(['export', dir, ...secrets]);
    expect((await must(['diff', dir, '--prune'])).stdout === '', 'no difference');
    expect((await must(['apply', dir, '--prune'])).stdout === 'nothing to do\n', 'nothing to do');
  }
});

test('secrets are left out unless they are asked for', async (t) => {
  await clear();
  const dir = folder(t);
  const outgoing = await w.create_outgoing({ ...full_outgoing(), token: 'outgoing-token' });
  const incoming = await w.create_incoming(full_incoming());
  await must(['export', dir]);
  const text = JSON.stringify(files_of(dir));
  for (const secret of ['outgoing-token', incoming.token, 'keep it secret', Buffer.from('s'.repeat(32)).toString('base64')]) {
    expect(!text.includes(secret), `${secret} is in the files`);
  }
  await must(['export', dir, '--with-secrets']);
  const all = JSON.stringify(files_of(dir));
  for (const secret of ['outgoing-token', incoming.token, 'keep it secret', Buffer.from('s'.repeat(32)).toString('base64')]) {
    expect(all.includes(secret), `${secret} is not in the files`);
  }
  for (const name of fs.readdirSync(dir)) expect((fs.statSync(path.join(dir, name)).mode & 0o777) === 0o600, `${name} is for its owner`);
  expect((await get(outgoing._id)).token === 'outgoing-token', 'and nothing changed');
});

test('files with secrets make the same integrations on another server', async (t) => {
  await clear();
  const dir = folder(t);
  const outgoing = await w.create_outgoing(full_outgoing()), incoming = await w.create_incoming({ ...full_incoming(), verification: undefined, script: telling('"moved"') });
  await must(['export', dir, '--with-secrets']);
  const other = await World.start({});
  t.after(() => other.stop());
  expect((await must(['apply', dir], 0, other.server.data)).stdout.endsWith('done: 2 created, 0 updated, 0 deleted\n'), 'both are made');
  expect(await told_by(other, incoming) === 'moved', 'the address is the same');
  const made = (await other.admin.must_get('/api/v1/integrations.get', { integrationId: outgoing._id })).integration;
  const stable = ({ _createdAt, _updatedAt, _createdBy, userId, ...rest }) => rest;
  expect_json(stable(made), stable(await get(outgoing._id)));
  expect(made._createdBy.username === other.admin.username, 'the administrator made it');
  expect((await must(['apply', dir], 0, other.server.data)).stdout === 'nothing to do\n', 'the second time there is nothing to do');
});

test('diff shows what apply would do, and does nothing', async (t) => {
  await clear();
  const dir = folder(t);
  const hook = await w.create_incoming({ name: 'watched', scriptEnabled: true, script: 'class Script {\n  a() {}\n}\n', alias: 'Old' });
  const gone = await w.create_incoming({ name: 'unwatched' });
  await must(['export', dir]);
  fs.rmSync(path.join(dir, 'unwatched.json'));
  edit(dir, 'watched.json', { alias: 'New', enabled: false });
  write(dir, 'watched.js', 'class Script {\n  b() {}\n}\n');
  write(dir, 'fresh.json', { type: 'webhook-outgoing', name: 'fresh', enabled: true, username: 'rocket.cat', channel: ['#general'], event: 'sendMessage', urls: ['https://x.example/'] });
  const shown = await must(['diff', dir], 1);
  for (const words of ['create webhook-outgoing "fresh" (fresh.json)\n', '--- /dev/null\n+++ files/fresh.json\n', `update webhook-incoming "watched" ${hook._id} (watched.json)\n`,
                       '--- server/watched.json\n+++ files/watched.json\n', '-  "alias": "Old",\n+  "alias": "New",\n', '-  "enabled": true,\n+  "enabled": false,\n',
                       '--- server/watched.js\n+++ files/watched.js\n@@ -1,3 +1,3 @@\n class Script {\n-  a() {}\n+  b() {}\n }\n', 'would be: 1 created, 1 updated, 0 deleted\n']) {
    expect(shown.stdout.includes(words), `${JSON.stringify(words)} is not in\n${shown.stdout}`);
  }
  expect(!shown.stdout.includes('unwatched'), 'nothing is deleted unless it is asked for');
  const pruned = await must(['plan', dir, '--prune'], 1);
  expect(pruned.stdout.includes(`delete webhook-incoming "unwatched" ${gone._id}\n`) && pruned.stdout.includes('1 deleted'), pruned.stdout);
  expect((await find('')).length === 2 && (await get(hook._id)).alias === 'Old', 'nothing was changed');
});

test('the differences are patches that git takes', async (t) => {
  await clear();
  const dir = folder(t), patched = folder(t);
  let seed = 7;
  const random = (below) => { seed = (seed * 1103515245 + 12345) % 2147483648; return seed % below; };
  const lines = (count) => Array.from({ length: count }, () => ['a', 'b', '', '}', '  c'][random(5)]);
  const cases = Array.from({ length: 40 }, (_, i) => {
    const before = ['first', ...lines(random(40))], after = [...before];
    for (let n = random(4) + 1; n > 0; --n) after.splice(random(after.length), random(3), ...lines(random(3)));
    return { name: `case-${i}`, before: before.join('\n') + (random(3) ? '\n' : ''), after: `${after.join('\n')}\nlast${random(3) ? '\n' : ''}` };
  });
  for (const { name, before } of cases) await w.create_incoming({ name, script: before });
  await must(['export', dir]);
  for (const { name, before, after } of cases) {
    expect(fs.readFileSync(path.join(dir, `${name}.js`), 'utf8') === before, 'the file is the script, byte by byte');
    write(dir, `${name}.js`, after);
    write(patched, `${name}.js`, before);
  }
  const { stdout } = await must(['diff', dir], 1);
  write(patched, 'all.patch', stdout);
  execFileSync('git', ['apply', '-p1', '--whitespace=nowarn', 'all.patch'], { cwd: patched });
  for (const { name, after } of cases) expect(fs.readFileSync(path.join(patched, `${name}.js`), 'utf8') === after, `${name} is as it should be`);
});

test('apply makes exactly the plan, once', async (t) => {
  await clear();
  const dir = folder(t);
  const hook = await w.create_incoming({ name: 'kept', scriptEnabled: true, script: telling('1'), alias: 'Old', emoji: ':x:' });
  const gone = await w.create_incoming({ name: 'gone' });
  await must(['export', dir]);
  fs.rmSync(path.join(dir, 'gone.json'));
  const { alias: _, ...rest } = read(dir, 'kept.json');
  write(dir, 'kept.json', { ...rest, name: 'renamed' });
  write(dir, 'kept.js', telling('2'));
  const planned = await must(['diff', dir, '--prune'], 1);
  const done = await must(['import', dir, '--prune']);
  expect(done.stdout === planned.stdout.replace('would be: ', 'done: '), `${planned.stdout}\n---\n${done.stdout}`);
  const now = await get(hook._id);
  expect_parts(now, { name: 'renamed', alias: any.absent, emoji: ':x:', token: hook.token, _updatedBy: { username: w.admin.username } });
  expect(await told_by(w, hook) === 2, 'the new script runs');
  expect((await w.admin.get('/api/v1/integrations.get', { integrationId: gone._id })).status === 400, 'the other is gone');
  expect((await must(['diff', dir, '--prune'])).stdout === '', 'no difference is left');
  expect((await must(['apply', dir, '--prune'])).stdout === 'nothing to do\n', 'nothing to do');
  const { versions } = await w.admin.must_get('/api/v1/integrations.scriptVersions', { integrationId: hook._id });
  expect(versions.length === 2, 'the former script is a version');
});

test('a description without an id is known by its kind, name and rooms', async (t) => {
  await clear();
  const dir = folder(t);
  const description = { type: 'webhook-incoming', name: 'nameless', enabled: true, username: 'rocket.cat', channel: ['#general'] };
  write(dir, 'a.json', description);
  await must(['apply', dir]);
  expect((await must(['apply', dir])).stdout === 'nothing to do\n', 'it is found again');
  write(dir, 'a.json', { ...description, alias: 'x' });
  await must(['apply', dir]);
  const found = await find('nameless');
  expect(found.length === 1 && found[0].alias === 'x', JSON.stringify(found));
  write(dir, 'a.json', { ...description, _id: 'never-heard-of', alias: 'y' });
  await must(['apply', dir]);
  expect((await find('nameless')).length === 1, 'an id of elsewhere gives way to the name');
  expect((await must(['apply', dir])).stdout === 'nothing to do\n', 'also the second time');
});

test('an id of its own is kept by what is created', async (t) => {
  await clear();
  const dir = folder(t);
  write(dir, 'a.json', { _id: 'my-own-id', type: 'webhook-incoming', name: 'a', enabled: true, username: 'rocket.cat', channel: ['#general'], token: 'my-own-token' });
  await must(['apply', dir]);
  expect((await call_hook(w, { _id: 'my-own-id', token: 'my-own-token' }, { text: 'x' })).status === 200, 'the address is as said');
});

test('a script that does not compile is saved and told of', async (t) => {
  await clear();
  const dir = folder(t);
  write(dir, 'a.json', { type: 'webhook-incoming', name: 'a', enabled: true, username: 'rocket.cat', channel: ['#general'], scriptEnabled: true, scriptFile: 'a.js' });
  write(dir, 'a.js', 'class {');
  const end = await must(['apply', dir]);
  expect(end.stderr.includes('a.json: the script does not compile: SyntaxError'), end.stderr);
});

test('an integration that could not post is saved and told of', async (t) => {
  await clear();
  const dir = folder(t);
  const group = await w.create_group();
  write(dir, 'a.json', { type: 'webhook-incoming', name: 'a', enabled: true, username: 'rocket.cat', channel: [`#${group.name}`] });
  write(dir, 'b.json', { type: 'webhook-incoming', name: 'b', enabled: true, username: 'rocket.cat', channel: ['#general'] });
  const end = await must(['apply', dir]);
  expect(end.stderr === `gantry: a.json: rocket.cat is not a member of #${group.name} and may not enter it\n`, end.stderr);
  expect((await find('a')).length === 1, 'it was saved');
});

const good = { type: 'webhook-incoming', name: 'good', enabled: true, username: 'rocket.cat', channel: ['#general'] };
const outgoing = { type: 'webhook-outgoing', name: 'bad', enabled: true, username: 'rocket.cat', channel: ['#general'], event: 'sendMessage', urls: ['https://x.example/'] };
const bad = [
  ['no JSON', '{"type":', 'bad.json: is not a JSON object'],
  ['a list', '[]', 'bad.json: is not a JSON object'],
  ['no type', {}, 'bad.json: type: is webhook-incoming or webhook-outgoing'],
  ['no name', { ...good, name: undefined }, 'bad.json: name: is missing'],
  ['a wrong kind of value', { ...good, enabled: 'perhaps' }, 'bad.json: enabled: must be boolean'],
  ['an unknown key', { ...good, urls: [] }, 'bad.json: urls: there is no such key'],
  ['a wrong key inside', { ...good, verification: { preset: 'github', wrong: 1 } }, 'bad.json: verification.wrong: there is no such key'],
  ['an unknown preset', { ...good, verification: { preset: 'gitpub' } }, 'bad.json: verification.preset: there is no "gitpub"'],
  ['no secret for what is new', { ...good, name: 'other', verification: { preset: 'github' } }, 'bad.json: verification: A verification needs one secret'],
  ['a room that is not there', { ...good, channel: ['#nowhere'] }, 'bad.json: channel: Invalid room'],
  ['no room', { ...good, channel: [] }, 'bad.json: channel: Invalid channel'],
  ['an account that is not there', { ...good, username: 'nobody-of-the-name' }, 'bad.json: username: Invalid user'],
  ['an account without the right', { ...good, username: 'admin' }, 'bad.json: username: User selected for the incoming integration lacks'],
  ['an event that is not there', { ...outgoing, event: 'never' }, 'bad.json: event: Invalid event type'],
  ['no address', { ...outgoing, urls: [''] }, 'bad.json: urls: Invalid URLs'],
  ['a bad delay', { ...outgoing, retryFailedCalls: true, retryDelay: 'sometimes' }, 'bad.json: retryDelay: Invalid retryDelay'],
  ['a bad signing secret', { ...outgoing, signingSecrets: ['x'] }, 'bad.json: signingSecrets: A signing secret is'],
  ['a blank token', { ...good, token: ' ' }, 'bad.json: token: is blank'],
  ['a script that is not there', { ...good, scriptFile: 'none.js' }, 'bad.json: scriptFile: '],
  ['a script elsewhere', { ...good, scriptFile: '../up.js' }, 'bad.json: scriptFile: is the name of a file beside it'],
  ['an id with strange characters', { ...good, _id: 'a/b' }, 'bad.json: _id: is up to 64 letters'],
  ['the same as another', good, 'good.json: name: bad.json has the same, and the same rooms; say _id'],
];
for (const [name, description, words] of bad) {
  test(`a bad file changes nothing: ${name}`, async (t) => {
    await clear();
    const dir = folder(t);
    write(dir, 'good.json', good);
    write(dir, 'bad.json', description);
    for (const [command, code] of [['apply', 1], ['diff', 2]]) {
      const end = await must([command, dir], code);
      expect(end.stderr.includes(words) && end.stdout === '', `"${words}" is not in ${end.stdout}${end.stderr}`);
    }
    expect_json(await find(''), []);
  });
}

test('all problems are told at once', async (t) => {
  const dir = folder(t);
  write(dir, 'a.json', { ...good, extra: 1, name: 5, enabled: [] });
  write(dir, 'b.json', { ...good, channel: 'general' });
  const { stderr } = await must(['diff', dir], 2);
  for (const words of ['a.json: extra: ', 'a.json: enabled: ', 'b.json: channel: ']) expect(stderr.includes(words), `${words} is not in ${stderr}`);
});

test('two files of one integration are refused', async (t) => {
  await clear();
  const dir = folder(t);
  await w.create_incoming({ name: 'once' });
  await must(['export', dir]);
  fs.copyFileSync(path.join(dir, 'once.json'), path.join(dir, 'twice.json'));
  expect((await must(['diff', dir], 2)).stderr.includes('twice.json: _id: once.json describes the same integration'), 'it says which');
});

test('an empty directory is no wish to delete everything', async (t) => {
  await clear();
  await w.create_incoming({ name: 'safe' });
  const end = await must(['apply', folder(t), '--prune'], 1);
  expect(end.stderr.includes('there is no description'), end.stderr);
  expect((await find('safe')).length === 1, 'it is there');
  expect((await must(['diff', '/no/such/directory'], 2)).stderr.includes('/no/such/directory'), 'it names the directory');
});

test('--as acts with the rights of the account', async (t) => {
  await clear();
  const dir = folder(t);
  const { own } = w.callers;
  await w.create_incoming({ name: 'theirs' });
  await w.create_incoming({ name: 'mine' }, own);
  await must(['export', dir, '--as', own.username]);
  expect_json(fs.readdirSync(dir), ['mine.json']);
  write(dir, 'more.json', outgoing);
  expect((await must(['apply', dir, '--as', own.username], 1)).stderr.includes('more.json: type: '), 'outgoing ones are not for this account');
  write(dir, 'more.json', { ...good, name: 'second' });
  await must(['apply', dir, '--as', own.username, '--prune']);
  expect_parts(await find('second'), [{ _createdBy: { username: own.username } }]);
  expect((await find('theirs')).length === 1, 'what it may not see it does not delete');
  expect((await must(['export', dir, '--as', 'nobody'], 1)).stderr.includes('there is no account "nobody"'), 'it says who is not there');
});

test('an integration of somebody else cannot be taken by its id', async (t) => {
  await clear();
  const dir = folder(t);
  const theirs = await w.create_incoming({ name: 'theirs' });
  write(dir, 'a.json', { ...good, _id: theirs._id });
  expect((await must(['apply', dir, '--as', w.callers.own.username], 1)).stderr.includes('a.json: _id: '), 'it says so');
  expect((await get(theirs._id)).name === 'theirs', 'it is as it was');
});

test('secrets that a file does not have stay, and new ones are only said to be new', async (t) => {
  await clear();
  const dir = folder(t);
  const hook = await w.create_incoming({ name: 'proved', verification: { preset: 'gitlab', secrets: ['first secret'] } });
  await must(['export', dir]);
  edit(dir, 'proved.json', { alias: 'x' });
  await must(['apply', dir]);
  const called = (secret) => call_hook(w, hook, { text: 'x' }, { headers: { 'X-Gitlab-Token': secret } });
  expect((await called('first secret')).status === 200, 'the secret stayed');
  edit(dir, 'proved.json', { token: 'another-token', verification: { preset: 'gitlab', secrets: ['second secret'] } });
  const { stdout } = await must(['diff', dir], 1);
  expect(!/another-token|second secret|first secret/.test(stdout) && !stdout.includes(hook.token), stdout);
  expect(stdout.includes('-  "token": "(as stored)"\n+  "token": "(from the file)"\n'), stdout);
  await must(['apply', dir]);
  expect((await call_hook(w, { ...hook, token: 'another-token' }, { text: 'x' }, { headers: { 'X-Gitlab-Token': 'second secret' } })).status === 200, 'both are new');
});

test('where scripts are frozen files change none', async (t) => {
  const server = await TestServer.start({ env: { FREEZE_INTEGRATION_SCRIPTS: 'yes' } });
  t.after(async () => { await server.kill(); server.remove_data(); });
  const dir = folder(t);
  write(dir, 'a.json', { ...good, scriptFile: 'a.js' });
  write(dir, 'a.js', 'class Script {}');
  expect((await must(['apply', dir], 1, server.data)).stderr.includes('a.json: script: integration-scripts-disabled'), 'it says so');
});

test('the commands work on data that no server holds', async (t) => {
  const data = fresh_directory('data'), dir = folder(t);
  t.after(() => fs.rmSync(data, { recursive: true, force: true }));
  write(dir, 'a.json', { ...good, scriptEnabled: true, scriptFile: 'a.js' });
  write(dir, 'a.js', script_of('return { content: { text: "offline" } };'));
  await must(['apply', dir], 0, data);
  expect((await must(['diff', dir], 0, data)).stdout === '', 'no difference');
  const exported = folder(t);
  await must(['export', exported], 0, data);
  const { _id } = read(exported, 'good.json');
  const told = JSON.parse((await must(['try', _id], 0, data)).stdout);
  expect_parts(told.outcome, { answer: { status: 200 }, messages: [{ message: { text: 'offline' } }] });
});

test('gantry integration try', async (t) => {
  await clear();
  const dir = folder(t);
  const hook = await w.create_incoming({ scriptEnabled: true, script: telling('request.content.n') });
  expect((await update_incoming(w, hook, { script: telling('request.content.n + 1') })).status === 200, 'the update');
  write(dir, 'request.json', { body: { n: 41 } });
  const tried = async (args, code) => JSON.parse((await must(['try', ...args], code)).stdout);
  expect_parts(await tried([hook._id, '--request', path.join(dir, 'request.json'), '--compare', '1']), {
    outcome: { answer: { body: { value: 42 } } }, compared: { outcome: { answer: { body: { value: 41 } } } } });
  expect_parts(await tried([hook._id, '--version', '1', '--request', path.join(dir, 'request.json')]), { outcome: { answer: { body: { value: 41 } } } });
  write(dir, 'new.js', script({ prepare: `const r = HTTP('GET', 'https://api.example/'); Store.set('n', Store.get('n') + 1);
    return { url: request.url, method: 'POST', data: { said: request.data.text, got: r.result.data } };`, process: 'return { content: { text: "answer " + response.status_code } };' }).script);
  write(dir, 'event.json', { text: 'hi' });
  write(dir, 'http.json', [{ body: { a: 1 } }]);
  write(dir, 'response.json', { status: 201 });
  write(dir, 'store.json', { n: 1 });
  const file = (name) => path.join(dir, name);
  expect_parts(await tried(['--type', 'webhook-outgoing', '--script', file('new.js'), '--event', file('event.json'), '--http', file('http.json'),
                            '--response', file('response.json'), '--store', file('store.json'), '--url', 'https://to.example/']), {
    outcome: { request: { url: 'https://to.example/', body: '{"said":"hi","got":{"a":1}}' }, messages: [{ message: { text: 'answer 201' } }], store: { n: 2 } } });
  write(dir, 'bad.js', script_of('throw new Error("no");'));
  expect_parts(await tried([hook._id, '--script', file('bad.js')], 1), { outcome: { runs: [{ error: { message: 'no', line: 4 } }] } });
  expect((await must(['try', 'no-such-id'], 1)).stderr.includes('The integration does not exists.'), 'it says so');
  expect((await must(['try', hook._id, '--request', file('new.js')], 2)).stderr.includes('new.js: is not JSON'), 'it names the file');
  expect((await must(['try', hook._id, '--request', file('http.json')], 1)).stderr.includes('must be object'), 'it says what is wrong');
});

test('--help tells of every flag', async () => {
  for (const [args, ...words] of [[['integration', '--help'], 'try', 'export', 'diff', 'apply'],
                                  [['integration', 'try', '--help'], '--delivery', '--call', '--script', '--version', '--compare', '--event', '--response', '--http', '--store', '--as', '--data'],
                                  [['integration', 'apply', '--help'], '--prune', '--as'], [['integration', 'export', '--help'], '--with-secrets']]) {
    const end = await run_gantry(args);
    expect(end.code === 0, `${args.join(' ')} ended with ${end.code}`);
    for (const word of words) expect(end.stdout.includes(word), `${args.join(' ')} does not tell of ${word}`);
  }
});
