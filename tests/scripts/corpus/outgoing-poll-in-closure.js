const makePoll = () => { const votes = new Map(); return { vote(who, what) { votes.set(who, what); return this; }, tally() { const counts = {}; for (const what of votes.values()) counts[what] = (counts[what] ?? 0) + 1; return Object.entries(counts).sort(([, a], [, b]) => b - a); } }; };
const poll = makePoll();
class Script { prepare_outgoing_request({ request }) { return { message: { text: JSON.stringify(poll.vote(request.data.user_name, request.data.text).tally()) } }; } }
