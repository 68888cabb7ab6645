class Script { process_incoming_request() { leaked = 1; return leaked; } }
