/** Lines of printable ASCII that end in LF, all `lineBytes` long, in chunks of `chunkBytes`. */
export function wire(lineBytes: number, chunkBytes: number, totalBytes: number): Uint8Array[] {
  const count = Math.max(1, Math.floor(totalBytes / (lineBytes + 1)));
  const bytes = Buffer.allocUnsafe(count * (lineBytes + 1));
  const next = numbers();
  for (let at = 0; at < bytes.length; at++)
    bytes[at] = at % (lineBytes + 1) === lineBytes ? 0x0a : 0x20 + (next() % 95);
  return cut(bytes, chunkBytes);
}

/** The same with lines of 1 to 200 bytes, at random, that end in CRLF. */
export function unevenWire(chunkBytes: number, totalBytes: number): Uint8Array[] {
  const bytes = Buffer.allocUnsafe(totalBytes + 202);
  const next = numbers();
  let to = 0;
  while (to < totalBytes) {
    for (let left = 1 + (next() % 200); left > 0; left--) bytes[to++] = 0x20 + (next() % 95);
    bytes[to++] = 0x0d;
    bytes[to++] = 0x0a;
  }
  return cut(bytes.subarray(0, to), chunkBytes);
}

/** The same numbers each time. */
function numbers(): () => number {
  let state = 1;
  return () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return state >>> 16;
  };
}

function cut(bytes: Buffer, chunkBytes: number): Uint8Array[] {
  const chunks: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += chunkBytes)
    chunks.push(Buffer.from(bytes.subarray(at, at + chunkBytes)));
  return chunks;
}
