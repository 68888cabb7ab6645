const CHARS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
function decode(input) { let out = '', buffer = 0, bits = 0; for (const c of input.replace(/=+$/, '')) { buffer = (buffer << 6) | CHARS.indexOf(c); bits += 6; if (bits >= 8) { bits -= 8; out += String.fromCharCode((buffer >> bits) & 255); } } return decodeURIComponent(escape(out)); }
class Script { process_incoming_request({ request }) { return { content: { text: decode(request.content.data) } }; } }
