const Store = new Map();
class Script { process_incoming_request() { Store.set('a', 1); return Store.get('a'); } }
