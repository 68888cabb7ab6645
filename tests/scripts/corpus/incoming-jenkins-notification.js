class Script {
  process_incoming_request({ request }) {
    const { name, build } = request.content;
    const icons = { SUCCESS: ':sunny:', UNSTABLE: ':cloud:', FAILURE: ':thunder_cloud_rain:' };
    if (build.phase != 'FINALIZED' && build.phase != 'COMPLETED') return false;
    return { content: { text: [icons[build.status] || '', name, '#' + build.number, '-', build.status].filter(Boolean).join(' '), alias: 'Jenkins', parseUrls: false } };
  }
}
