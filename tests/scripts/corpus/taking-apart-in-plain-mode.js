const f = ({ a }) => a;
class Script { process_incoming_request({ request }) { const out = []; for (const attempt of [() => { const { x } = request.content.none; }, () => { const { x: { y } } = request.content; }, () => f(), () => f({ a: 5 }), () => { const { length } = null; }]) { try { out.push(attempt()); } catch (e) { out.push(e.message); } } return out; } }
