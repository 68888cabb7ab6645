class Script {
  process_incoming_request({ request }) {
    message = request.content.text;
    counter = typeof counter === 'undefined' ? 1 : counter + 1;
    [first, second] = message.split(' ');
    ({ length: size } = message);
    for (word of message.split(' ')) { last = word; }
    for (key in { a: 1 }) { seen = key; }
    return { message, counter, first, second, size, last, seen, global: global.message };
  }
}
