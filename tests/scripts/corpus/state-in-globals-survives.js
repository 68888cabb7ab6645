let seen = [];
const started = typeof startedBefore;
class Script { process_incoming_request({ request }) { seen.push(request.content.n); return { seen, started }; } }
