// What saving a script does: compiling, and the switches of the environment.

import { any, expect, expect_json, expect_parts } from '../support/expect.mjs';
import { call_hook, create_scripted, not_loaded, not_run, refusal, script_of, success, telling, told_by,
         update_incoming } from '../support/hooks.mjs';
import { test } from '../support/testing.mjs';
import { use_world } from '../support/world.mjs';

const w = use_world();
const broken = 'class Script {\n  process_incoming_request( { }\n}';
const assigning = script_of('counter = 41; counter += 1; return { content: { text: "x" }, response: { value: counter } };');
const stored = async (integration) => (await w.admin.must_get('/api/v1/integrations.get', { integrationId: integration._id })).integration;

test('a script is compiled when it is enabled and not blank', { covers: ['integrations 6.1/when'] }, async () => {
  const hook = await create_scripted(w, telling('1'));
  expect_parts(hook, { script: telling('1'), scriptCompiled: any.string, scriptError: any.absent, scriptEngine: 'isolated-vm' });
  for (const without of [await create_scripted(w, telling('1'), { scriptEnabled: false }), await create_scripted(w, ' \n '),
                         await create_scripted(w, undefined)]) {
    expect_parts(without, { scriptCompiled: any.absent, scriptError: any.absent });
  }
  const off = await create_scripted(w, telling('2'), { scriptEnabled: false });
  expect((await call_hook(w, off, { text: 'x' })).json.value === undefined, 'a disabled script runs');
  const { json } = await update_incoming(w, off, { scriptEnabled: true, script: telling('2') });
  expect_parts(json.integration, { scriptCompiled: any.string });
  expect(await told_by(w, off) === 2, 'the update was not compiled');
});

test('an assignment to an undeclared name makes a global', { covers: ['integrations 6.1/1a'] }, async () => {
  expect(await told_by(w, await create_scripted(w, assigning)) === 42, 'not a global');
  const seen = await create_scripted(w, telling('typeof later', 'later = 1;'));
  expect(await told_by(w, seen) === 'number', 'a top-level one is not seen');
  const other_function = script_of('fill(); return { content: { text: "x" }, response: { value: made } };',
                                   'function fill() { for (made of [1, 2, 3]) {} ({ part } = { part: 1 }); [item] = [2]; }');
  expect(await told_by(w, await create_scripted(w, other_function)) === 3, 'not seen elsewhere');
});

test('line numbers stay', { covers: ['integrations 6.1/1b'] }, async () => {
  const lines = (await create_scripted(w, script_of('undeclared = 1;\n// a comment\n\n    throw new Error("here");')));
  const shown = await create_scripted(w, script_of('undeclared = 1;\n\n    try {\n      throw new Error("here");\n    } catch (e) {\n' +
    '      return { content: { text: "x" }, response: { value: e.stack } };\n    }'));
  const stack = await told_by(w, shown);
  const line = shown.script.split('\n').findIndex((text) => text.includes('throw new')) + 1;
  expect(new RegExp(`:${line}:\\d+`).test(stack), `line ${line} is not in ${stack}`);
  expect_json((await call_hook(w, lines)).json, not_run);
});

test('scriptCompiled is what runs', { covers: ['integrations 6.1/1c'] }, async () => {
  const hook = await create_scripted(w, assigning);
  expect(hook.scriptCompiled.split('\n').length === hook.script.split('\n').length, 'other lines');
  expect(hook.scriptCompiled !== hook.script, 'nothing was declared in front');
  expect_parts(await stored(hook), { scriptCompiled: hook.scriptCompiled });
});

test('skipTranspile keeps the script and its strictness', { covers: ['integrations 6.1/2'] }, async () => {
  const hook = await create_scripted(w, assigning, { skipTranspile: true });
  expect_parts(hook, { skipTranspile: true, scriptCompiled: assigning });
  expect_json((await call_hook(w, hook)).json, not_run);
  expect(await told_by(w, await create_scripted(w, telling('1 + 1'), { skipTranspile: true })) === 2, 'does not run');
  const failing = await create_scripted(w, broken, { skipTranspile: true });
  expect_parts(failing, { scriptCompiled: any.absent, scriptError: { name: 'SyntaxError' } });
});

test('a script that does not compile is saved with its error', { covers: ['integrations 6.1/fail-1'] }, async () => {
  const hook = await create_scripted(w, broken);
  expect_parts(hook, { script: broken, scriptCompiled: any.absent, scriptEnabled: true });
  for (const one of [hook, await stored(hook)]) {
    expect_json(one.scriptError, { name: 'SyntaxError', message: any.string, stack: any.string });
  }
  expect(!/\/(home|work|src|build|tmp)\//.test(hook.scriptError.stack) && !hook.scriptError.stack.includes('acorn'),
         `the stack shows more than the script: ${hook.scriptError.stack}`);
  const repaired = (await update_incoming(w, hook, { script: telling('"repaired"') })).json.integration;
  expect_parts(repaired, { scriptCompiled: any.string, scriptError: any.absent });
  expect(await told_by(w, hook) === 'repaired', 'the repaired one does not run');
  const again = (await update_incoming(w, hook, { script: broken })).json.integration;
  expect_parts(again, { scriptCompiled: any.absent, scriptError: { name: 'SyntaxError' } });
  expect_json((await call_hook(w, hook, { text: 'x' })).json, not_loaded);
});

