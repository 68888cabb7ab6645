var handlers = { go: function (x) { return this.name + x; }, name: 'H' };
class Script { process_incoming_request({ request }) { return handlers.go(request.content.x); } }
