let kept;
class Script { process_incoming_request({ request }) { const before = kept && kept.text; request.content.text += '!'; kept = request.content; return [before ?? null, request.content.text, request.body === request.content]; } }
