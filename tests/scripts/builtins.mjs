// Small expressions over what the prelude changes or adds, to be equal with V8: JSON errors, error
// texts, dates and numbers as text, sorting. Each group is one script.
const group = (name, expressions, mode = 'sloppy') => ({
  name: `builtins-${name}`,
  mode,
  source: `
const attempts = [
${expressions.map((text) => `  () => { ${text.startsWith('{') || /^(const|let|var|throw|for|class|if)\b/.test(text) ? text : `return (${text});`} },`).join('\n')}
];
class Script {
  process_incoming_request({ request }) {
    return attempts.map((attempt) => {
      try {
        const value = attempt();
        return value === undefined ? 'undefined' : value;
      } catch (e) {
        return e.name + ': ' + e.message;
      }
    });
  }
}
`,
  runs: [{ method: 'process_incoming_request', argument: { request: {} } }],
});

const TIMES = ['Date.UTC(2026,2,4,15,5,9)', 'Date.UTC(2025,6,14)', 'Date.UTC(1999,11,31,23,59,59,7)', 'Date.UTC(2026,9,25,0,30)'];
const DATE_OPTIONS = [
  '', '{}', '{weekday:"long",year:"numeric",month:"long",day:"numeric"}', '{month:"short",day:"numeric"}',
  '{hour:"2-digit",minute:"2-digit"}', '{hour12:false}', '{timeZone:"America/New_York",timeZoneName:"short"}',
  '{dateStyle:"full",timeStyle:"long"}', '{dateStyle:"medium",timeStyle:"short"}', '{dateStyle:"short"}', '{timeStyle:"short"}',
  '{month:"long"}', '{weekday:"short"}', '{year:"numeric",month:"2-digit",day:"2-digit"}', '{timeZone:"Europe/Berlin"}',
  '{year:"numeric",month:"2-digit",day:"2-digit",hour:"2-digit",minute:"2-digit",second:"2-digit",hour12:false}',
  '{timeZone:"Asia/Kolkata"}', '{timeZone:"Australia/Sydney",timeZoneName:"long"}', '{timeZone:"Nowhere/X"}', '{hour:"numeric"}',
];
const NUMBERS = ['0', '-0', '1', '12.345', '1234567.8915', '0.000001234', '1e21', '123456789012', 'NaN', '-Infinity', '1.005', '999.9999', '-1234.5'];
const NUMBER_OPTIONS = [
  '', '{minimumFractionDigits:2}', '{maximumFractionDigits:0}', '{style:"percent"}', '{style:"currency",currency:"USD"}',
  '{style:"currency",currency:"EUR",minimumFractionDigits:0}', '{style:"currency",currency:"CHF"}', '{notation:"compact"}',
  '{maximumSignificantDigits:2}', '{useGrouping:false}', '{signDisplay:"always"}', '{style:"currency"}',
];

const dates = TIMES.flatMap((time) => DATE_OPTIONS.flatMap((options) =>
  ['toLocaleString', 'toLocaleDateString', 'toLocaleTimeString'].map((method) =>
    `new Date(${time}).${method}(${options ? `"en-US",${options}` : ''})`)));
const numbers = NUMBERS.flatMap((number) => NUMBER_OPTIONS.map((options) =>
  `(${number}).toLocaleString(${options ? `"en-US",${options}` : ''})`));

const BAD_JSON = [
  '', ' ', '{', '[', '[1,2', '[1,]', '{a:1}', '{"a"}', '{"a":}', '{"a":1,}', '{"a":1', '{"a":1 "b":2}', '[1 2]', '"abc', '"\\x"',
  '"\\u12g4"', '"a\nb"', '01', '1.', '-', '1e', 'tru', 'nul', 'undefined', '<html><body>hello</body></html>', 'x', '{"a":1}}',
  '[1]x', "{'a':1}", 'ok', '{"a": tru}', 'NaN', '{"a": [1, {"b": x}]}', 'plain text that is long enough to be cut off in the middle',
  '{"key": "value", "other": bad, "more": "text here"}',
];

