class Script { process_incoming_request({ request }) { return [false, null, 0, '', NaN][request.content.n]; } }
