// Words that the sources must not have, each with what to write instead.

import { is_cpp, is_source, line_of, take_apart } from './sources.mjs';

const in_src = (path) => is_source(path);
const in_src_but = (...folders) => (path) => is_source(path) && !folders.some((folder) => path.startsWith(folder));
const kNoise = ['TO' + 'DO', 'FIX' + 'ME', 'XX' + 'X', 'HA' + 'CK'];

// The text between the first brace at or after `from` and its partner.
function body_after(code, from) {
  const begin = code.indexOf('{', from);
  let depth = 0;
  for (let at = begin; at >= 0 && at < code.length; ++at) {
    if (code[at] === '{') ++depth;
    if (code[at] === '}' && --depth === 0) return code.slice(begin, at);
  }
  return '';
}

// `of` says which part of a C++ file is searched: code, strings or comments.
export const rules = [
  { of: 'code', where: in_src_but('src/base/'), pattern: /\basio::detached\b/g,
    instead: 'asio::detached loses its failures: spawn(group, name, task)' },
  { of: 'code', where: is_cpp, pattern: /\.detach\s*\(\s*\)/g,
    instead: 'a detached thread has no owner: join it' },
  { of: 'code', where: (path) => is_source(path) || path.endsWith('.h'), pattern: /\busing\s+namespace\s+(?!(?:\w+::)*(?:\w*literals|awaitable_operators)\b)[\w:]+/g,
    instead: 'name what you use instead of a whole namespace' },
  { of: 'code', where: in_src_but('src/app/', 'src/main.cc'), pattern: /\bstd::(?:cout|cerr|clog)\b|\b(?:std::)?(?:printf|puts)\s*\(/g,
    instead: 'only commands print: gantry::log' },
  { of: 'code', where: in_src, pattern: /\bstd::(?:basic_)?regex\b/g,
    instead: 'std::regex has no match limit: PCRE2 through wire' },
  { of: 'code', where: in_src, pattern: /(?<![\w_.])assert\s*\(/g,
    instead: 'assert vanishes in the release: ASSERT' },
  { of: 'code', where: is_cpp, pattern: /\bNULL\b/g, instead: 'nullptr' },
  { of: 'code', where: in_src, pattern: /\bsleep_for\s*\(|\bsleep_until\s*\(|(?<![\w.])(?:::sleep|usleep)\s*\(/g,
    instead: 'nothing sleeps: a timer with a deadline' },
  { of: 'code', where: (path) => path.startsWith('src/domain/') && is_cpp(path), pattern: /\bcatch\s*\(/g,
    instead: 'domain never catches: Result for what a caller causes' },
  { of: 'code', where: in_src, pattern: /\bstd::(?:rand|srand|random_device|mt19937\w*)\b/g,
    instead: 'chance comes from base/crypto.h' },
  { of: 'code', where: in_src, pattern: /\[[^\][\n]*[\w&=][^\][\n]*\]\s*\([^()]*\)\s*(?:mutable\s*)?->\s*(?:gantry::)?(?:Task\s*<|asio::awaitable\s*<)/g,
    only_if: (code, end) => /\bco_(?:await|return|yield)\b/.test(body_after(code, end)),
    instead: 'a capturing coroutine lambda loses its captures: a member function or arguments' },
  { of: 'code', where: is_cpp, pattern: /\bfor \([^;()]* : (?:\*[\w.:>-]*\w\(|[\w.:>-]+\([^()]*\)->)/g,
    instead: 'what the call gave is gone before the loop begins: name it' },
  { of: 'code', where: is_cpp, pattern: /\b(?:class|struct)\s+\w+(?:Manager|Helper|Utils?|Impl)\b/g,
    instead: 'find the noun that says what it is' },
  { of: 'code', where: is_cpp, pattern: /\b(?:class|struct)\s+I[A-Z][a-z]\w*\b/g,
    instead: 'the contract has the plain noun, without I' },
  { of: 'strings', where: in_src_but('src/store/'),
    pattern: /\b(?:SELECT\s[\s\S]{1,400}?\sFROM\s|INSERT\s+(?:OR\s+\w+\s+)?INTO\s|UPDATE\s+\w+\s+SET\s|DELETE\s+FROM\s|CREATE\s+(?:UNIQUE\s+)?(?:TABLE|INDEX)\s|PRAGMA\s+\w)/g,
    instead: 'SQL lives in src/store' },
  { of: 'comments', where: is_cpp, pattern: /\/\/\s*[-=*#~]{4,}/g, instead: 'no dividers: split the file or let it be' },
];

function check_cpp(path, text, problem) {
  const wanted = rules.filter((rule) => rule.where(path));
  if (wanted.length === 0) return;
  const parts = take_apart(text);
  for (const rule of wanted) {
    for (const match of parts[rule.of].matchAll(rule.pattern)) {
      if (rule.only_if && !rule.only_if(parts[rule.of], match.index + match[0].length)) continue;
      problem(path, line_of(text, match.index), `"${match[0].trim().slice(0, 60)}": ${rule.instead}`);
    }
  }
}

export function check_tokens(tree, problem) {
  const noise = new RegExp(`\\b(?:${kNoise.join('|')})\\b`, 'g');
  const home = /(?<![\w.$}])\/(?:home|root|Users|work)\/[\w.]/g;
  for (const [path, text] of tree) {
    check_cpp(path, text, problem);
    if (/(^|\/)package-lock\.json$/.test(path)) continue;
    for (const match of text.matchAll(noise)) {
      problem(path, line_of(text, match.index), `${match[0]}: do it now or write it down as an issue`);
    }
    for (const match of text.matchAll(home)) {
      problem(path, line_of(text, match.index), `${match[0]}...: a path of one machine`);
    }
  }
}
