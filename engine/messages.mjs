// The engine's own words for its commonest errors, replaced by V8's. The texts are formats in the
// module's data, each used by one instruction that holds its address: the new text is put below
// the module's data, where nothing stands, and that instruction gets the new address.

const REPLACEMENTS = {
  "cannot read property '%s' of undefined": "Cannot read properties of undefined (reading '%s')",
  "cannot read property '%s' of null": "Cannot read properties of null (reading '%s')",
  "cannot set property '%s' of undefined": "Cannot set properties of undefined (setting '%s')",
  "cannot set property '%s' of null": "Cannot set properties of null (setting '%s')",
  'cannot read property of %s': 'Cannot read properties of %s',
  "'%s' is not defined": '%s is not defined',
  '%s is not initialized': "Cannot access '%s' before initialization",
};
const LOWEST_ADDRESS = 64;
const DATA_ADDRESS = 1024; // where the module's own data begins

// [{address, bytes}] of the active data segments.
function data_segments(wasm) {
  let at = 8;
  const unsigned = () => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = wasm[at++];
      value |= (byte & 127) << shift;
      if (byte < 128) return value >>> 0;
    }
  };
  const segments = [];
  while (at < wasm.length) {
    const section = wasm[at++];
    const end = unsigned() + at;
    if (section === 11) {
      for (let left = unsigned(); left > 0; left--) {
        if (unsigned() !== 0) throw new Error('a data segment is not active');
        if (wasm[at++] !== 0x41) throw new Error('a data segment has no constant address');
        const address = unsigned(); // small positive numbers have the same form, signed or not
        if (wasm[at++] !== 0x0b) throw new Error('a data segment has a long address');
        const length = unsigned();
        segments.push({ address, bytes: wasm.subarray(at, at + length) });
        at += length;
      }
    }
    at = end;
  }
  return segments;
}

function address_of(segments, text) {
  const wanted = Buffer.from(`\0${text}\0`);
  const found = [];
  for (const { address, bytes } of segments) {
    const offset = Buffer.from(bytes).indexOf(wanted);
    if (offset >= 0) found.push(address + offset + 1);
  }
  if (found.length !== 1) throw new Error(`the text "${text}" stands in ${found.length} places`);
  return found[0];
}

export function replace_messages(wasm, source) {
  const segments = data_segments(wasm);
  if (Math.min(...segments.map((segment) => segment.address)) < DATA_ADDRESS) {
    throw new Error('the data of the module begins lower than expected');
  }
  let text = '';
  for (const [before, after] of Object.entries(REPLACEMENTS)) {
    const old_address = address_of(segments, before);
    const new_address = LOWEST_ADDRESS + text.length;
    let uses = 0;
    source = source.replace(new RegExp(`\\b${old_address}u;`, 'g'), () => {
      uses++;
      return `${new_address}u;`;
    });
    if (uses !== 1) throw new Error(`the text "${before}" is used ${uses} times`);
    text += `${after}\0`;
  }
  if (LOWEST_ADDRESS + text.length > DATA_ADDRESS) throw new Error('the messages need too much room');
  return { source, text, address: LOWEST_ADDRESS };
}
