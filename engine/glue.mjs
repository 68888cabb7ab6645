// Reads the JavaScript glue that the package ships beside its .wasm: which of the minified imports
// and exports is which. Every name is derived from what the glue does with it, never assumed.
import { parse } from 'acorn';

// What the body of each import does, in words that occur in that import's source only.
const IMPORT_MARKS = {
  assert_fail: /Assertion failed/,
  abort_js: /^\(\) *=> *\w+\(""\)$/,
  runtime_keepalive_clear: /^\(\) *=> *\{\w+ *= *!1; *\w+ *= *0;?\}$/,
  localtime_js: /getSeconds\(\)[^]*getTimezoneOffset/,
  setitimer_js: /clearTimeout/,
  tzset_js: /UTC\$\{/,
  date_now: /^\(\) *=> *Date\.now\(\)$/,
  resize_heap: /\.grow\(/,
  environ_get: /^\(\w+, *\w+\) *=> *\{var \w+ *= *0, *\w+ *= *0/,
  environ_sizes_get: /^\(\w+, *\w+\) *=> *\{var \w+ *= *\w+\(\);[^]*\.length/,
  fd_close: /^\(\) *=> *52$/,
  fd_seek: /return 70/,
  fd_write: /\b10 *=== *\w+/,
  proc_exit: null, // found by its variable: see below
  call_function: /callbacks\.callFunction/,
  should_interrupt: /callbacks\.shouldInterrupt/,
  load_module_source: /callbacks\.loadModuleSource/,
  normalize_module: /callbacks\.normalizeModule/,
  free_host_ref: /callbacks\.freeHostRef/,
};

function* nodes(node) {
  if (!node || typeof node !== 'object') return;
  if (typeof node.type === 'string') yield node;
  for (const key of Object.keys(node)) {
    const value = node[key];
    if (Array.isArray(value)) for (const item of value) yield* nodes(item);
    else if (value && typeof value === 'object' && key !== 'loc') yield* nodes(value);
  }
}

const key_of = (property) => property.key.name ?? property.key.value;

// The initialisers of the glue's variables, by name: some imports are named by a variable.
function initialisers(tree) {
  const found = new Map();
  for (const node of nodes(tree)) {
    if (node.type === 'VariableDeclarator' && node.id.type === 'Identifier' && node.init) {
      found.set(node.id.name, node.init);
    }
  }
  return found;
}

function find_import_object(tree, import_names) {
  const wanted = [...import_names].sort().join();
  const matches = [...nodes(tree)].filter(
    (node) =>
      node.type === 'ObjectExpression' &&
      node.properties.every((property) => property.type === 'Property') &&
      node.properties.map(key_of).sort().join() === wanted,
  );
  if (matches.length !== 1) throw new Error(`${matches.length} objects of the glue hold the imports`);
  return matches[0];
}

// { meaning: minified name } for the imports of the module.
export function derive_imports(glue, import_names) {
  const tree = parse(glue, { ecmaVersion: 'latest', sourceType: 'script' });
  const variables = initialisers(tree);
  const text = (node) => glue.slice(node.start, node.end).replace(/\s+/g, ' ');
  const derived = {};
  for (const property of find_import_object(tree, import_names).properties) {
    const minified = key_of(property);
    let value = property.value;
    let source = text(value);
    if (value.type === 'Identifier') {
      const initial = variables.get(value.name);
      if (initial) source = text(initial);
      else source = 'memory';
    }
    let meaning;
    if (source === 'memory') meaning = 'memory';
    else if (/onExit\?\.\(/.test(source)) meaning = 'proc_exit';
    else {
      const fitting = Object.keys(IMPORT_MARKS).filter((name) => IMPORT_MARKS[name]?.test(source));
      if (fitting.length !== 1) {
        throw new Error(`import "${minified}" fits ${fitting.join(' and ') || 'no known name'}: ${source}`);
      }
      meaning = fitting[0];
    }
    if (derived[meaning]) throw new Error(`two imports of the glue look like ${meaning}`);
    derived[meaning] = minified;
  }
  for (const name of [...Object.keys(IMPORT_MARKS), 'memory']) {
    if (!derived[name]) throw new Error(`the glue has no import that looks like ${name}`);
  }
  return derived;
}

// { name: minified name } for the exports, from `module._QTS_Eval = exports.pa`. The constructor
// call of the module has no name in the glue: it is what the glue calls once all is ready.
export function derive_exports(glue) {
  const tree = parse(glue, { ecmaVersion: 'latest', sourceType: 'script' });
  const derived = {};
  const put = (name, minified) => {
    if (derived[name] && derived[name] !== minified) throw new Error(`export ${name} is named twice`);
    derived[name] = minified;
  };
  for (const node of nodes(tree)) {
    if (
      node.type === 'AssignmentExpression' &&
      node.left.type === 'MemberExpression' && !node.left.computed &&
      /^_\w+$/.test(node.left.property.name) &&
      node.right.type === 'MemberExpression' && !node.right.computed
    ) {
      put(node.left.property.name.slice(1), node.right.property.name);
    }
  }
  const started = [...glue.matchAll(/K *= *!0; *\w+\.([\w$]+)\(\);/g)];
  if (started.length !== 1) throw new Error('the glue does not call the constructors as expected');
  put('call_constructors', started[0][1]);
  return derived;
}
