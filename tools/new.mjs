// ./dev new endpoint|method|migration|setting|decision NAME: puts the beginning of a new thing in
// its place, with a test that fails until it is made.

import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');

const pascal = (name) => name.split(/[^a-zA-Z0-9]+/).filter(Boolean).map((part) => part[0].toUpperCase() + part.slice(1)).join('');
const snake = (name) => name.replace(/([a-z0-9])([A-Z])/g, '$1_$2').replace(/[^a-zA-Z0-9]+/g, '_').toLowerCase();
const kebab = (name) => snake(name).replace(/_/g, '-');

export class Refused extends Error {}

function inserted(text, anchor, addition, where) {
  const at = text.search(anchor);
  if (at < 0) throw new Refused(`${where} has no place for it: add it by hand`);
  return text.slice(0, at) + addition + text.slice(at);
}

function next_number(names, pattern) {
  const numbers = names.map((name) => Number(pattern.exec(name)?.[1] ?? 0));
  return String(Math.max(0, ...numbers) + 1).padStart(4, '0');
}

function scenario_file(file, words, rows) {
  return [file, `// ${words}\n\nimport { scenarios } from '../support/scenario.mjs';\n\nscenarios({\n  name: '${words}',\n  rows: [\n${rows}  ],\n});\n`];
}

function family_files(family) {
  const type = `${pascal(family)}Api`;
  const header = `#pragma once
// The operations ${family}.*.

#include "dispatch/routes.h"
#include "domain/directory.h"

namespace gantry::api {

class ${type} {
 public:
  explicit ${type}(const domain::Directory& directory) : directory_(directory) {}

  void add_routes(dispatch::Routes& routes);

 private:
  const domain::Directory& directory_;
};

}  // namespace gantry::api
`;
  const source = `#include "api/${snake(family)}_api.h"

namespace gantry::api {

void ${type}::add_routes(dispatch::Routes& routes) {
}

}  // namespace gantry::api
`;
  return { header, source };
}

function endpoint(name, tree) {
  const match = /^([A-Za-z-]+)\.([A-Za-z]+)$/.exec(name);
  if (!match) throw new Refused(`an endpoint is named family.action, not "${name}"`);
  const [, family, action] = match;
  const type = `${pascal(family)}Api`, handler = snake(action);
  const base = `src/api/${snake(family)}_api`;
  const is_new = !tree.has(`${base}.h`);
  const { header, source } = is_new ? family_files(family)
    : { header: tree.get(`${base}.h`), source: tree.get(`${base}.cc`) };
  const route = `  routes.post("/api/v1/${name}", *this, &${type}::${handler}, {.summary = "${name}"});\n`;
  const body = `Result<json::object> ${type}::${handler}(domain::Caller, dispatch::NoParameters) {\n  return json::object{};\n}\n\n`;
  const add_routes = source.indexOf(`void ${type}::add_routes(`);
  const end = add_routes < 0 ? -1 : source.indexOf('\n}\n', add_routes) + 1;
  if (end <= 0) throw new Refused(`${base}.cc has no add_routes of ${type}: add it by hand`);
  const routed = source.slice(0, end) + route + source.slice(end);
  return { files: new Map([
    [`${base}.h`, inserted(header, /(?<=\n private:\n)/, `  Result<json::object> ${handler}(domain::Caller caller, dispatch::NoParameters in);\n`, `${base}.h`)],
    [`${base}.cc`, inserted(routed, /\}  \/\/ namespace gantry::api\n$/, body, `${base}.cc`)],
    scenario_file(`tests/api/${snake(family)}_${handler}_test.mjs`, name,
      `    { name: 'wants a login', caller: 'anonymous', method: 'POST', path: '/api/v1/${name}', body: {}, status: 401,\n` +
      "      parts: { status: 'error' } },\n" +
      `    { name: 'does what it says', method: 'POST', path: '/api/v1/${name}', body: {},\n` +
      "      json: { success: true, say: 'what it answers' } },\n"),
  ]), words: is_new ? [`add ${type} to src/api/all_routes.cc, the table of contents`] : [] };
}

