class Script { async process_incoming_request({ request }) { await null; return request.content.missing.name; } }
