// A small animated GIF, made here so that the demo needs no picture from elsewhere: a cat that
// blinks. The LZW stream never grows its code size: a clear code comes before the table is full.

const kScale = 12;
const kDelay = 60;   // hundredths of a second a frame
const palette = [[255, 255, 255], [64, 64, 72], [240, 160, 48], [48, 160, 96]];

// One digit a pixel, an index into the palette.
const open_eyes = [
  '0010000000000100',
  '0012100000012100',
  '0012210000122100',
  '0012221111222100',
  '0122222222222210',
  '0122222222222210',
  '0122132222312210',
  '0122132222312210',
  '0122222222222210',
  '0112222112222110',
  '0012222112222100',
  '0012221221222100',
  '0001222222221000',
  '0000111111110000',
];
const closed_eyes = open_eyes.map((row, y) => (y === 6 ? row.replace(/3/g, '2').replace(/21222/g, '22222') : y === 7 ? row.replace(/3/g, '1') : row));

const words = (...numbers) => numbers.flatMap((number) => [number & 0xff, number >> 8]);

// Fixed-width LZW: 3-bit codes for four colours, with a clear code before a fourth bit is due.
function packed(pixels) {
  const clear = 4, end = 5, run_max = 2;
  const codes = [];
  pixels.forEach((pixel, index) => {
    if (index % run_max === 0) codes.push(clear);
    codes.push(pixel);
  });
  codes.push(end);
  const bytes = [];
  let bits = 0, count = 0;
  for (const code of codes) {
    bits |= code << count;
    count += 3;
    while (count >= 8) {
      bytes.push(bits & 0xff);
      bits >>= 8;
      count -= 8;
    }
  }
  if (count) bytes.push(bits);
  return bytes;
}

function frame(rows) {
  const width = rows[0].length * kScale, height = rows.length * kScale;
  const pixels = [];
  for (let y = 0; y < height; ++y) {
    for (let x = 0; x < width; ++x) pixels.push(Number(rows[Math.floor(y / kScale)][Math.floor(x / kScale)]));
  }
  const data = packed(pixels);
  const blocks = [];
  for (let at = 0; at < data.length; at += 255) {
    const block = data.slice(at, at + 255);
    blocks.push(block.length, ...block);
  }
  return [0x21, 0xf9, 4, 0, ...words(kDelay), 0, 0,
          0x2c, ...words(0, 0, width, height), 0, 2, ...blocks, 0];
}

export function cat_gif() {
  const width = open_eyes[0].length * kScale, height = open_eyes.length * kScale;
  const loop = [0x21, 0xff, 11, ...Buffer.from('NETSCAPE2.0'), 3, 1, 0, 0, 0];
  return Buffer.from([...Buffer.from('GIF89a'), ...words(width, height), 0x91, 0, 0, ...palette.flat(),
                      ...loop, ...frame(open_eyes), ...frame(closed_eyes), 0x3b]);
}
