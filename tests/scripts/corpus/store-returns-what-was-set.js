class Script { process_incoming_request() { return [Store.get('nothing') === undefined, Store.set('a', 0), Store.set('b', { d: new Date(5) }).d.getTime(), Store.get('a')]; } }
