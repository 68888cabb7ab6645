class Script { constructor() { this.config = JSON.parse('{bad}'); } process_incoming_request() { return 1; } }
