// Each rule of tidy fails on a tree that breaks it, and a clean tree passes.

import { expect } from '../../tests/support/expect.mjs';
import { test } from '../../tests/support/testing.mjs';
import { take_apart } from './sources.mjs';
import { tidy } from './tidy.mjs';

const layers = 'app: http domain base\nhttp: base\ndomain: base\nstore: domain base\nbase:\n<curl/: http\n';
const header = '#pragma once\n// A room.\n';
const readme = '# x\n\na\nb\nc\n';

const clean = {
  'tools/layers.txt': layers,
  'src/base/README.md': readme, 'src/base/ids.h': `${header}#include <string>\n`,
  'src/domain/README.md': readme, 'src/domain/room.h': `${header}#include "base/ids.h"\n`,
  'src/domain/room.cc': '#include "domain/room.h"\n',
  'src/base/CMakeLists.txt': 'gantry_library(base LINK Boost::headers)\n',
  'src/domain/CMakeLists.txt': 'gantry_library(domain LINK gantry_base)\n',
  'docs/decisions/0001-threads.md': '# Threads\n',
};

function problems_with(changes) {
  const files = { ...clean, ...changes };
  return tidy(new Map(Object.entries(files).filter(([, text]) => text !== undefined))).problems;
}

test('a clean tree has no problem', () => {
  const problems = problems_with({});
  expect(problems.length === 0, problems.join('\n'));
});

// What breaks the tree, and the words that the one problem must have.
const breaks = [
  ['a lower layer includes a higher one', { 'src/base/up.cc': '#include "domain/room.h"\n' }, 'base may not include domain'],
  ['an include that skips a layer upward', { 'src/domain/up.cc': '#include "store/x.h"\n' }, 'domain may not include store'],
  ['an unknown folder is included', { 'src/domain/odd.cc': '#include "chat/x.h"\n' }, 'of no known folder'],
  ['a neighbour is included by its bare name', { 'src/domain/odd.cc': '#include "room.h"\n' }, 'by its path below src'],
  ['a folder without a line in the table', { 'src/chat/x.cc': 'int x;\n', 'src/chat/README.md': readme }, 'has no line in tools/layers.txt'],
  ['a library header outside its folder', { 'src/domain/net.cc': '#include <curl/curl.h>\n' }, 'which only http may'],
  ['a link list with a higher layer', { 'src/base/CMakeLists.txt': 'gantry_library(base LINK gantry_domain)\n' }, 'gantry_base links gantry_domain'],
  ['a later link to a higher layer', { 'src/base/CMakeLists.txt': 'gantry_library(base LINK Boost::headers)\ntarget_link_libraries(gantry_base PUBLIC gantry_domain)\n' }, 'CMakeLists.txt:2: gantry_base links gantry_domain'],
  ['a detached coroutine', { 'src/domain/x.cc': 'void f() { co_spawn(e, g(), asio::detached); }\n' }, 'spawn(group, name, task)'],
  ['a detached thread', { 'src/domain/x.cc': 'void f(T t) { t.detach(); }\n' }, 'join it'],
  ['a whole namespace', { 'src/domain/x.cc': 'using namespace std;\n' }, 'instead of a whole namespace'],
  ['printing below the commands', { 'src/domain/x.cc': 'void f() { std::cout << 1; }\n' }, 'only commands print'],
  ['std::regex', { 'src/domain/x.cc': 'std::regex r;\n' }, 'PCRE2'],
  ['assert', { 'src/domain/x.cc': 'void f() { assert(1); }\n' }, 'ASSERT'],
  ['NULL', { 'src/domain/x.cc': 'int* p = NULL;\n' }, 'nullptr'],
  ['sleeping', { 'src/domain/x.cc': 'void f() { std::this_thread::sleep_for(d); }\n' }, 'nothing sleeps'],
  ['catching in the domain', { 'src/domain/x.cc': 'void f() { try { g(); } catch (...) {} }\n' }, 'domain never catches'],
  ['chance from the library', { 'src/domain/x.cc': 'std::mt19937 r;\n' }, 'base/crypto.h'],
  ['a capturing coroutine lambda', { 'src/domain/x.cc': 'auto f = [this, x](int a) -> Task<int> { co_return a; };\n' }, 'loses its captures'],
  ['a loop over what a pointer that is gone pointed to', { 'src/domain/x.cc': 'void f(D& d) { for (const auto& x : *d.list_all()) g(x); }\n' }, 'name it'],
  ['a loop over a member of what is gone', { 'src/domain/x.cc': 'void f(D& d) { for (const a::B& x : d.find(1)->items) g(x); }\n' }, 'name it'],
  ['a manager', { 'src/domain/x.cc': 'class RoomManager {};\n' }, 'find the noun'],
  ['an I-name', { 'src/domain/x.cc': 'class IStore {};\n' }, 'plain noun'],
  ['SQL outside the store', { 'src/domain/x.cc': 'auto q = "SELECT name FROM rooms WHERE id = ?";\n' }, 'SQL lives in src/store'],
  ['SQL in a raw string outside the store', { 'src/domain/x.cc': 'auto q = R"(\nINSERT INTO rooms VALUES (1))";\n' }, 'SQL lives in src/store'],
  ['a divider', { 'src/domain/x.cc': '// -------- rooms\n' }, 'no dividers'],
  ['unfinished work', { 'src/domain/x.cc': `// ${'TO' + 'DO'} later\n` }, 'do it now'],
  ['a path of one machine', { 'docs/x.md': `# X\nsee /${'home'}/ada/x\n` }, 'a path of one machine'],
  ['a folder without README', { 'src/domain/README.md': undefined }, 'src/domain/README.md:1: is missing'],
  ['a README that says nothing', { 'src/domain/README.md': '# domain\n' }, 'says too little'],
  ['a gap in the decisions', { 'docs/decisions/0003-ids.md': '# Ids\n' }, 'has number 0003'],
  ['a decision with an odd name', { 'docs/decisions/ids.md': '# Ids\n' }, 'is not named'],
  ['a gap in the migrations', { 'src/store/sqlite/migrations/0002_more.sql': '' }, 'has number 0002'],
  ['two titles', { 'docs/x.md': '# A\n\n# B\n' }, 'has 2 titles'],
  ['a file name in camel case', { 'src/domain/RoomStore.cc': 'int x;\n' }, 'snake_case'],
  ['a header without pragma once', { 'src/domain/x.h': '// A thing.\nint x;\n' }, 'begins with #pragma once'],
  ['a header without its paragraph', { 'src/domain/x.h': '#pragma once\nint x;\n' }, 'begins with a paragraph'],
  ['a Compat mark without words', { 'src/domain/x.cc': '// Compat:\nint x;\n' }, 'says which behaviour'],
  ['a registry host in a lock file', { 'tests/a/package.json': '{}', 'tests/a/package-lock.json': '{"resolved": "https://registry.example/x.tgz"}' }, 'names the host of a registry'],
  ['packages without a lock', { 'tests/a/package.json': '{}' }, 'has no package-lock.json'],
];

