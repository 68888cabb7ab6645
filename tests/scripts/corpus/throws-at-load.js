const token = process.env.TOKEN;
class Script { process_incoming_request() { return token; } }
