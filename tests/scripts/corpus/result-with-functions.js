class Script { process_incoming_request() { return { content: { text: 'x' }, helper() {}, when: undefined, map: new Map([[1, 2]]), set: new Set([1]), re: /x/ }; } }
