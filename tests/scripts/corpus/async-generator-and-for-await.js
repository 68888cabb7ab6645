async function* numbers(n) { for (let i = 0; i < n; i++) { await null; yield i; } }
class Script { async process_incoming_request({ request }) { let sum = 0; for await (const n of numbers(request.content.n)) sum += n; return sum; } }
