// The files of the repository as a map from path to text, and C++ text taken apart.

import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

const kBytesMax = 2 * 1024 * 1024;

// What git tracks or would track; unreadable and binary files are left out.
export function read_tree(root) {
  const names = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'],
                             { cwd: root, maxBuffer: 64 * 1024 * 1024 }).toString().split('\0');
  const tree = new Map();
  for (const name of names) {
    const full = path.join(root, name);
    if (!name || !fs.existsSync(full)) continue;
    const info = fs.lstatSync(full);
    if (!info.isFile() || info.size > kBytesMax) continue;
    const bytes = fs.readFileSync(full);
    if (!bytes.includes(0)) tree.set(name, bytes.toString('utf8'));
  }
  return tree;
}

export const is_cpp = (name) => /\.(h|cc)$/.test(name);
export const is_source = (name) => name.startsWith('src/') && is_cpp(name);

const kToken = /\/\/[^\n]*|\/\*[\s\S]*?\*\/|R"([^()\\ ]{0,16})\(([\s\S]*?)\)\1"|"(?:\\[\s\S]|[^"\\\n])*"|'(?:\\.|[^'\\\n])+'/g;

const blank = (text) => text.replace(/[^\n]/g, ' ');

// {code, strings, comments}: three texts of the same length as the input, each with everything that
// is not of its sort blanked out, so that an offset tells the same line in all.
export function take_apart(text) {
  let code = '', strings = '', comments = '', end = 0;
  for (const match of text.matchAll(kToken)) {
    // A digit separator (1'000) is no character literal.
    if (match[0][0] === "'" && /[0-9a-fA-F]/.test(text[match.index - 1] ?? '')) continue;
    const between = text.slice(end, match.index);
    const is_comment = match[0].startsWith('//') || match[0].startsWith('/*');
    code += between + blank(match[0]);
    strings += blank(between) + (is_comment ? blank(match[0]) : match[0]);
    comments += blank(between) + (is_comment ? match[0] : blank(match[0]));
    end = match.index + match[0].length;
  }
  const rest = text.slice(end);
  return { code: code + rest, strings: strings + blank(rest), comments: comments + blank(rest) };
}

export function line_of(text, offset) {
  return text.slice(0, offset).split('\n').length;
}
