class Script {
  process_incoming_request({ request }) {
    return Promise.resolve(request.content).then((c) => c.a.b.c).catch((e) => ({ content: { text: e.message } })).finally(() => console.log('done'));
  }
}
