// node derive_names.mjs GLUE WASM TRANSLATED_C TRANSLATED_H OUT_C OUT_H
//
// Writes OUT_H, which gives the translated module's minified functions their real names, and OUT_C,
// the translation with the memory's address in a register and with the words of the engine's
// commonest errors replaced by V8's (scripts post those to rooms). Fails when the package is not
// the one that this was written for.
import { readFileSync, writeFileSync } from 'node:fs';
import { derive_exports, derive_imports } from './glue.mjs';
import { use_base_register } from './memory_base.mjs';
import { replace_messages } from './messages.mjs';

const REQUIRED_EXPORTS = [
  'call_constructors', 'malloc', 'free', 'QTS_NewRuntime', 'QTS_NewContext', 'QTS_Eval',
  'QTS_RuntimeSetMaxStackSize', 'QTS_RuntimeEnableInterruptHandler',
  'QTS_NewString', 'QTS_GetString', 'QTS_FreeCString', 'QTS_NewFloat64', 'QTS_GetFloat64',
  'QTS_GetUndefined', 'QTS_Call', 'QTS_ResolveException', 'QTS_FreeValuePointer', 'QTS_NewFunction',
  'QTS_NewHostRef', 'QTS_ArgvGetJSValueConstPointer', 'QTS_GetProp', 'QTS_SetProp',
  'QTS_GetGlobalObject', 'QTS_IsJobPending', 'QTS_ExecutePendingJob', 'QTS_Dump',
];

const [glue_path, wasm_path, c_path, h_path, out_c_path, out_h_path] = process.argv.slice(2);
const glue = readFileSync(glue_path, 'utf8');
const wasm = readFileSync(wasm_path);
const header = readFileSync(h_path, 'utf8');

const module = new WebAssembly.Module(wasm);
const import_names = WebAssembly.Module.imports(module).map((entry) => entry.name);
const export_names = new Set(WebAssembly.Module.exports(module).map((entry) => entry.name));
const imports = derive_imports(glue, import_names);
const exports = derive_exports(glue);

// The translator's own spelling of each name stands below a comment in its header.
const spelled = new Map();
for (const [, kind, name, symbol] of header.matchAll(
  /\/\* (import|export): '(?:a' ')?([^']+)' \*\/\n\S+ (Z_\w+)\(/g,
)) {
  spelled.set(`${kind} ${name}`, symbol);
}
const symbol_of = (kind, minified, name) => {
  const symbol = spelled.get(`${kind} ${minified}`);
  if (!symbol) throw new Error(`the translation has no ${kind} "${minified}" for ${name}`);
  return symbol;
};

const lines = ['#pragma once', '// Written at build time from the glue of the engine package.', ''];
for (const [name, minified] of Object.entries(imports)) {
  if (name === 'memory') continue;
  lines.push(`#define qjs_import_${name} ${symbol_of('import', minified, name)}`);
}
lines.push(`#define qjs_import_memory Z_aZ_${imports.memory}`);
if (!header.includes(`Z_aZ_${imports.memory}(struct Z_a_instance_t*)`)) {
  throw new Error('the translation imports its memory under another name');
}
for (const name of REQUIRED_EXPORTS) {
  const minified = exports[name];
  if (!minified || !export_names.has(minified)) throw new Error(`the package lacks the export ${name}`);
  lines.push(`#define qjs_${name} ${symbol_of('export', minified, name)}`);
}

const replaced = replace_messages(wasm, readFileSync(c_path, 'utf8'));
lines.push('', '// Bytes that stand below the module\'s own data, from this address on.');
lines.push(`#define QJS_MESSAGES_ADDRESS ${replaced.address}u`);
lines.push(`#define QJS_MESSAGES_BYTES ${JSON.stringify(replaced.text).replaceAll('\\u0000', '\\0')}`);
writeFileSync(out_c_path, use_base_register(replaced.source, `Z_aZ_${imports.memory}`));
writeFileSync(out_h_path, lines.join('\n') + '\n');
