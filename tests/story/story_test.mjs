// The whole story on a server started as anyone starts it: a private group, a webhook whose script
// asks another service for a picture, the list of the group's integrations, a webhook into the
// group, and a crash in the middle of it.

import { any, expect, expect_json, expect_parts } from '../support/expect.mjs';
import { test } from '../support/testing.mjs';
import { use_world } from '../support/world.mjs';

const kToken = '9QmT4vXe7LwZ2';
const kPicture = 'https://pictures.example/cats.gif';

// As the documentation of outgoing scripts shows it.
const documented = `
const settings = { frame: 'ff8800' };

class Script {
  prepare_outgoing_request({ request }) {
    const word = request.data.trigger_word + ' ';
    const wish = request.data.text.replace(word, '');
    request.headers['Content-Type'] = 'application/json';
    request.headers['apiKey'] = request.data.token;
    return {
      url: request.url,
      headers: request.headers,
      data: { format: 'gif', sentence: wish },
      method: 'POST'
    };
  }

  process_outgoing_response({ request, response }) {
    if (response.content.gif) {
      return {
        content: {
          attachments: [
            {
              image_url: response.content.gif,
              color: ((settings['frame'] != '') ? '#' + settings['frame'].replace('#', '') : '#ffffff')
            }
          ]
        }
      };
    } else {
      return {
        content: {
          text: 'Sorry, there is no picture of ' + request.data.sentence + ' :cry:'
        }
      };
    }
  }
}
`;

// As people wrote them years ago: undeclared names, the helpers s and _, comments in odd places.
const old_style = `
/* exported Script */
/* globals console, _, s, HTTP */
class Script {
  prepare_outgoing_request({ request }) {
    wish = s.trim(request.data.text.substr(request.data.trigger_word.length));
    sent_headers = _.extend({}, request.headers, { apiKey: request.data.token });
    return { url: request.url, headers: sent_headers, data: { format: 'gif', sentence: wish }, method: 'POST' };
  }
  process_outgoing_response({ request, response }) {
    var found = response.content && response.content.gif;
    if (!found) { return { content: { text: 'Sorry, there is no picture of ' + wish + ' :cry:' } }; }
    return { content: { attachments: [{ image_url: found, color: '#ff8800' }] } };
  }
}
`;

// For servers that hand the text over.
const parsing = `
class Script {
  prepare_outgoing_request({ request }) {
    const [, ...rest] = request.data.text.split(' ');
    this.wish = rest.join(' ');
    return { url: request.url, method: 'POST', data: { format: 'gif', sentence: this.wish },
             headers: { ...request.headers, apiKey: request.data.token } };
  }
  process_outgoing_response({ request, response }) {
    const answer = JSON.parse(response.content);
    return answer.gif
      ? { content: { attachments: [{ image_url: answer.gif, color: '#ff8800' }] } }
      : { content: { text: \`Sorry, there is no picture of \${this.wish} :cry:\` } };
  }
}
`;

// "16 passed" from the words of a build server.
const build_notice = `
class Script {
  process_incoming_request({ request }) {
    const { build, passed } = request.content;
    return { content: { text: 'Build ' + build + ': ' + passed + ' passed', attachments: [{ title: 'Log', title_link: 'https://ci.example/' + build }] } };
  }
}
`;

const w = use_world({ server: { limiter: 'default' } });
let group, picture_hook, build_hook;

async function invite_the_cat() {
  group = await w.create_group({ name: 'private-group-name' });
  await w.admin.must_post('/api/v1/groups.invite', { roomId: group._id, userId: 'rocket.cat' });
}

const wanted_hook = (word, source = '') => ({
  type: 'webhook-outgoing', event: 'sendMessage', enabled: true, name: `Pictures by ${word}`, username: 'rocket.cat',
  alias: 'Pictures', avatar: 'https://pictures.example/logo.png', channel: '#private-group-name', triggerWords: [word],
  urls: [w.receiver.url(`/${word}`)], token: kToken, script: source, scriptEnabled: true, impersonateUser: false,
  retryFailedCalls: true, retryCount: 3, retryDelay: 'powers-of-two',
});

const answer_of = (request) => ({ body: request.json.sentence === 'cats' ? { gif: kPicture } : { nothing: true } });

async function ask_for_a_picture(word, source) {
  const hook = await w.create_integration(wanted_hook(word, source));
  picture_hook ??= hook;
  w.receiver.answer(`/${word}`, answer_of);

  await w.post(group, `${word} cats`);
  const [request] = await w.receiver.wait_for(1, { path: `/${word}` });
  expect_parts(request, { method: 'POST', text: '{"format":"gif","sentence":"cats"}' });
  expect_parts(request.headers, { apikey: kToken, 'content-type': 'application/json' });
  const shown = await w.wait_for_message(group, 'the picture', (message) => message.bot?.i === hook._id);
  expect_parts(shown, { msg: '', alias: 'Pictures', avatar: 'https://pictures.example/logo.png', u: { username: 'rocket.cat' },
                        attachments: [{ image_url: kPicture, color: '#ff8800' }] });

  await w.post(group, `${word} unicorns`);
  await w.wait_for_message(group, 'the excuse', (message) => message.bot?.i === hook._id &&
    message.msg === 'Sorry, there is no picture of unicorns :cry:');
  await w.post(group, 'no word of it');
  await w.receiver.expect_quiet();
}

