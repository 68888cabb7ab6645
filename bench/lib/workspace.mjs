// Data sets. A server makes an empty workspace, its roles and one row of each kind through REST;
// the many further rows are copies of those rows, written straight into the stopped server's
// database. A fixture only: nobody else may write there. Made once, kept below build/bench/data.

import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { Gantry } from './gantry.mjs';
import { kLoadCore } from './processes.mjs';

const kSource = fs.readFileSync(fileURLToPath(import.meta.url), 'utf8');

// What the callers of the mix may see. Room and caller are of the same kind; `own` sees what it made.
const kKinds = {
  all: ['manage-incoming-integrations', 'manage-outgoing-integrations'],
  outgoing: ['manage-outgoing-integrations'],
  incoming: ['manage-incoming-integrations'],
  own_outgoing: ['manage-own-outgoing-integrations'],
  own_incoming: ['manage-own-incoming-integrations'],
};

// Every caller sees this many integrations, which make a reply of about 1,750 bytes.
export const kVisible = 3;
const kReplyBytes = 1750;
const kReplyFrameBytes = 70;
const kMakersPerRoom = 4;
const kHiddenPerRoom = 3;
const kHiddenPerOwnRoom = 6;
const kOwnRooms = 0.4;

export const shapes = {
  // One of the sizes the goals name each.
  empty: { users: 0, rooms: 0, memberships_each: 0 },
  team: { users: 1000, rooms: 100, memberships_each: 10 },
  large: { users: 10_000, rooms: 1000, memberships_each: 20 },
  ten: { users: 10_000, rooms: 1000, memberships_each: 20, layout: 'everywhere', integrations: 10 },
  ten_thousand: { users: 10_000, rooms: 1000, memberships_each: 20, layout: 'spread', integrations: 10_000 },
  crowded: { users: 1000, rooms: 100, memberships_each: 10, layout: 'one-room', integrations: 10_000, makers: 100 },
  scripts: { users: 10, rooms: 2, memberships_each: 2, layout: 'one-room', integrations: 10_000, script_bytes: 65_536 },
};

function sql_text(value) {
  if (value === null) return 'NULL';
  return typeof value === 'number' ? String(value) : `'${String(value).replaceAll("'", "''")}'`;
}

// 17 letters and digits, the same in every run.
function id_of(kind, number) {
  return createHash('sha256').update(`${kind}-${number}`).digest('base64').replace(/[^A-Za-z0-9]/g, '').slice(0, 17);
}

const token_of = (number) => createHash('sha256').update(`token-${number}`).digest('base64url');

const kFlushBytes = 4 << 20;

class Rows {
  constructor(file) {
    this.out = fs.openSync(file, 'w');
    this.pending = ['BEGIN;'];
    this.bytes = 0;
  }
  add(table, row) {
    const names = Object.keys(row);
    const line = `INSERT INTO ${table} (${names.join(',')}) VALUES (${names.map((name) => sql_text(row[name])).join(',')});`;
    this.pending.push(line);
    this.bytes += line.length;
    if (this.bytes >= kFlushBytes) this.flush();
  }
  flush() {
    fs.writeSync(this.out, `${this.pending.join('\n')}\n`);
    this.pending = [];
    this.bytes = 0;
  }
  end() {
    this.pending.push('COMMIT;', 'ANALYZE;');
    this.flush();
    fs.closeSync(this.out);
  }
}

function read_rows(database, query) {
  return JSON.parse(execFileSync('sqlite3', ['-json', database, query], { encoding: 'utf8', maxBuffer: 1 << 26 }) || '[]');
}

async function make_roles(admin) {
  const roles = {};
  for (const [kind, rights] of Object.entries(kKinds)) {
    const { role } = await admin.post('/api/v1/roles.create', { name: `bench-${kind.replace('_', '-')}`, scope: 'Users' });
    const { update } = await admin.get('/api/v1/permissions.listAll');
    const permissions = rights.map((right) => ({ _id: right, roles: [...update.find((one) => one._id === right).roles, role._id] }));
    await admin.post('/api/v1/permissions.update', { permissions });
    roles[kind] = role._id;
  }
  return roles;
}

const kModelNames = { outgoing: 'model out', incoming: 'model in' };

// The rows that are copied, made as clients make them.
async function make_models(admin, script) {
  const { user } = await admin.post('/api/v1/users.create', { email: 'model@gantry.test', name: 'Model', username: 'model',
    password: 'Pass-of-a-model-1', roles: ['user'], verified: true });
  const { group } = await admin.post('/api/v1/groups.create', { name: 'model', members: ['model'] });
  const common = { enabled: true, channel: '#model', username: 'rocket.cat', scriptEnabled: script !== undefined, script };
  const create = async (more) => (await admin.post('/api/v1/integrations.create', { ...common, ...more })).integration;
  // Its trigger word is never said: messages of other measurements lead to no deliveries.
  const outgoing = await create({ type: 'webhook-outgoing', name: kModelNames.outgoing, event: 'sendMessage',
    urls: ['http://127.0.0.1:9/hook'], triggerWords: ['never-said'] });
  const incoming = await create({ type: 'webhook-incoming', name: kModelNames.incoming });
  const { integrations } = await admin.get('/api/v1/groups.getIntegrations?roomName=model');
  const json_bytes = (type) => Buffer.byteLength(JSON.stringify(integrations.find((one) => one.type === `webhook-${type}`)));
  return { user: user._id, group: group._id, outgoing: outgoing._id, incoming: incoming._id,
           json_bytes: { outgoing: json_bytes('outgoing'), incoming: json_bytes('incoming') } };
}

