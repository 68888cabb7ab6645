class Script {
  process_incoming_request({ request }) {
    const { title, message, state, ruleUrl, evalMatches = [], imageUrl } = request.content;
    const map = new Map([['ok', ['#36a64f', ':green_heart:']], ['alerting', ['#d63232', ':broken_heart:']]]);
    const [color, emoji] = map.get(state) || ['#888888', ':grey_question:'];
    return { content: { emoji, attachments: [{ title, title_link: ruleUrl, text: message, color, image_url: imageUrl, fields: evalMatches.map(({ metric, value }) => ({ title: metric, value: value === null ? 'n/a' : value.toFixed(2), short: true })) }] } };
  }
}