const documented_row = () => ({
  _id: picture_hook._id, enabled: true, username: 'rocket.cat', alias: 'Pictures', avatar: 'https://pictures.example/logo.png',
  name: 'Pictures by guggy', triggerWords: ['guggy'], urls: [w.receiver.url('/guggy')], token: kToken, script: documented,
  scriptEnabled: true, impersonateUser: false, scriptCompiled: any.string, scriptError: '', type: 'webhook-outgoing',
  userId: 'rocket.cat', channel: ['#private-group-name'], _createdAt: any.date,
  _createdBy: { username: 'admin', _id: w.admin.user_id }, _updatedAt: any.date,
});

async function expect_listed(total) {
  for (const query of [{ roomId: group._id }, { roomName: 'private-group-name' }]) {
    const answer = await w.admin.must_get('/api/v1/groups.getIntegrations', query);
    expect_parts(answer, { success: true, count: total, offset: 0, total });
    expect_parts(answer.integrations[0], documented_row());
  }
}

async function write_from_a_build_server() {
  build_hook = await w.create_incoming({ name: 'Builds', channel: '#private-group-name', alias: 'CI', scriptEnabled: true, script: build_notice });
  expect_json(await w.anonymous.must_post(w.hook_path(build_hook), { build: 17, passed: 16 }), { success: true });
  const message = await w.wait_for_message(group, 'the notice', (one) => one.msg === 'Build 17: 16 passed');
  expect_parts(message, { alias: 'CI', bot: { i: build_hook._id }, attachments: [{ title: 'Log', title_link: 'https://ci.example/17' }] });
}

async function die_and_lose_nothing() {
  const before = (await w.messages(group)).map((message) => message._id);
  const asked = w.receiver.of('/guggy').length;
  // One delivery waits for its retry, one is on its way, one waits behind it.
  const ring_hook = await w.create_integration({ ...wanted_hook('ring'), name: 'Bell', scriptEnabled: false });
  w.receiver.answer('/ring', { status: 503, body: 'busy' }, { body: { text: 'ding dong' } });
  await w.post(group, 'ring once');
  await w.wait_for_history(ring_hook, 'the retry', (entry) => entry.step === 'going-to-retry-1');
  w.receiver.answer('/guggy', { hang: true });
  await w.post(group, 'guggy dogs');
  await w.receiver.wait_for(asked + 1, { path: '/guggy' });
  await w.post(group, 'guggy birds');
  await w.server.kill();
  w.receiver.answer('/guggy', answer_of);
  await w.server.restart();
  await w.connect();

  const [first, again] = await w.receiver.wait_for(2, { path: '/ring', within_ms: 15_000 });
  expect(first.text === again.text, 'the retry sends what was recorded');
  await w.wait_for_message(group, 'the reply to the retry', (one) => one.msg === 'ding dong');
  const requests = await w.receiver.wait_for(asked + 3, { path: '/guggy' });
  expect_json(requests.slice(asked).map((one) => one.json.sentence), ['dogs', 'dogs', 'birds']);
  for (const animal of ['dogs', 'birds']) {
    await w.wait_for_message(group, animal, (one) => one.msg === `Sorry, there is no picture of ${animal} :cry:`);
  }
  const after = await w.messages(group);
  expect(before.every((id) => after.some((message) => message._id === id)), 'every message is there');
  for (const text of ['guggy cats', 'ring once', 'guggy dogs', 'guggy birds', 'Build 17: 16 passed']) {
    expect(after.some((message) => message.msg === text), `the message ${text} is there`);
  }
  await expect_listed(5);
  expect_json(await w.anonymous.must_post(w.hook_path(build_hook), { build: 18, passed: 17 }), { success: true });
  await w.wait_for_message(group, 'the next notice', (one) => one.msg === 'Build 18: 17 passed');
}

const kCovered = ['integrations 3.1/reply', 'integrations 7.4/result-5a', 'integrations 11.1/2a', 'integrations 11.2/1',
  'integrations 11.3/defaults', 'integrations 12/durable-1', 'integrations 12/durable-2'];

test('the story', { covers: kCovered, within_ms: 90_000 }, async () => {
  await invite_the_cat();
  await ask_for_a_picture('guggy', documented);
  await ask_for_a_picture('elder', old_style);
  await ask_for_a_picture('parser', parsing);
  await expect_listed(3);
  await write_from_a_build_server();
  await die_and_lose_nothing();
});
