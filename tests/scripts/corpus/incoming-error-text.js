class Script { process_incoming_request({ request }) { return { error: `unsupported: ${request.headers['x-kind']}` }; } }
