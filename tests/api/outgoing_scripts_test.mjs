// Scripts of outgoing webhooks: what they are given, and what becomes of what they return.

import { any, expect, expect_json, expect_parts } from '../support/expect.mjs';
import { bell, script } from '../support/outgoing.mjs';
import { test } from '../support/testing.mjs';
import { use_world } from '../support/world.mjs';

const w = use_world();
const covers = (...rows) => ({ covers: rows.map((row) => `integrations ${row}`) });
const message_of = (hook, text) => w.wait_for_message(hook.room, text, (message) => message.msg === text);

test('the request argument', covers('11.1/request'), async () => {
  const hook = await bell(w, script({ prepare: `
    const data = request.data;
    return { url: request.url, method: 'POST', data: {
      keys: Object.keys(request).filter((key) => request[key] !== undefined), params: request.params, method: request.method,
      url: request.url, auth: String(request.auth), agent: Object.keys(request.headers), text: data.text,
      keys_of_data: Object.keys(data), is_date: data.timestamp instanceof Date, time: data.timestamp.getTime() } };` }));
  const message = await hook.ring();
  const [request] = await hook.received();
  expect_json(request.json, { keys: ['params', 'method', 'url', 'data', 'headers'], params: {}, method: 'POST',
    url: w.receiver.url(hook.path), auth: 'undefined', agent: ['User-Agent'], text: 'ding',
    keys_of_data: ['token', 'bot', 'channel_id', 'channel_name', 'message_id', 'timestamp', 'user_id', 'user_name', 'text', 'siteUrl'],
    is_date: true, time: Date.parse(message.ts) });
});

for (const value of ['', 'return undefined;', 'return null;', 'return false;', "return '';", 'return 0;']) {
  test(`prepare that gives nothing (${value || 'no return'}) stops the run`, covers('11.1/1a'), async () => {
    const hook = await bell(w, script({ prepare: value }));
    await hook.ring();
    const entry = await hook.finished();
    expect_parts(entry, { step: 'after-prepare-no-opts', finished: true, url: any.absent, error: any.absent });
    await w.receiver.expect_quiet();
  });
}

test('prepare that throws stops the run and is recorded', covers('11.1/1b', '15/errors'), async () => {
  const hook = await bell(w, script({ prepare: "throw new TypeError('not today');" }));
  await hook.ring();
  const entry = await hook.finished();
  expect_parts(entry, { step: 'execute-script-error-running-prepare_outgoing_request', finished: true, error: /not today/ });
  expect(entry.errorStack.split('\n').every((line) => line.startsWith('  ')), `each line is indented: ${entry.errorStack}`);
  await w.receiver.expect_quiet();
});

test('a message is posted before the request', covers('11.1/3a', '15/sent'), async () => {
  const hook = await bell(w, script({ prepare: "return { message: { text: 'asking...' }, url: request.url, method: 'POST', data: {} };" }));
  let there;
  hook.answer(async () => {
    there = (await w.messages(hook.room)).some((message) => message.msg === 'asking...');
    return { body: 'fine' };
  });
  await hook.ring();
  const entry = await hook.step('after-http-call');
  expect(there === true, 'the message is there when the request is made');
  expect_parts(entry, { prepareSentMessage: [{ channel: hook.room._id, message: { msg: 'asking...' } }] });
});

test('a message that cannot be posted stops the run', covers('11.1/3b'), async () => {
  const hook = await bell(w, script({ prepare: "return { message: { text: 'x'.repeat(6000) }, url: request.url, method: 'POST' };" }));
  await hook.ring();
  expect_parts(await hook.finished(), { step: 'after-prepare-send-message-failed', finished: true, error: any.string });
  await w.receiver.expect_quiet();
});

for (const [name, more] of Object.entries({ 'no url or method': '', 'no method': ', url: request.url', 'no url': ", method: 'POST'" })) {
  test(`a message and ${name}: nothing is requested`, covers('11.1/3c'), async () => {
    const hook = await bell(w, script({ prepare: `return { message: { text: 'just this' }${more} };` }));
    await hook.ring();
    await message_of(hook, 'just this');
    expect_parts(await hook.finished(), { step: 'after-prepare-no-url_or_method', finished: true,
      prepareSentMessage: [{ channel: any.id, message: { msg: 'just this' } }] });
    await w.receiver.expect_quiet();
  });
}

test('without the method the default request is made', covers('11.1/4'), async () => {
  const hook = await bell(w, script({ process: "return { content: { text: 'got ' + response.status_code } };" }));
  hook.answer({ status: 201, body: 'x' });
  await hook.ring();
  const [request] = await hook.received();
  expect_parts(request, { method: 'POST', json: { text: 'ding' } });
  await message_of(hook, 'got 201');
});

test('a script that does not compile blocks the run', covers('6.1/fail-2', '15/errors'), async () => {
  const hook = await bell(w, { scriptEnabled: true, script: 'class Script { this is none }' });
  await hook.ring();
  expect_parts(await hook.finished(), { step: 'execute-script-getting-script', error: any.string, errorStack: any.string });
  await w.receiver.expect_quiet();
});