function migration(name, tree) {
  const folder = 'src/store/sqlite/migrations/';
  const number = next_number([...tree.keys()].filter((file) => file.startsWith(folder)).map((file) => file.slice(folder.length)), /^(\d{4})_/);
  const test_name = `migration_${number}_${snake(name)}`;
  return { files: new Map([
    [`${folder}${number}_${snake(name)}.sql`, '-- What changes, and why. Runs once, in a transaction; never edited after a release.\n'],
    [`tests/unit/store/${test_name}_test.cc`, `#include <gtest/gtest.h>\n\nTEST(Migration${number}, ${snake(name)}) {\n  FAIL() << "make a database of the version before, migrate it, and look at what changed";\n}\n`],
  ]), words: [] };
}

function setting(name, tree) {
  const file = 'src/domain/settings.h';
  const row = `  X(${pascal(name)}, "${name}", Boolean, false, "General", Private, "Whether ...") \\\n`;
  const table = /(?<=\\\n)(?=[ \t]*X\([^\n]*[^\\]\n\/\/ clang-format on)/;
  return { files: new Map([
    [file, inserted(tree.get(file) ?? '', table, row, file)],
    [`tests/api/setting_${snake(name)}_test.mjs`,
     `// What the setting ${name} changes.\n\nimport { test } from '../support/testing.mjs';\nimport { use_world } from '../support/world.mjs';\n\n` +
     `const world = use_world();\n\ntest('${name}: changes what the server does', async () => {\n  await world.set_setting('${name}', true);\n` +
     "  throw new Error('show what is different now');\n});\n"],
  ]), words: ['./dev docs writes docs/configuration.md anew'] };
}

function decision(name, tree) {
  const folder = 'docs/decisions/';
  const number = next_number([...tree.keys()].filter((file) => file.startsWith(folder)).map((file) => file.slice(folder.length)), /^(\d{4})-/);
  const title = name[0].toUpperCase() + name.slice(1).replace(/[-_]/g, ' ');
  return { files: new Map([[`${folder}${number}-${kebab(name)}.md`,
    `# ${title}\n\n## Context\n\nWhat made a choice necessary, with the numbers.\n\n## Choice\n\nWhat we do.\n\n## Refused\n\nWhat we do not do, and why.\n\n## Consequences\n\nWhat becomes easy, what becomes hard.\n`]]), words: [] };
}

function method(name, tree) {
  if (![...tree.keys()].some((file) => file.startsWith('src/realtime/'))) {
    throw new Refused('there is no src/realtime, so methods have no form to follow yet');
  }
  throw new Refused(`src/realtime has no scaffold for "${name}" yet: teach tools/new.mjs its form`);
}

const kinds = { endpoint, method, migration, setting, decision };

// {files: Map of path to its new text, words: what is left to do by hand}; `tree` is the present.
export function scaffold(kind, name, tree) {
  if (!Object.hasOwn(kinds, kind)) throw new Refused(`new ${Object.keys(kinds).join('|')} NAME, not "${kind}"`);
  if (!/^[A-Za-z][A-Za-z0-9._-]*$/.test(name ?? '')) throw new Refused(`"${name ?? ''}" is no name for a new ${kind}`);
  const made = kinds[kind](name, tree);
  for (const file of made.files.keys()) {
    const may_grow = /^src\/(api|domain)\/.*\.(h|cc)$/.test(file);
    if (tree.has(file) && !may_grow) throw new Refused(`${file} is there already`);
  }
  return made;
}

function tree_below(folders) {
  const tree = new Map();
  const walk = (folder) => {
    if (!fs.existsSync(path.join(root, folder))) return;
    for (const entry of fs.readdirSync(path.join(root, folder), { withFileTypes: true })) {
      const name = `${folder}/${entry.name}`;
      if (entry.isDirectory()) walk(name);
      else tree.set(name, fs.readFileSync(path.join(root, name), 'utf8'));
    }
  };
  folders.forEach(walk);
  return tree;
}

function main() {
  const [kind, name] = process.argv.slice(2);
  const { files, words } = scaffold(kind, name, tree_below(['src', 'docs', 'tests/api', 'tests/unit']));
  for (const [file, text] of files) {
    const full = path.join(root, file);
    const verb = fs.existsSync(full) ? 'changed' : 'wrote';
    fs.mkdirSync(path.dirname(full), { recursive: true });
    fs.writeFileSync(full, text);
    console.log(`${verb} ${file}`);
  }
  for (const line of words) console.log(line);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  try {
    main();
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    console.error(`new: ${error.message}`);
    process.exitCode = 1;
  }
}