// Where Gantry's words are meant to differ: V8 prints a value that the engine does not keep when it
// makes the error.
const OWN_WORDS = [
  ['"x".repeat(-1)', 'RangeError: Invalid count value: undefined'],
  ['BigInt("x")', 'SyntaxError: invalid bigint literal'],
  ['BigInt(1.5)', 'RangeError: cannot convert to BigInt: not an integer'],
  ['Object.defineProperty(Object.freeze({}), "a", {value: 1})', 'TypeError: object is not extensible'],
  ['null[Symbol.iterator]', 'TypeError: Cannot read properties of null'],
  ['const s = Symbol("q"); return undefined[s];', 'TypeError: Cannot read properties of undefined'],
  ['new Set(5)', 'TypeError: object is not iterable (cannot read property Symbol(Symbol.iterator))'],
  ['new Map([1])', 'TypeError: not an object'],
  ['for (const x of 5);', 'TypeError: object is not iterable (cannot read property Symbol(Symbol.iterator))'],
  ['[...5]', 'TypeError: object is not iterable (cannot read property Symbol(Symbol.iterator))'],
  ['"a" in "b"', "TypeError: invalid 'in' operand"],
  ['({}) instanceof 5', "TypeError: invalid 'instanceof' right operand"],
  ['Object.create(5)', 'TypeError: not a prototype'],
  ['new RegExp("[")', 'SyntaxError: unexpected end'],
  ['new RegExp("(")', "SyntaxError: expecting ')'"],
  ['Reflect.ownKeys(5)', 'TypeError: not an object'],
  ['typeof structuredClone', 'function'], // V8 alone has none
];

const own_words = () => {
  const one = group('own-words', OWN_WORDS.map(([expression]) => expression), 'plain');
  return {
    ...one,
    difference: {
      why: 'values that the engine does not keep, and globals that Gantry adds',
      gantry: { runs: [{ status: 'returned', result: OWN_WORDS.map(([, words]) => words), console: [] }] },
    },
  };
};

