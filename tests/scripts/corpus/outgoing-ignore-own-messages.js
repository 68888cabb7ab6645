class Script { prepare_outgoing_request({ request }) { const { bot, user_name } = request.data; if (bot || user_name === 'rocket.cat') { return; } return request; } }
