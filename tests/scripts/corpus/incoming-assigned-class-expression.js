Script = class { process_incoming_request({ request }) { return request.content; } };
