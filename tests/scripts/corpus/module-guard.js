class Script { process_incoming_request({ request }) { return request.content.a; } }
if (typeof module !== 'undefined' && module.exports) { module.exports = Script; }
