class HookError extends Error { constructor(message, code) { super(message); this.name = 'HookError'; this.code = code; } }
class Script { process_incoming_request({ request }) { if (request.content.deep) { try { throw new HookError('inner', 1); } catch (e) { throw new HookError('outer: ' + e.message + (e instanceof HookError), e.code + 1); } } throw new HookError('plain', 7); } }
