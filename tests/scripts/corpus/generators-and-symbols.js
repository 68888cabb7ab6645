function* ids(prefix) { let n = 0; try { while (true) { const reset = yield `${prefix}-${n++}`; if (reset) n = 0; } } finally { closed = true; } }
let closed = false;
class Script { process_incoming_request() { const g = ids('m'); const out = [g.next().value, g.next().value, g.next(true).value, g.return('end'), closed]; const key = Symbol('k'); const o = { [key]: 1, visible: 2 }; return [out, Object.keys(o), o[key], key.description, typeof key, [...new Set([1, 1, 2])], [...new Map([['a', 1]])], new WeakMap([[o, 1]]).get(o)]; } }
