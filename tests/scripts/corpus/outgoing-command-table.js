const commands = {
  help() { return 'commands: ' + Object.keys(commands).sort().join(', '); },
  roll(sides = '6') { return `rolled 1 of ${parseInt(sides, 10)}`; },
  echo(...words) { return words.join(' '); },
  add(a, b) { return String(Number(a) + Number(b)); },
};
class Script {
  prepare_outgoing_request({ request }) {
    const [name, ...args] = request.data.text.trim().split(/\s+/).slice(1);
    if (!Object.prototype.hasOwnProperty.call(commands, name)) return { message: { text: 'unknown: ' + name } };
    return { message: { text: commands[name](...args), attachments: [{ ts: request.data.timestamp }] } };
  }
}
