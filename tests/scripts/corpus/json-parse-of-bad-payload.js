class Script { process_incoming_request({ request }) { try { return JSON.parse(request.content_raw); } catch (err) { return { error: err.toString() }; } } }
