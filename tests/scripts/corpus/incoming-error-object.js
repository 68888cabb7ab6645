class Script {
  process_incoming_request({ request }) {
    if (request.url_params.token !== 'secret') return { error: { success: false, message: 'bad token', code: 401 } };
    return { content: { text: 'ok' }, response: { accepted: true, at: new Date(0) } };
  }
}
