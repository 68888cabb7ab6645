class Script {
  process_outgoing_response({ response }) {
    const pick = (tag) => (response.content_raw.match(new RegExp(`(?<=<${tag}>)([\\s\\S]*?)(?=</${tag}>)`)) || [])[0];
    const ids = [...response.content_raw.matchAll(/<item id="(?<id>\d+)"\s*\/>/g)].map((m) => m.groups.id);
    return { content: { text: `${pick('subject')} by ${pick('author')} ${ids}` } };
  }
}