// Memberships are spread over the rooms of the user's kind by strides, so that each room has about
// as many members as any other of its kind.
function rooms_of(user, kind, layout) {
  const [first, count] = layout.rooms_of_kind[kind];
  const rooms = new Set();
  if (user.home !== undefined) rooms.add(user.home);
  const wanted = Math.min(layout.memberships_each, count);
  for (let step = 0; rooms.size < wanted; ++step) {
    rooms.add(first + (user.number * 7 + step * 13 + Math.floor(step / count)) % count);
  }
  return [...rooms];
}

function plan_of(shape) {
  const { users, rooms, memberships_each, layout: name = 'mixed' } = shape;
  const own_rooms = Math.floor(rooms * kOwnRooms / 2);
  const shared = Math.floor((rooms - 2 * own_rooms) / 3);
  const layout = { memberships_each, rooms_of_kind: {} };
  if (name === 'mixed') {
    let first = 0;
    const rooms_for = { all: rooms - 2 * own_rooms - 2 * shared, outgoing: shared, incoming: shared, own_outgoing: own_rooms, own_incoming: own_rooms };
    for (const [kind, count] of Object.entries(rooms_for)) {
      layout.rooms_of_kind[kind] = [first, count];
      first += count;
    }
  } else {
    for (const kind of Object.keys(kKinds)) layout.rooms_of_kind[kind] = [0, rooms];
  }
  const people = [];
  const own = name === 'mixed' ? 2 * own_rooms * kMakersPerRoom : 0;
  for (let number = 0; number < users; ++number) {
    let kind = 'all', home;
    if (number < own) {
      kind = number < own / 2 ? 'own_outgoing' : 'own_incoming';
      const [first, count] = layout.rooms_of_kind[kind];
      home = first + (number % (own / 2)) % count;
    } else if (name === 'mixed') {
      kind = ['all', 'outgoing', 'incoming'][number % 3];
    } else if (name === 'one-room') {
      home = 0;
      kind = number % 2 ? 'own_outgoing' : 'all';
    }
    people.push({ number, kind, home });
  }
  return { layout, people, name };
}

// {room, kind ("outgoing", "incoming"), maker (number of a user, or undefined: the administrator)}
function* integrations_of(shape, plan) {
  const { rooms_of_kind } = plan.layout;
  if (plan.name === 'mixed') {
    for (const [kind, [first, count]] of Object.entries(rooms_of_kind)) {
      for (let room = first; room < first + count; ++room) {
        const type = kind.includes('incoming') ? 'incoming' : 'outgoing';
        const other = type === 'incoming' ? 'outgoing' : 'incoming';
        if (kind.startsWith('own')) {
          for (let i = 0; i < kHiddenPerOwnRoom; ++i) yield { room, type };
        } else {
          for (let i = 0; i < kVisible; ++i) yield { room, type: kind === 'all' && i % 2 ? other : type };
          for (let i = 0; kind !== 'all' && i < kHiddenPerRoom; ++i) yield { room, type: other };
        }
      }
    }
    for (const person of plan.people) {
      if (!person.kind.startsWith('own')) continue;
      for (let i = 0; i < kVisible; ++i) yield { room: person.home, type: person.kind.slice(4), maker: person.number };
    }
    return;
  }
  for (let i = 0; i < shape.integrations; ++i) {
    if (plan.name === 'everywhere') yield { everywhere: true, type: 'outgoing' };
    else if (plan.name === 'spread') yield { room: i % shape.rooms, type: 'outgoing' };
    // In one room: the first makers own three each, the rest is the administrator's.
    else yield { room: 0, type: 'outgoing', maker: i < kVisible * (shape.makers ?? 0) ? 2 * Math.floor(i / kVisible) + 1 : undefined };
  }
}

function script_of(bytes) {
  const head = `class Script {
  process_incoming_request({ request }) {
    return { content: { text: request.content.text } };
  }
  prepare_outgoing_request({ request }) {
    return request;
  }
}
`;
  const line = '// What this script does is told here at great length, as it is in many a real script.\n';
  return (head + line.repeat(Math.ceil(bytes / line.length))).slice(0, bytes - 1) + '\n';
}

