// Finds the tests: [kind, tasks] in the order in which they run, quick and telling kinds first.
//
// A file may say how it wants to be run, each on a line of its own near its top:
//   // runner: alone          nothing else runs meanwhile (timing, whole-machine effects)
//   // runner: minutes 10     its time limit
//   // runner: node 20        it needs node 20 or newer

import fs from 'node:fs';
import path from 'node:path';

import { root } from './test_server.mjs';

const kOrder = ['tools', 'unit', 'store', 'api', 'integrations', 'engine', 'scripts', 'differential',
  'story', 'clients', 'browser', 'fault'];
const kNotKinds = new Set(['support', 'fuzz', 'unit', 'node_modules']);
const kDefaultMinutes = 5;

function wishes(file) {
  const top = fs.readFileSync(file, 'utf8').slice(0, 2000);
  const minutes = /^\/\/ runner: minutes (\d+)$/m.exec(top);
  const node = /^\/\/ runner: node (\d+)$/m.exec(top);
  return { alone: /^\/\/ runner: alone$/m.test(top), minutes: minutes ? Number(minutes[1]) : kDefaultMinutes,
           node: node ? Number(node[1]) : 18 };
}

function files_below(folder, wanted) {
  if (!fs.existsSync(folder)) return [];
  return fs.readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.name !== 'node_modules')
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const full = path.join(folder, entry.name);
      if (entry.isDirectory()) return files_below(full, wanted);
      return entry.isFile() && wanted(entry.name) ? [full] : [];
    });
}

function task_of(kind, file) {
  const form = /_driver\.mjs$|^run\.mjs$/.test(path.basename(file)) ? 'driver' : 'file';
  return { kind, form, file, label: path.relative(path.join(root, 'tests'), file), ...wishes(file) };
}

function folder_kinds() {
  const tests = path.join(root, 'tests');
  return fs.readdirSync(tests, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !kNotKinds.has(entry.name))
    .map((entry) => [entry.name, files_below(path.join(tests, entry.name),
      (name) => /_(test|driver)\.mjs$|^run\.mjs$/.test(name)).map((file) => task_of(entry.name, file))]);
}

function gtest_kinds(build_folder) {
  if (!fs.existsSync(build_folder)) return [];
  return fs.readdirSync(build_folder)
    .map((name) => [/^gantry_(\w+)_tests$/.exec(name)?.[1], name])
    .filter(([kind]) => kind)
    .map(([kind, name]) => [kind, [{ kind, form: 'gtest', file: path.join(build_folder, name), label: name, minutes: 15 }]]);
}

function tool_kind() {
  const wanted = (name) => name.endsWith('.test.mjs');
  const files = [...files_below(path.join(root, 'tools'), wanted), ...files_below(path.join(root, 'tests/support'), wanted)];
  return ['tools', files.map((file) => ({ ...task_of('tools', file), label: path.relative(root, file) }))];
}

export function discover(build_folder) {
  const kinds = new Map();
  for (const [kind, tasks] of [tool_kind(), ...gtest_kinds(build_folder), ...folder_kinds()]) {
    if (tasks.length) kinds.set(kind, [...(kinds.get(kind) ?? []), ...tasks]);
  }
  const rank = (kind) => (kOrder.includes(kind) ? kOrder.indexOf(kind) : kOrder.length - 1.5);
  return [...kinds].sort(([a], [b]) => rank(a) - rank(b) || (a < b ? -1 : 1));
}
