class Script { process_incoming_request() { return { then(resolve) { resolve({ content: { text: 'from a thenable' } }); } }; } }
