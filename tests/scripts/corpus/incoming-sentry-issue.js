class Script {
  process_incoming_request({ request }) {
    const body = request.content;
    const event = body.data?.event ?? body.event;
    if (!event) throw new Error('no event in payload');
    const tags = Object.fromEntries(event.tags ?? []);
    const when = new Date(event.timestamp * 1000).toISOString();
    return { content: { text: `*${event.title}* in ${tags.environment ?? 'unknown'} at ${when}`, attachments: Object.keys(tags).sort().map((key) => ({ title: key, text: tags[key] })) } };
  }
}
