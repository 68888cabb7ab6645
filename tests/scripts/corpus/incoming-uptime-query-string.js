class Script {
  process_incoming_request({ request }) {
    const q = request.url.query;
    const kind = { 1: 'down', 2: 'up' }[q.alertType] || 'unknown';
    const minutes = Math.round((+q.alertDuration || 0) / 60);
    return { content: { text: q.monitorFriendlyName + ' is ' + kind + (minutes ? ' after ' + minutes + ' minute' + (minutes === 1 ? '' : 's') : '') } };
  }
}
