// A running server together with what a scenario needs on it: callers with chosen rights, rooms,
// integrations, and a receiver for webhooks. Every builder fails loudly.

import { randomBytes } from 'node:crypto';

import { unrecorded } from './coverage.mjs';
import { HookReceiver } from './hook_receiver.mjs';
import { eventually } from './patience.mjs';
import { TestServer } from './test_server.mjs';
import { after, before } from './testing.mjs';

let counter = 0;
const unique = (word) => `${word}-${++counter}-${randomBytes(3).toString('hex')}`;

export const manage_rights = ['manage-incoming-integrations', 'manage-own-incoming-integrations',
  'manage-outgoing-integrations', 'manage-own-outgoing-integrations'];

export class World {
  callers = {};

  static async start({ server = {}, receiver = true } = {}) {
    const world = new World();
    world.server = await TestServer.start(server);
    if (receiver) world.receiver = await HookReceiver.start();
    await world.connect();
    return world;
  }

  // Logs the administrator in; again after a restart, for the port changes.
  async connect() {
    for (const caller of Object.values(this.callers)) caller.close();
    this.anonymous = this.server.client();
    this.admin = await this.server.admin();
    for (const [name, caller] of Object.entries(this.callers)) {
      this.callers[name] = this.server.client({ user_id: caller.user_id, token: caller.token,
                                                username: caller.username, password: caller.password });
    }
    this.callers.anonymous = this.anonymous;
    this.callers.admin = this.admin;
  }

  async crash_and_restart() {
    await this.server.kill();
    await this.server.restart();
    await this.connect();
  }

  async stop() {
    for (const caller of Object.values(this.callers)) caller.close();
    await this.receiver?.stop();
    await this.server.stop();
    this.server.remove_data();
  }

  // A new account, logged in and known by `name` as a caller. With `rights` it holds exactly these
  // beside those of the plain role `user`.
  async create_caller(name, { rights = [], roles = ['user'], username = unique(name) } = {}) {
    const own_role = rights.length ? [await this.create_role(rights)] : [];
    const password = `Pass-${randomBytes(6).toString('hex')}`;
    await this.admin.must_post('/api/v1/users.create', { email: `${username}@gantry.test`, name: username,
      username, password, roles: [...roles, ...own_role], verified: true });
    this.callers[name] = await this.anonymous.login(username, password);
    return this.callers[name];
  }

  async create_role(rights) {
    const { role } = await this.admin.must_post('/api/v1/roles.create', { name: unique('role'), scope: 'Users' });
    const { update } = await this.admin.must_get('/api/v1/permissions.listAll');
    const permissions = rights.map((right) => {
      const held = update.find((one) => one._id === right);
      if (!held) throw new Error(`there is no right ${right}`);
      return { _id: right, roles: [...held.roles, role._id] };
    });
    await this.admin.must_post('/api/v1/permissions.update', { permissions });
    return role._id;
  }

  // Sets which roles hold a right; returns those that held it before.
  async set_right(right, roles) {
    const { update } = await this.admin.must_get('/api/v1/permissions.listAll');
    await this.admin.must_post('/api/v1/permissions.update', { permissions: [{ _id: right, roles }] });
    return update.find((one) => one._id === right).roles;
  }

  set_setting(id, value) {
    return this.admin.must({ method: 'POST', path: `/api/v1/settings/${id}`, body: { value },
                             headers: this.admin.second_factor_headers() });
  }

  async create_group({ name = unique('group'), by = this.admin, members = [], ...more } = {}) {
    return (await by.must_post('/api/v1/groups.create', { name, members, ...more })).group;
  }

  async create_channel({ name = unique('channel'), by = this.admin, members = [], ...more } = {}) {
    return (await by.must_post('/api/v1/channels.create', { name, members, ...more })).channel;
  }

  async create_integration(document, by = this.admin) {
    return (await by.must_post('/api/v1/integrations.create', document)).integration;
  }

  create_incoming(changes = {}, by = this.admin) {
    return this.create_integration({ type: 'webhook-incoming', name: unique('in'), enabled: true,
      username: 'rocket.cat', channel: '#general', scriptEnabled: false, ...changes }, by);
  }

  create_outgoing(changes = {}, by = this.admin) {
    return this.create_integration({ type: 'webhook-outgoing', name: unique('out'), enabled: true,
      username: 'rocket.cat', channel: '#general', scriptEnabled: false, event: 'sendMessage',
      urls: [this.receiver?.url('/hook') ?? 'http://127.0.0.1:1/hook'], ...changes }, by);
  }

  hook_path(integration) {
    return `/hooks/${integration._id}/${integration.token}`;
  }

  async post(room, text, by = this.admin, more = {}) {
    const roomId = typeof room === 'string' ? room : room._id;
    return (await by.must_post('/api/v1/chat.postMessage', { roomId, text, ...more })).message;
  }

  // The newest messages of a room, newest first.
  async messages(room, by = this.admin) {
    const family = { p: 'groups', c: 'channels', d: 'im' }[room.t ?? 'c'];
    return (await by.must_get(`/api/v1/${family}.messages`, { roomId: room._id, count: 100 })).messages;
  }

  wait_for_message(room, what, wanted, { by, within_ms } = {}) {
    return eventually(`a message: ${what}`,
                      () => unrecorded(async () => (await this.messages(room, by)).find(wanted)), within_ms);
  }

  async history(integration, by = this.admin) {
    return (await by.must_get('/api/v1/integrations.history', { id: integration._id, count: 100 })).history;
  }

  wait_for_history(integration, what, wanted, within_ms) {
    return eventually(`a history entry: ${what}`,
                      () => unrecorded(async () => (await this.history(integration)).find(wanted)), within_ms);
  }
}

// One world for the tests of a file: started before the first, stopped after the last. Returns a
// handle whose fields are the world's once it runs.
export function use_world({ setup, ...options } = {}) {
  let world;
  before(() => unrecorded(async () => {
    world = await World.start(options);
    await setup?.(world);
  }));
  after(() => unrecorded(async () => world?.stop()));
  return new Proxy({}, {
    get: (_, key) => {
      if (!world) throw new Error('the world is not there yet: use it inside a test');
      const value = world[key];
      return typeof value === 'function' ? value.bind(world) : value;
    },
    set: (_, key, value) => {
      world[key] = value;
      return true;
    },
  });
}
