class Script {
  process_incoming_request({ request }) {
    const out = [];
    for (const attempt of [() => request.content.text.trimm(), () => request.content.list.forEach((x) => x.go()), () => request.foo.bar(), () => this.helper(), () => request.content.text(), () => request.content.list.nothing('x')]) {
      try { attempt(); out.push('fine'); } catch ({ message, name }) { out.push(`${name}: ${message}`); }
    }
    return out;
  }
}
