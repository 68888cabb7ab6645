class Script {
  prepare_outgoing_request({ request }) {
    const headers = Object.assign({}, request.headers, { 'X-Token': request.data.token });
    return { ...request, headers, auth: 'user:pass', timeout: 5000, data: { ...request.data, text: request.data.text.toUpperCase(), timestamp: undefined } };
  }
}
