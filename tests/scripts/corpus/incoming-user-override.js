class Script {
  process_incoming_request({ request }) {
    return { user: { username: request.content.as }, content: { text: '@' + request.user.username + ' speaks as ' + request.content.as, channel: '#general' } };
  }
}
