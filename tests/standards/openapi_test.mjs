// The OpenAPI document is valid, by a validator that we did not write: the document against the
// specification's schema, each schema inside against JSON Schema, every reference to something there.

import Ajv2020 from 'ajv/dist/2020.js';
import { Validator } from '@seriousme/openapi-schema-validator';

import { expect, expect_json } from '../support/expect.mjs';
import { run_gantry } from '../support/test_server.mjs';
import { test } from '../support/testing.mjs';

async function read_document() {
  const { code, stdout } = await run_gantry(['openapi']);
  expect(code === 0, `gantry openapi ended with ${code}`);
  return JSON.parse(stdout);
}

// Calls visit(value, path) for the document and all that is inside it.
function walk(value, visit, path = '#') {
  visit(value, path);
  if (value === null || typeof value !== 'object') return;
  for (const [key, member] of Object.entries(value)) walk(member, visit, `${path}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`);
}

const unescaped = (part) => part.replaceAll('~1', '/').replaceAll('~0', '~');
const at = (document, reference) => reference.slice(2).split('/').reduce((value, part) => value?.[unescaped(part)], document);

test('the document follows the specification of OpenAPI 3.1', async () => {
  const document = await read_document();
  const validator = new Validator();
  const { valid, errors } = await validator.validate(structuredClone(document));
  expect(valid, `it is not valid: ${JSON.stringify(errors)?.slice(0, 2000)}`);
  expect(validator.version === '3.1', `it was taken for version ${validator.version}`);
  expect(Object.keys(document.paths).length > 100, `it has only ${Object.keys(document.paths).length} paths`);
});

test('every reference leads somewhere, and every operation has a name of its own', async () => {
  const document = await read_document();
  const dangling = [];
  walk(document, (value, path) => {
    if (typeof value?.$ref === 'string' && at(document, value.$ref) === undefined) dangling.push(`${path}: ${value.$ref}`);
  });
  expect_json(dangling, []);
  const names = Object.values(document.paths).flatMap((path) => Object.values(path).map((operation) => operation.operationId));
  expect_json(names.filter((name, index) => !name || names.indexOf(name) !== index), []);
});

test('every schema is a JSON schema of draft 2020-12', async () => {
  const document = await read_document();
  const ajv = new Ajv2020.default({ strict: true, strictTypes: false, allowUnionTypes: true, validateFormats: false });
  ajv.addVocabulary(['components']);
  ajv.addSchema({ $id: 'components', components: document.components });
  const schemas = new Map();   // by their text: many replies are alike
  walk(document, (value, path) => {
    const is_schema = /\/schema$/.test(path) || /^#\/components\/schemas\/[^/]+$/.test(path);
    if (is_schema) schemas.set(JSON.stringify(value).replaceAll('"#/components/', '"components#/components/'), path);
  });
  expect(schemas.size > 100, `it has only ${schemas.size} schemas`);
  for (const [text, path] of schemas) {
    try {
      ajv.compile(JSON.parse(text));
    } catch (error) {
      throw new Error(`${path}: ${error.message}`);
    }
  }
});
