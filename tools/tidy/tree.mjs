// The form of the tree: READMEs, numbered files, titles, headers, names, lock files, sizes.

import { is_cpp, is_source, line_of, take_apart } from './sources.mjs';

const kLinesMax = 400;
const kFolderFilesMax = 20;
const kReadmeLines = { min: 5, max: 25 };

function folders_with_sources(tree) {
  const folders = new Map();
  for (const path of tree.keys()) {
    if (!is_source(path)) continue;
    const folder = path.slice(0, path.lastIndexOf('/'));
    folders.set(folder, (folders.get(folder) ?? 0) + 1);
  }
  folders.delete('src');
  return folders;
}

function check_readmes(tree, problem, report) {
  for (const [folder, files] of folders_with_sources(tree)) {
    const readme = `${folder}/README.md`;
    const lines = tree.get(readme)?.trimEnd().split('\n').length;
    if (lines === undefined) problem(readme, 1, 'is missing: what the folder is for, what it must not know, its main types, its invariants');
    else if (lines < kReadmeLines.min) problem(readme, 1, `says too little (${lines} lines)`);
    else if (lines > kReadmeLines.max) report(readme, 1, `${lines} lines, more than ${kReadmeLines.max}`);
    if (files > kFolderFilesMax) report(folder, 1, `${files} source files, more than ${kFolderFilesMax}`);
  }
}

function check_numbers(tree, prefix, pattern, form, problem) {
  const names = [...tree.keys()].filter((path) => path.startsWith(prefix) && !path.endsWith('README.md')).sort();
  names.forEach((path, index) => {
    const match = pattern.exec(path.slice(prefix.length));
    if (!match) problem(path, 1, `is not named ${form}`);
    else if (Number(match[1]) !== index + 1) problem(path, 1, `has number ${match[1]}, the next would be ${String(index + 1).padStart(4, '0')}`);
  });
}

function check_titles(tree, problem) {
  for (const [path, text] of tree) {
    if (!path.endsWith('.md') || path.split('/').some((part) => part.startsWith('.'))) continue;
    let fenced = false;
    const titles = text.split('\n').filter((line) => {
      if (/^\s*(```|~~~)/.test(line)) fenced = !fenced;
      return !fenced && /^# \S/.test(line);
    });
    if (titles.length !== 1) problem(path, 1, `has ${titles.length} titles ("# ..."), wants one`);
  }
}

function check_headers_and_names(tree, problem) {
  for (const [path, text] of tree) {
    if (!is_cpp(path)) continue;
    const name = path.slice(path.lastIndexOf('/') + 1);
    if (!/^[a-z0-9_]+\.(h|cc)$/.test(name)) problem(path, 1, 'file names are snake_case');
    if (!path.endsWith('.h') || !path.startsWith('src/')) continue;
    if (!text.startsWith('#pragma once\n')) problem(path, 1, 'begins with #pragma once');
    else if (!/^#pragma once\n\/\/ \S/.test(text)) problem(path, 2, 'the header begins with a paragraph: what this is, who owns it, what always holds');
  }
}

function check_locks(tree, problem) {
  for (const [path, text] of tree) {
    if (!/(^|\/)package-lock\.json$/.test(path)) continue;
    for (const match of text.matchAll(/"resolved":\s*"[a-z+]*:\/\//g)) {
      problem(path, line_of(text, match.index), 'names the host of a registry: npm install --omit-lockfile-registry-resolved');
      break;
    }
  }
  for (const path of tree.keys()) {
    if (/(^|\/)package\.json$/.test(path) && !tree.has(path.replace(/package\.json$/, 'package-lock.json'))) {
      problem(path, 1, 'has no package-lock.json beside it');
    }
  }
}

// `// Compat:` marks must say what pins them, for they excuse strange code.
function check_compat(tree, problem) {
  for (const [path, text] of tree) {
    if (!is_source(path)) continue;
    for (const match of take_apart(text).comments.matchAll(/\/\/ Compat:[ \t]*(?=\n|$)/g)) {
      problem(path, line_of(text, match.index), 'a Compat: mark says which behaviour it keeps');
    }
  }
}

function report_sizes(tree, report) {
  for (const [path, text] of tree) {
    if (!/\.(h|cc|mjs|js|ts|tsx|sh)$/.test(path) && path !== 'dev') continue;
    const lines = text.split('\n').length - 1;
    if (lines > kLinesMax) report(path, 1, `${lines} lines, more than ${kLinesMax}: two ideas?`);
  }
}

export function check_tree(tree, problem, report) {
  check_readmes(tree, problem, report);
  check_numbers(tree, 'docs/decisions/', /^(\d{4})-[a-z0-9-]+\.md$/, '0001-title.md', problem);
  check_numbers(tree, 'src/store/sqlite/migrations/', /^(\d{4})_[a-z0-9_]+\.sql$/, '0001_title.sql', problem);
  check_titles(tree, problem);
  check_headers_and_names(tree, problem);
  check_locks(tree, problem);
  check_compat(tree, problem);
  report_sizes(tree, report);
}
