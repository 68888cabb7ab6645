class Script {
  prepare_outgoing_request({ request }) {
    const match = request.data.text.match(/^@?(\w+)(\+\+|--)$/);
    if (!match) return;
    const karma = Store.get('karma') || {};
    karma[match[1]] = (karma[match[1]] || 0) + (match[2] === '++' ? 1 : -1);
    Store.set('karma', karma);
    return { message: { text: `${match[1]} has ${karma[match[1]]} karma` } };
  }
}