export function engine_cases() {
  return [
    own_words(),
    group('dates', dates),
    group('numbers', numbers),
    group('json-errors', [
      ...BAD_JSON.map((text) => `JSON.parse(${JSON.stringify(text)})`),
      'JSON.parse(undefined)', 'JSON.parse({})', 'JSON.parse(null)', 'JSON.parse([])', 'JSON.parse("1", (k, v) => v + 1)',
    ]),
    group('property-errors', [
      'undefined.x', 'null.x', 'request.x', 'const a = {}; return a.b.c;', 'const a = {}; a.b.c = 1;', 'const a = null; a.b = 1;',
      'const a = {}; return a["x y"].z;', 'const a = [1]; return a[5].name;', 'const a = {b: null}; return a.b.c.d;',
       'const a = {}; return a.b[0];', 'let u; return u[0];',
    ]),
    group('call-errors', [
      'const a = {}; a.foo();', 'const a = {b: {}}; a.b.foo(1, 2);', 'const a = {}; a.b.c();', 'undefined_function();',
      'const f = 5; f();', 'const a = [1]; a[0]();', 'const a = {}; a["foo"]();', 'const k = "x"; const a = {}; a[k]();',
      'const f = () => ({}); f().g();', 'const f = () => 1; f()();', 'new (class {})().missing();', 'const a = {}; new a();', 'const A = 5; new A();',
      'const a = {}; new a.B();', 'const a = "text"; a.push(1);', '"text".foo()', '(1).foo()', 'const list = null; list.map((x) => x);',
      'const a = { b: { c: "" } }; a.b.c.d();', 'Math.foo(1)', 'JSON.foo()', 'const a = {}; a\n  .foo();', 'const a = {}; return 1 + a.foo() + 2;',
      'const a = {}; if (a.foo(1)) return 1;', 'const a = {}; return [a.foo()];', 'const a = {}; return a?.foo();', 'const that = {}; return that.a.b.c.d();',
    ], 'plain'),
    group('name-errors', [
      'missing', 'missing.x', 'missing()', 'missing + 1', 'typeof missing', '`${missing}`', 'late; const late = 1;', 'const c = 1; c = 2;', 'const c = 1; c++;',
    ], 'plain'),
    group('value-errors', [
      'new Array(-1)', '(1).toFixed(101)', '(255).toString(1)', '(1).toPrecision(101)', 'new Date(NaN).toISOString()', 'decodeURIComponent("%")',
      'const o = {}; o.o = o; try { JSON.stringify(o); } catch (e) { return e.message.split("\\n")[0]; }', '1n + 1',
      'const f = () => f(); f();', 'Symbol() + ""', 'const [a] = undefined;', 'const [a] = null;', 'const {a} = undefined;', 'const {a} = null;', '(({a}) => a)()', 'const o = {}; const {a: {b}} = o;',  'for (const x of undefined);',
      'const o = {}; for (const x of o);',  '[...undefined]',  '[].reduce((a, b) => a)',
      'new Promise()', 'class A { constructor() { this.x; } } A();', '"a".replaceAll(/a/, "b")',
    ], 'plain'),
    group('texts', [
      'new Date(0).toString()', 'new Date(NaN).toString()', 'new Date(0).toTimeString()', 'String(new Date(1e12))', '`${new Date(0)}`', 'new Date("2026-03-04T10:00:00Z").toJSON()', 'Date.parse("Mar 4, 2026 10:00 UTC")',
      'new Date("2026-03-04").getTime()', 'new Date("2026-03-04 10:00").getTime()', 'new Date("Wed, 04 Mar 2026 10:00:00 GMT").getTime()', 'new Date("2026/03/04").getTime()', 'new Date("bad").getTime()', 'new Date(2026, 0, 31, 12).toISOString()', 'new Date("2026-03-04T10:00:00+02:00").toISOString()', 'new Date("2026-03-04T10:00:00.123456Z").toISOString()', 'new Date("March 7, 2026").toISOString()', 'new Date("2026-03-04T10:00").toISOString()', 'new Date("04 Mar 2026 10:00:00 +0100").toISOString()',
      '["b","a","C","A","é","e","z","Z","10","9","_","-","ab","a b","Äb","résumé","resume"].sort((a, b) => a.localeCompare(b)).join("|")',
      '["x10","x9","x1"].sort((a, b) => a.localeCompare(b, undefined, {numeric: true})).join()', '"a".localeCompare("A", undefined, {sensitivity: "base"})',
      'String(function f(a) { return a; })', 'String(class { a = 1 })', 'String([1,[2,3]])', 'String({})', 'String(null)', '[undefined,null,1].join("-")', 'Object.prototype.toString.call([])', '(0.1 + 0.2).toString()', '(1e21).toString()', '(123.456).toFixed(1)', '(0.000001).toString()', '1e-7 + ""',
      '"ß".toUpperCase()', '"İ".toLowerCase()', '"äöü".normalize("NFD").length', '"a-b_c d".split(/[-_ ]/)', '"x".padStart(3, "ab")', '"abc".at(-1)', '"aXbX".replaceAll("X", "$&$&")', '"2026-03-04".replace(/(?<y>\\d+)-(?<m>\\d+)/, "$<m>/$<y>")', '[..."aé😀"].length', '"😀".length', 'encodeURIComponent("ä b&c")', 'escape("ä b")', 'unescape("%E4")',
      'new Error("m").toString()', 'String(new TypeError("t"))', 'new Error("m", {cause: 1}).cause', 'Object.entries({b:1,a:2,1:3})', '[3,1,2].toSorted()', '[1,2,3].findLast((x) => x < 3)', 'typeof WeakRef', 'parseInt("12px")', 'Number("0x1f")', '[10,9,1].sort()', 'JSON.stringify({a:[1,{b:2}],c:undefined,d:()=>1,e:new Date(0),f:NaN}, null, 2)', 'JSON.stringify("\\u2028\\ud800")',
    ], 'plain'),
  ];
}
