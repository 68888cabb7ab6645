class Script {
  process_incoming_request({ request }) {
    const parts = request.content.text.split('|').map((s) => s.trim());
    const [severity, host, ...rest] = parts;
    const color = /disaster|high/i.test(severity) ? 'red' : /average|warning/i.test(severity) ? 'orange' : 'green';
    return { content: { attachments: [{ color, title: host, text: rest.join('\n'), ts: undefined }] } };
  }
}