test('an enabled script that does not compile blocks outgoing runs', { covers: ['integrations 6.1/fail-2'] }, async () => {
  const room = await w.create_channel();
  const bell = await w.create_outgoing({ channel: '#' + room.name, scriptEnabled: true, script: broken, urls: [w.receiver.url('/blocked')] });
  expect_parts(bell, { scriptError: { name: 'SyntaxError' } });
  await w.post(room, 'ring');
  const entry = await w.wait_for_history(bell, 'finished', (one) => one.finished);
  expect_parts(entry, { step: 'execute-script-getting-script', error: bell.scriptError.message });
  expect(w.receiver.of('/blocked').length === 0, 'the raw payload was sent');
});

test('the constructor runs once when the script is loaded', { covers: ['integrations 6.1/constructor'] }, async () => {
  const hook = await create_scripted(w, `built = 0;
class Script {
  constructor() { built++; this.own = 'kept'; }
  process_incoming_request() { return { content: { text: 'x' }, response: { value: [built, this.own] } }; }
}`);
  expect_json(await told_by(w, hook), [1, 'kept']);
  expect_json(await told_by(w, hook), [1, 'kept']);
  const failing = await create_scripted(w, 'class Script { constructor() { null.x; } process_incoming_request() {} }');
  expect_json((await call_hook(w, failing, { text: 'x' })).json, not_loaded);
});

test('a script may declare its own Store', { covers: ['integrations 6.1/own-store'] }, async () => {
  for (const word of ['const', 'let', 'var', 'class']) {
    const own = word === 'class' ? 'class Store { static get() { return "own"; } }' : `${word} Store = { get: () => "own" };`;
    expect(await told_by(w, await create_scripted(w, telling('Store.get()', own))) === 'own', word);
  }
});

const incoming = { type: 'webhook-incoming', name: 'x', enabled: true, username: 'rocket.cat', channel: '#general', scriptEnabled: true };
const outgoing = { ...incoming, type: 'webhook-outgoing', event: 'sendMessage', urls: ['http://127.0.0.1:1/'] };

for (const [value, text] of [['yes', 'integration-scripts-disabled'], ['true', 'integration-scripts-disabled'],
                             ['ivm', 'integration-scripts-isolated-vm-disabled']]) {
  const covers = value === 'ivm' ? ['integrations 6.3/2'] : ['integrations 6.3/1a', 'integrations 4.2/5', 'integrations 4.3/2'];
  const frozen = use_world({ receiver: false, setup: async (world) => {
    world.hook = await create_scripted(world, telling('"before"'));
    await world.server.stop();
    await world.server.restart({ env: { FREEZE_INTEGRATION_SCRIPTS: value } });
    await world.connect();
  } });
  test(`FREEZE_INTEGRATION_SCRIPTS=${value} refuses scripts`, { covers: [...covers, 'integrations 6.3/1b'] }, async () => {
    for (const document of [incoming, outgoing]) {
      const { status, json } = await frozen.admin.post('/api/v1/integrations.create', { ...document, script: telling('1') });
      expect(status === 400, `status ${status}`);
      expect_json(json, refusal(text));
      expect((await frozen.admin.post('/api/v1/integrations.create', document)).status === 200, 'refuses without a script');
    }
    expect_json((await update_incoming(frozen, frozen.hook, { script: telling('"after"') })).json, refusal(text));
    const kept = (await update_incoming(frozen, frozen.hook, { name: 'renamed' })).json.integration;
    expect_parts(kept, { name: 'renamed', script: frozen.hook.script, scriptCompiled: frozen.hook.scriptCompiled });
    const same = (await update_incoming(frozen, frozen.hook, { script: frozen.hook.script })).json;
    expect_parts(same, success);
    expect(await told_by(frozen, frozen.hook) === 'before', 'the stored script does not run');
  });
}

for (const value of ['yes', 'true', 'ivm']) {
  const off = use_world({ setup: async (world) => {
    world.room = await world.create_channel();
    world.hook = await create_scripted(world, telling('1'), { channel: '#' + world.room.name });
    world.bell = await world.create_outgoing({ channel: '#' + world.room.name, scriptEnabled: true,
      script: 'class Script { prepare_outgoing_request() { return null; } }' });
    await world.server.stop();
    await world.server.restart({ env: { DISABLE_INTEGRATION_SCRIPTS: value } });
    await world.connect();
  } });
  test(`DISABLE_INTEGRATION_SCRIPTS=${value} runs no script`, { covers: ['integrations 6.3/3'] }, async () => {
    expect_json((await call_hook(off, off.hook, { text: 'raw' })).json, success);
    expect((await off.messages(off.room))[0].msg === 'raw', 'the script had its way');
    const [request] = await off.receiver.wait_for(1);
    expect_parts(request.json, { text: 'raw', bot: any.value });
    expect_json((await call_hook(off, off.hook, {})).json, success);
    expect((await off.messages(off.room))[0].msg === 'raw', 'an empty message was posted');
  });
}
