function process_incoming_request() { return 1; }
