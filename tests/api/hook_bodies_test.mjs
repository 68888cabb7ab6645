// How the body of a hook call is read, by its content type.

import { any, expect_parts } from '../support/expect.mjs';
import { create_scripted, newest, refusal, script_of, success } from '../support/hooks.mjs';
import { scenarios } from '../support/scenario.mjs';

const no_object = refusal('Integration payload must be a JSON object, not an array or primitive');
const form = 'application/x-www-form-urlencoded';
const multipart = '--x\r\nContent-Disposition: form-data; name="text"\r\n\r\nhidden\r\n--x--\r\n';
const show = script_of(`return { content: { text: '-' }, response: { shown: request.content, raw: request.content_raw } };`);

const to_plain = { method: 'POST', caller: 'anonymous', path: (w) => w.hook_path(w.plain) };
const to_script = { method: 'POST', caller: 'anonymous', path: (w) => w.hook_path(w.shown) };
const raw = (type, text) => ({ raw: { type, text } });
const posts = (msg) => async (w) => expect_parts(await newest(w, w.room), { msg });
const nothing = {
  prepare: async (w) => { w.seen = (await newest(w, w.room))._id; },
  then: async (w) => expect_parts(await newest(w, w.room), { _id: w.seen }),
};
const reads = (shown) => ({ parts: { shown, success: true } });
const big = 'long '.repeat(300_000);

