// Who may include whom (tools/layers.txt), checked on every #include and on the CMake link lists.

import { is_source, line_of } from './sources.mjs';

const kInclude = /^[ \t]*#[ \t]*include[ \t]*(["<])([^">]+)[">]/gm;

// {may: folder -> Set of folders, only: [{header, folders}]}
export function read_layers(text) {
  const may = new Map(), only = [];
  text.split('\n').forEach((line, index) => {
    if (!line.trim() || line.startsWith('#')) return;
    const match = /^([^:]+):\s*(.*)$/.exec(line);
    if (!match) throw new Error(`layers.txt:${index + 1}: not "folder: folders"`);
    const folders = match[2].split(/\s+/).filter(Boolean);
    if (/^[<"]/.test(match[1])) only.push({ header: match[1], folders: new Set(folders) });
    else may.set(match[1], new Set(folders));
  });
  return { may, only };
}

const layer_of = (path) => path.split('/')[1];

// `beside` tells whether the including folder has such a file; a bare name that it has not is made
// by the build.
function include_fault(layer, opened, header, { may, only }, beside) {
  const limited = only.find((one) => (opened + header).startsWith(one.header));
  if (limited && !limited.folders.has(layer)) {
    return `${layer} includes ${header}, which only ${[...limited.folders].join(', ')} may (tools/layers.txt)`;
  }
  if (opened === '<') return undefined;
  if (!header.includes('/')) return beside(header) ? `include "${header}" by its path below src` : undefined;
  const target = header.split('/')[0];
  if (target === layer) return undefined;
  if (!may.has(target)) return `"${header}" is of no known folder; name folders in tools/layers.txt`;
  return may.get(layer).has(target) ? undefined : `${layer} may not include ${target} (tools/layers.txt)`;
}

function check_includes(tree, layers, problem) {
  for (const [path, text] of tree) {
    if (!is_source(path) || path.split('/').length < 3) continue;   // src/main.cc sees everything
    const layer = layer_of(path);
    if (!layers.may.has(layer)) {
      problem(path, 1, `the folder ${layer} has no line in tools/layers.txt`);
      continue;
    }
    for (const match of text.matchAll(kInclude)) {
      const beside = (name) => tree.has(path.slice(0, path.lastIndexOf('/') + 1) + name);
      const fault = include_fault(layer, match[1], match[2], layers, beside);
      if (fault) problem(path, line_of(text, match.index), fault);
    }
  }
}

// [{path, line, name, links}] of every gantry library's link list.
function link_lists(tree) {
  const lists = [];
  for (const [path, text] of tree) {
    if (!/^src\/.*CMakeLists\.txt$/.test(path)) continue;
    const bare = text.replace(/#[^\n]*/g, (comment) => ' '.repeat(comment.length));
    for (const match of bare.matchAll(/\b(gantry_library|target_link_libraries)\s*\(\s*(\w+)([^)]*)\)/g)) {
      const name = match[2].replace(/^gantry_/, '');
      const links = [...match[3].matchAll(/\bgantry_(\w+)/g)].map((one) => one[1]).filter((one) => one !== 'compiler');
      lists.push({ path, line: line_of(bare, match.index), name, links, declares: match[1] === 'gantry_library' });
    }
  }
  return lists;
}

function check_links(tree, { may }, problem) {
  const lists = link_lists(tree);
  const layer_of_library = new Map(lists.filter((one) => one.declares).map((one) => [one.name, layer_of(one.path)]));
  for (const { path, line, name, links } of lists) {
    const layer = layer_of_library.get(name);
    if (!layer || !may.has(layer)) continue;
    for (const link of links) {
      const target = layer_of_library.get(link);
      if (!target || target === layer || may.get(layer).has(target)) continue;
      problem(path, line, `gantry_${name} links gantry_${link}, but ${layer} may not include ${target} (tools/layers.txt)`);
    }
  }
}

export function check_layers(tree, problem) {
  const text = tree.get('tools/layers.txt');
  if (text === undefined) {
    problem('tools/layers.txt', 1, 'is missing');
    return;
  }
  const layers = read_layers(text);
  check_includes(tree, layers, problem);
  check_links(tree, layers, problem);
}
