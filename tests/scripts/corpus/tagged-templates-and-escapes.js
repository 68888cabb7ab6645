const tag = (strings, ...values) => strings.raw.map((s, i) => s + (values[i] ?? '')).join('|');
class Script { process_incoming_request() { return [tag`a${1}\n${2}b`, '\u{1F600}', '\x41', 'line\
continued', `multi
line`, 'tab\there', '\0'.length, 'it\'s']; } }