for (const [name, changes, words] of breaks) {
  test(`tells of ${name}`, () => {
    const problems = problems_with(changes);
    expect(problems.length === 1, `expected one problem, got ${problems.length}:\n${problems.join('\n')}`);
    expect(problems[0].includes(words), `expected "${words}" in: ${problems[0]}`);
  });
}

// What looks like a fault and is none.
const harmless = [
  ['words inside comments are not code', { 'src/domain/x.cc': '// std::cout and asio::detached are not used, sleep_for neither.\nint x;\n' }],
  ['words inside strings are not code', { 'src/domain/x.cc': 'auto a = "using namespace std; NULL";\n' }],
  ['literal namespaces may be used whole', { 'src/domain/x.cc': 'using namespace std::chrono_literals;\n' }],
  ['the word select alone is no SQL', { 'src/domain/x.cc': 'auto a = "SELECT one of them";\n' }],
  ['digit separators open no literal', { 'src/domain/x.cc': "int a = 1'000;\nint b = 2'000;\n" }],
  ['a title inside a fence is none', { 'docs/x.md': '# A\n```\n# comment\n```\n' }],
  ['a made header may be included by its bare name', { 'src/domain/x.cc': '#include "made_names.h"\n' }],
  ['static_assert is no assert', { 'src/domain/x.cc': 'static_assert(1);\n' }],
  ['a capturing lambda may return the task of another', { 'src/domain/x.cc': 'auto f = [this](int a) -> Task<int> { return g(a); };\nTask<int> h() { co_return 1; }\n' }],
  ['a test may use a namespace whole', { 'tests/unit/x_test.cc': 'using namespace gantry;\n' }],
  ['a lambda without captures may be a coroutine', { 'src/domain/x.cc': 'auto f = [](int a) -> Task<int> { co_return a; };\n' }],
];

for (const [name, changes] of harmless) {
  test(name, () => {
    const problems = problems_with(changes);
    expect(problems.length === 0, problems.join('\n'));
  });
}

test('reports long files without failing', () => {
  const { problems, reports } = tidy(new Map(Object.entries({ ...clean, 'src/domain/long.cc': 'int x;\n'.repeat(401) })));
  expect(problems.length === 0, problems.join('\n'));
  expect(reports.some((line) => line.startsWith('src/domain/long.cc')), 'the long file is not reported');
});

test('takes a text apart without moving anything', () => {
  const text = 'int a = 1; // b\nauto s = "//no"; /* c\nd */ char q = \'"\'; auto r = R"x(//")x";\n';
  const parts = take_apart(text);
  for (const part of Object.values(parts)) expect(part.length === text.length, 'the length changed');
  expect(!parts.code.includes('no') && !parts.code.includes('//'), `code: ${parts.code}`);
  expect(parts.strings.includes('"//no"') && parts.strings.includes('R"x(//")x"'), `strings: ${parts.strings}`);
  expect(parts.comments.includes('// b') && parts.comments.includes('/* c\nd */'), `comments: ${parts.comments}`);
});
