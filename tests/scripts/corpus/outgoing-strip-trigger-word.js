class Script {
  prepare_outgoing_request({ request }) {
    const text = request.data.text.substr(request.data.trigger_word.length).trim();
    return { url: request.url + '?q=' + encodeURIComponent(text), headers: request.headers, method: 'GET' };
  }
}
