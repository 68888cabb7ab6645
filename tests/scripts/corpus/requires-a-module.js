const crypto = require('crypto');
class Script { process_incoming_request() { return crypto; } }
