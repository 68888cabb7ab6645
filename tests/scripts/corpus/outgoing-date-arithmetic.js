class Script {
  prepare_outgoing_request({ request }) {
    const at = request.data.timestamp;
    const next = new Date(at.getTime() + 86400000);
    return { message: { text: [at instanceof Date, at.toISOString(), next.toLocaleDateString('en-US', { weekday: 'long', timeZone: 'UTC' }), next - at, `${at.getUTCFullYear()}-${String(at.getUTCMonth() + 1).padStart(2, '0')}`, at.toLocaleString('en-US', { timeZone: 'America/New_York' })].join(' | ') } };
  }
}