scenarios({
  name: 'hook body',
  receiver: false,
  setup: async (w) => {
    w.room = await w.create_channel();
    w.plain = await w.create_incoming({ channel: '#' + w.room.name });
    w.shown = await create_scripted(w, show);
    w.loose = await create_scripted(w, script_of('msg = buildMessage(request.content); return { content: { text: msg } };',
                                               'buildMessage = (content) => `built of ${content.text}`;'), { channel: '#' + w.room.name });
    w.measured = await create_scripted(w, script_of('return { content: { text: "-" }, response: { size: request.content.text.length } };'));
    await w.post(w.room, 'first');
  },
  rows: [
    { ...to_plain, name: 'parses JSON', covers: ['integrations 7.3/1a'], body: { text: 'json' }, json: success, then: posts('json') },
    { ...to_plain, name: 'parses JSON with a charset', covers: ['integrations 7.3/1a'],
      ...raw('Application/JSON; charset=utf-8', '{"text":"grüße"}'), json: success, then: posts('grüße') },
    { ...to_plain, name: 'takes broken JSON for nothing', covers: ['integrations 7.3/1b'], ...raw('application/json', '{"text":'),
      json: success, ...nothing },
    { ...to_script, name: 'gives a script nothing but the raw text of broken JSON', covers: ['integrations 7.3/1b'],
      ...raw('application/json', '{"text":'), parts: { shown: {}, raw: '{"text":' } },
    { ...to_script, name: 'leaves payload in JSON alone', covers: ['integrations 7.3/1c'], body: { payload: '{"text":"x"}' },
      ...reads({ payload: '{"text":"x"}' }) },

    { ...to_plain, name: 'unwraps a form of payload alone', covers: ['integrations 7.3/2a'], form: { payload: '{"text":"hi"}' },
      json: success, then: posts('hi') },
    { ...to_plain, name: 'unwraps a payload of many lines', covers: ['integrations 7.3/2a'],
      form: { payload: '{\n "text":\r\n "two\\nlines"\n}\n' }, json: success, then: posts('two\nlines') },
    { ...to_plain, name: 'refuses a list as payload', covers: ['integrations 7.3/2b'], form: { payload: '[{"text":"x"}]' }, status: 400,
      json: no_object },
    ...['7', '"text"', 'null', 'true'].map((value) => ({ ...to_plain, name: `refuses ${value} as payload`,
      covers: ['integrations 7.3/2b'], form: { payload: value }, status: 400, json: no_object })),
    { ...to_script, name: 'refuses a list as payload with a script as well', covers: ['integrations 7.3/2b'], form: { payload: '[1]' },
      status: 400, json: no_object },
    { ...to_script, name: 'keeps a payload that is no JSON', covers: ['integrations 7.3/2c'], form: { payload: 'text' },
      ...reads({ payload: 'text' }) },
    { ...to_script, name: 'gives form fields as texts', covers: ['integrations 7.3/3'], form: { text: 'a b+c', number: 7, list: ['x', 'y'] },
      ...reads({ text: 'a b+c', number: '7', list: ['x', 'y'] }) },
    { ...to_script, name: 'leaves payload beside other keys', covers: ['integrations 7.3/3'], form: { payload: '{"text":"x"}', more: '1' },
      ...reads({ payload: '{"text":"x"}', more: '1' }) },
    { ...to_plain, name: 'posts form fields', covers: ['integrations 7.3/3'], form: { text: 'from a form' }, json: success,
      then: posts('from a form') },
    { ...to_plain, name: 'parses JSON sent as a form', covers: ['integrations 7.3/4'], ...raw(form, '{"text":"curl -d = & %41"}'),
      json: success, then: posts('curl -d = & %41') },
    { ...to_plain, name: 'runs a script with undeclared names on JSON sent as a form', path: (w) => w.hook_path(w.loose),
      covers: ['integrations 6.1/1a', 'integrations 7.3/4'], ...raw(form, '{"text":"curl"}'), json: success, then: posts('built of curl') },
    { ...to_plain, name: 'posts a form of one key without value as nothing of its own', covers: ['integrations 7.3/3'],
      ...raw(form, 'hello'), json: success, then: posts('') },

    { ...to_plain, name: 'takes multipart for nothing', covers: ['integrations 7.3/5'], ...raw('multipart/form-data; boundary=x', multipart),
      json: success, ...nothing },
    { ...to_script, name: 'gives a script nothing of multipart', covers: ['integrations 7.3/5'],
      ...raw('multipart/form-data; boundary=x', multipart), ...reads({}) },
    { ...to_plain, name: 'tries JSON without a content type', covers: ['integrations 7.3/6'], ...raw('', '{"text":"untyped"}'),
      json: success, then: posts('untyped') },
    { ...to_plain, name: 'tries JSON with another content type', covers: ['integrations 7.3/6'], ...raw('text/plain', '{"text":"as text"}'),
      json: success, then: posts('as text') },
    { ...to_plain, name: 'takes plain text for nothing', covers: ['integrations 7.3/6'], ...raw('text/plain', 'just words'), json: success,
      ...nothing },
    { ...to_script, name: 'gives a script the raw text of other types', covers: ['integrations 7.3/6', 'integrations 7.4/request-5'],
      ...raw('text/plain', 'just words'), parts: { shown: {}, raw: 'just words' } },

    ...['application/xml', 'text/xml; charset=utf-8', 'application/rss+xml'].map((type) => ({ ...to_script,
      name: `gives a script ${type} as an object`, ...raw(type, '<?xml version="1.0"?>\n<build id="7"><!-- new --><name>gr&#xfc;n &amp; gut</name>' +
        '<step>one</step><step ok="no">two</step><log><![CDATA[<raw>]]></log><end/></build>\n'),
      ...reads({ build: { '@id': '7', name: 'gr\u00fcn & gut', step: ['one', { '@ok': 'no', '#text': 'two' }], log: '<raw>', end: '' } }) })),
    ...['<a><b></a>', '<!DOCTYPE a [<!ENTITY x "yyy">]><a>&x;</a>', '<a>&other;</a>', '', '<a/><b/>', '<a>'.repeat(60)].map((text) => (
      { ...to_script, name: `gives a script the raw text alone of ${text.slice(0, 20)}`, covers: ['integrations 7.3/6'], ...raw('text/xml', text),
        parts: { shown: {}, raw: text } })),
    { ...to_plain, name: 'takes XML for nothing without a script', covers: ['integrations 7.3/6'], ...raw('text/xml', '<text>hi</text>'),
      json: success, ...nothing },
    ...['[{"text":"x"}]', '7', '"text"', 'true', 'null'].flatMap((text) => [
      { ...to_plain, name: `refuses ${text} without a script`, covers: ['integrations 7.3/7a'], ...raw('application/json', text), status: 400,
        json: no_object },
      { ...to_script, name: `gives a script ${text}`, covers: ['integrations 7.3/7b'], ...raw('application/json', text),
        ...reads(JSON.parse(text)) },
    ]),
    { ...to_script, name: 'reads more than a megabyte', path: (w) => w.hook_path(w.measured), body: { text: big }, parts: { size: big.length } },
    { ...to_plain, name: 'takes JSON that nests beyond measure for nothing', ...raw('application/json', '['.repeat(100_000)), json: success, ...nothing },
    { ...to_script, name: 'gives a script JSON that nests deeply', ...raw('application/json', `{"a":${'['.repeat(100)}${']'.repeat(100)}}`),
      parts: { shown: { a: any.array } } },
    { ...to_script, name: 'gives a script halves of characters as replacement characters', ...raw('application/json', '{"text":"a\\ud800b"}'),
      parts: { success: true } },
    { ...to_plain, name: 'refuses a form that is no UTF-8', ...raw(form, Buffer.from([0x74, 0x3d, 0xff])), status: 400, parts: { success: false } },
    { ...to_script, name: 'gives bytes that are no UTF-8 as replacement characters', covers: ['integrations 7.4/request-5'],
      raw: { type: 'text/plain', bytes: [0x61, 0xff, 0xfe, 0x62] }, parts: { raw: 'a\ufffd\ufffdb' } },
  ],
});
