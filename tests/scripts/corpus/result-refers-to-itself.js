class Script { process_incoming_request() { const a = { content: {} }; a.content.self = a; try { return JSON.stringify(a); } catch (e) { return e.message.split('\n')[0]; } } }
