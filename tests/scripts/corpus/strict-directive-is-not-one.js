'use strict';
function f() { return this === undefined; }
class Script { process_incoming_request() { return f(); } }
