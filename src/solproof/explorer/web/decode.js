// The data of the page. See container.py for the layout.

async function decodeData(text) {
  const packed = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate"));
  const buffer = await new Response(stream).arrayBuffer();
  const length = new DataView(buffer).getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, length)));
  const start = Math.ceil((4 + length) / 8) * 8;
  const types = { u8: Uint8Array, u32: Uint32Array, u64: BigUint64Array };
  const columns = {};
  for (const [name, [type, offset, count]] of Object.entries(header.sections)) {
    columns[name] = new types[type](buffer, start + offset, count);
  }
  return { header, columns };
}
