// What the demo workspace has beyond a fresh one: a private group, rocket.cat in it, an outgoing
// integration that answers with pictures and an incoming one for builds. Made once; what is already
// there stays as it is, except the address of the picture service, which follows the service.

import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { rest } from './rest.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));
const script = (name) => fs.readFileSync(path.join(here, name), 'utf8');

const group_name = 'demo';
const outgoing_name = 'Guggy';
const incoming_name = 'Builds';

function must(json, what) {
  if (!json.success) throw new Error(`${what}: ${json.error ?? JSON.stringify(json)}`);
  return json;
}

async function ensure_group(call) {
  const found = await call('GET', 'groups.info', { query: { roomName: group_name } });
  if (found.success) return found.group;
  const { group } = must(await call('POST', 'groups.create', { body: { name: group_name } }), 'creating the group');
  must(await call('POST', 'groups.invite', { body: { roomId: group._id, userId: 'rocket.cat' } }), 'inviting rocket.cat');
  return group;
}

function outgoing(service_url) {
  return { type: 'webhook-outgoing', event: 'sendMessage', name: outgoing_name, enabled: true,
    username: 'rocket.cat', alias: 'Guggy', avatar: `${service_url}/cats.gif`, channel: `#${group_name}`,
    urls: [`${service_url}/guggify`], triggerWords: ['!guggy', 'guggy', 'gif+'], token: 'demo-api-key',
    scriptEnabled: true, script: script('picture_script.js'), impersonateUser: false };
}

function incoming() {
  return { type: 'webhook-incoming', name: incoming_name, enabled: true, username: 'rocket.cat',
    alias: 'Build server', emoji: ':hammer:', channel: `#${group_name}`, scriptEnabled: true,
    script: script('build_script.js') };
}

async function ensure_integrations(call, group, service_url) {
  const { integrations } = must(await call('GET', 'groups.getIntegrations',
    { query: { roomId: group._id, count: 0 } }), 'listing the integrations');
  const named = (name) => integrations.find((one) => one.name === name);
  const create = async (body) => must(await call('POST', 'integrations.create', { body }), `creating ${body.name}`).integration;
  const wanted = outgoing(service_url);
  const pictures = named(outgoing_name) ?? await create(wanted);
  if (pictures.urls[0] !== wanted.urls[0]) {
    must(await call('PUT', 'integrations.update', { body: { ...wanted, integrationId: pictures._id } }),
         'telling the integration the address of the picture service');
  }
  return { pictures, builds: named(incoming_name) ?? await create(incoming()) };
}

// {group, pictures, builds}
export async function ensure_workspace(address, identity, service_url) {
  const call = rest(address, identity);
  const group = await ensure_group(call);
  return { group, ...await ensure_integrations(call, group, service_url) };
}