function write_rows(database, file, shape, plan, models, roles) {
  const one = (table, condition) => read_rows(database, `SELECT * FROM ${table} WHERE ${condition}`)[0];
  const rows = new Rows(file);
  const user = one('users', `id = '${models.user}'`);
  const email = one('user_emails', `user = '${models.user}'`);
  const token = one('tokens', `kind = 0`);
  const room = one('rooms', `id = '${models.group}'`);
  const membership = one('subscriptions', `room = '${models.group}' AND user = '${models.user}'`);
  const integration = { outgoing: one('integrations', `id = '${models.outgoing}'`),
                        incoming: one('integrations', `id = '${models.incoming}'`) };
  const extra_of = ({ extra }, changes) => JSON.stringify({ ...JSON.parse(extra), ...changes });
  const user_name = (number) => `user-${String(number).padStart(5, '0')}`;
  const room_name = (number) => `room-${String(number).padStart(5, '0')}`;
  for (let number = 0; number < shape.rooms; ++number) {
    rows.add('rooms', { ...room, id: id_of('room', number), name: room_name(number), extra: extra_of(room, { fname: room_name(number) }) });
  }
  for (const person of plan.people) {
    const { number, kind } = person;
    const id = id_of('user', number), username = user_name(number);
    const address = `${username}@gantry.test`;
    rows.add('users', { ...user, id, username, username_lower: username,
      extra: extra_of(user, { name: `User ${number}`, emails: [{ address, verified: true }], roles: ['user', roles[kind]] }) });
    rows.add('user_emails', { ...email, address_lower: address, user: id });
    rows.add('tokens', { ...token, hash: createHash('sha256').update(token_of(number)).digest('base64'), user: id });
    for (const at of rooms_of(person, kind, plan.layout)) {
      rows.add('subscriptions', { ...membership, room: id_of('room', at), user: id, id: id_of(`member-${at}`, number) });
    }
  }
  let number = 0;
  for (const { room: at, everywhere, type, maker } of integrations_of(shape, plan)) {
    const base = integration[type];
    const id = id_of('integration', number);
    const channel = everywhere ? 'all_private_groups' : `#${room_name(at)}`;
    // Names are as long as the reply's wanted size asks for.
    const room_for_name = kReplyBytes / kVisible - kReplyFrameBytes / kVisible - models.json_bytes[type] +
      kModelNames[type].length - (channel.length - '#model'.length);
    const name = `${type} ${String(number).padStart(5, '0')} `.padEnd(Math.floor(room_for_name), 'of the build servers ');
    const changes = { name: name.trimEnd().padEnd(name.length, '.'), channels: [channel] };
    if (maker !== undefined) changes.created_by = { id: id_of('user', maker), username: user_name(maker), name: '' };
    rows.add('integrations', { ...base, id, created_at: base.created_at + number, extra: extra_of(base, changes) });
    rows.add('integration_channels', { channel, integration: id });
    ++number;
  }
  rows.end();
  return number;
}

// {data, callers: [{token, user_id, kind, rooms: [room ids], own_room}], rooms, integrations}
export async function workspace(bench, name) {
  const shape = shapes[name];
  const stamp = createHash('sha256').update(kSource).digest('hex').slice(0, 12);
  const folder = path.join(bench.folder, 'data', `${name}-${stamp}`);
  const about = path.join(folder, 'about.json');
  const plan = plan_of(shape);
  if (!fs.existsSync(about)) {
    bench.say(`making the data set "${name}"`);
    fs.rmSync(folder, { recursive: true, force: true });
    fs.mkdirSync(folder, { recursive: true });
    const data = path.join(folder, 'workspace');
    const server = await Gantry.start(bench.binary, data, { core: kLoadCore });
    const admin = await server.login();
    const made = { roles: await make_roles(admin) };
    if (shape.users) made.models = await make_models(admin, shape.script_bytes && script_of(shape.script_bytes));
    made.admin = { token: admin.token, user_id: admin.user_id };
    admin.close();
    await server.stop();
    const database = path.join(data, 'gantry.db');
    if (shape.users) {
      const rows = path.join(folder, 'rows.sql');
      made.integrations = write_rows(database, rows, shape, plan, made.models, made.roles);
      const models = `('${made.models.outgoing}', '${made.models.incoming}')`;
      execFileSync('sqlite3', ['-bail', database], { input: `
PRAGMA synchronous=OFF;
.read ${rows}
DELETE FROM integration_channels WHERE integration IN ${models};
DELETE FROM integrations WHERE id IN ${models};
PRAGMA wal_checkpoint(TRUNCATE);
` });
      fs.rmSync(rows);
    }
    fs.writeFileSync(about, JSON.stringify(made));
  }
  const made = JSON.parse(fs.readFileSync(about, 'utf8'));
  const callers = plan.people.map((person) => ({
    token: token_of(person.number), user_id: id_of('user', person.number), kind: person.kind, number: person.number,
    home: person.home === undefined ? undefined : id_of('room', person.home),
    rooms: rooms_of(person, person.kind, plan.layout).map((at) => id_of('room', at)),
  }));
  return { name, shape, data: path.join(folder, 'workspace'), callers, admin: made.admin, integrations: made.integrations ?? 0,
           room: (at) => id_of('room', at), integration: (at) => id_of('integration', at) };
}

export const login_headers = ({ token, user_id }) => ({ 'X-Auth-Token': token, 'X-User-Id': user_id });
