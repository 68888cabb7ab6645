class Script { process_incoming_request({ request }) { return { content: { text: undefined, attachments: [undefined, null, { title: undefined, a: 1 }] } }; } }
