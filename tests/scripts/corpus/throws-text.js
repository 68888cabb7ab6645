class Script { process_incoming_request() { throw 'just text'; } }
