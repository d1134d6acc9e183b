/** Lines of printable ASCII that end in LF, all `lineBytes` long, in chunks of `chunkBytes`. */
export function wire(lineBytes: number, chunkBytes: number, totalBytes: number): Uint8Array[] {
  const count = Math.max(1, Math.floor(totalBytes / (lineBytes + 1)));
  const bytes = Buffer.allocUnsafe(count * (lineBytes + 1));
  let state = 1;
  for (let at = 0; at < bytes.length; at++) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    bytes[at] = at % (lineBytes + 1) === lineBytes ? 0x0a : 0x20 + ((state >>> 16) % 95);
  }
  const chunks: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += chunkBytes)
    chunks.push(Buffer.from(bytes.subarray(at, at + chunkBytes)));
  return chunks;
}
