class Script {
  process_outgoing_response({ request, response }) {
    if (response.status_code >= 500) return false;
    if (response.status_code === 404) return { content: { text: 'Not found: ' + request.url } };
    if (response.headers['content-type'] === 'text/plain') return { content: { text: response.content_raw.trim() } };
  }
}