test('the response argument', covers('11.2/response'), async () => {
  const hook = await bell(w, script({ process: `
    return { content: { text: JSON.stringify({ keys: Object.keys(response), error: response.error, status: response.status_code,
      raw: response.content_raw, mark: response.headers['x-mark'], url: request.url, method: request.method, sent: request.data.text }) } };` }));
  hook.answer({ status: 202, headers: { 'X-Mark': 'seven', 'Content-Type': 'application/json' }, body: '{"a": 1}' });
  await hook.ring();
  await hook.step('after-process-send-message');
  const posted = (await w.messages(hook.room)).find((message) => message.msg.startsWith('{'));
  expect_json(JSON.parse(posted.msg), { keys: ['error', 'status_code', 'content', 'content_raw', 'headers'], error: null, status: 202,
    raw: '{"a": 1}', mark: 'seven', url: w.receiver.url(hook.path), method: 'POST', sent: 'ding' });
});

const contents = [
  { row: 1, type: 'application/json', body: '{"gif":"a.gif"}', is: 'object a.gif' },
  { row: 1, type: 'application/json; charset=utf-8', body: '{"gif":"b.gif"}', is: 'object b.gif' },
  { row: 1, type: 'text/javascript', body: '{"gif":"c.gif"}', is: 'object c.gif' },
  { row: 1, type: 'application/javascript', body: '[{"gif":"d.gif"}]', is: 'list d.gif' },
  { row: 1, type: 'application/x-javascript', body: '{"gif":"e.gif"}', is: 'object e.gif' },
  { row: 1, type: 'Application/JSON', body: '{"gif":"f.gif"}', is: 'object f.gif' },
  { row: 2, type: 'application/json', body: '"text"', is: 'string "text"' },
  { row: 2, type: 'application/json', body: '5', is: 'string 5' },
  { row: 2, type: 'application/json', body: 'null', is: 'string null' },
  { row: 2, type: 'application/json', body: '{"gif":', is: 'string {"gif":' },
  { row: 2, type: 'text/plain', body: '{"gif":"g.gif"}', is: 'string {"gif":"g.gif"}' },
  { row: 2, type: 'text/html', body: '<p>', is: 'string <p>' },
];
for (const { row, type, body, is } of contents) {
  test(`content of ${type} ${body}`, covers(`11.2/content-${row}`), async () => {
    const hook = await bell(w, script({ process: `
      const content = response.content;
      const kind = Array.isArray(content) ? 'list' : typeof content;
      const inner = kind === 'object' ? content.gif : kind === 'list' ? content[0].gif : content;
      return { content: { text: kind + ' ' + inner } };` }));
    hook.answer({ headers: { 'Content-Type': type }, body });
    await hook.ring();
    await message_of(hook, is);
  });
}

test('JSON.parse(response.content) works for objects and lists', covers('11.2/content-3'), async () => {
  const hook = await bell(w, script({ process: `
    const keys = Object.keys(response.content).join();
    return { content: { text: JSON.parse(response.content).gif + ' ' + keys + ' ' + String(response.content) } };` }));
  hook.answer({ body: { gif: 'z.gif' } });
  await hook.ring();
  await message_of(hook, 'z.gif gif {"gif":"z.gif"}');
});

test('content is posted, instead of what the target said', covers('11.2/1', '12/1', '15/sent'), async () => {
  const hook = await bell(w, script({ process: "return { content: { text: 'my words', attachments: [{ text: 'more' }] } };" }));
  hook.answer({ status: 404, body: { text: 'its words' } });
  await hook.ring();
  const entry = await hook.finished();
  expect_parts(entry, { step: 'after-process-send-message', finished: true, processSentMessage: [{ channel: hook.room._id,
    message: { msg: 'my words', attachments: [{ text: 'more' }] } }] });
  expect((await w.messages(hook.room)).every((message) => message.msg !== 'its words'), 'the reply itself is not posted');
});

test('content that cannot be posted', covers('12/1'), async () => {
  const hook = await bell(w, script({ process: "return { content: { text: 'x'.repeat(6000) } };" }));
  await hook.ring();
  expect_parts(await hook.finished(), { step: 'after-process-send-message-failed', finished: true, error: any.string });
});

test('false ends it', covers('11.2/2', '12/2'), async () => {
  const hook = await bell(w, script({ process: 'return false;' }));
  hook.answer({ status: 503, body: { text: 'busy' } });
  await hook.ring();
  expect_parts(await hook.finished(), { step: 'after-process-false-result', finished: true });
  await w.receiver.expect_quiet();
  expect((await w.messages(hook.room)).every((message) => message.msg !== 'busy'), 'nothing is posted');
});

for (const body of ['', 'return {};', 'return true;', "return 'text';", 'return { content: null };', "throw new Error('oops');"]) {
  test(`anything else (${body || 'no return'}) leaves the reply to the usual handling`, covers('11.2/3'), async () => {
    const hook = await bell(w, script({ process: body }));
    hook.answer({ body: { text: 'its words' } });
    await hook.ring();
    expect_parts(await hook.step('url-response-sent-message'), { finished: true, resultMessage: [{ channel: hook.room._id, message: { msg: 'its words' } }] });
  });
}

test('a run whose response method throws keeps the error in its entry', covers('11.2/3', '15/errors'), async () => {
  const hook = await bell(w, script({ process: "throw new Error('oops');" }));
  hook.answer({ body: 'plain' });
  await hook.ring();
  expect_parts(await hook.finished(), { step: 'after-http-call', error: /oops/, errorStack: any.string });
});
