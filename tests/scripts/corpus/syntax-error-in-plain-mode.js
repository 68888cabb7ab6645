class Script { process_incoming_request({ request }) { const a = 1; const a = 2; } }
