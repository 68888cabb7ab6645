class Script {
  process_incoming_request({ request }) {
    try {
      return { content: { text: request.content.issue.fields.summary } };
    } catch (e) {
      return { content: { text: `Error: ${e.message} (${e.name}, ${e instanceof TypeError})` } };
    }
  }
}
