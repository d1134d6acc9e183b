const HIGH = 0x80808080 | 0;

/** Whether ASCII bytes are HT, LF, CR and 0x20 to 0x7E only. Four bytes at a time: every byte is looked at. */
export function isPlainText(bytes: Uint8Array): boolean {
  const { length, byteOffset } = bytes;
  const lead = -byteOffset & 3;
  if (length < lead) return arePlain(bytes, 0, length);
  const words = new Int32Array(bytes.buffer, byteOffset + lead, (length - lead) >> 2);
  const body = lead + 4 * words.length;
  return arePlain(bytes, 0, lead) && arePlain(bytes, body, length) && areWordsPlain(words);
}

function arePlain(bytes: Uint8Array, from: number, to: number): boolean {
  for (let at = from; at < to; at++) {
    const byte = bytes[at]!;
    if ((byte < 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d) || byte === 0x7f) return false;
  }
  return true;
}

// In each byte of a word, with no carry into the next since all are below 0x80: adding 0x60 sets the high bit
// from 0x20 on, adding 1 sets it for 0x7F, adding 0x7F after an XOR sets it unless the byte is the one XORed.
function areWordsPlain(words: Int32Array): boolean {
  const { length } = words;
  let at = 0;
  for (const last = length - 3; at < last; at += 4) {
    const a = words[at]!;
    const b = words[at + 1]!;
    const c = words[at + 2]!;
    const d = words[at + 3]!;
    // Most sixteens have neither a line end nor anything else below 0x20: this much is enough for them.
    const above = (a + 0x60606060) & (b + 0x60606060) & (c + 0x60606060) & (d + 0x60606060);
    const deletes = (a + 0x01010101) | (b + 0x01010101) | (c + 0x01010101) | (d + 0x01010101);
    if (((~above | deletes) & HIGH) === 0) continue;
    // Of the rest, most have an LF and nothing else.
    if (((notLf(a) | notLf(b) | notLf(c) | notLf(d) | deletes) & HIGH) === 0) continue;
    if (((flaws(a) | flaws(b) | flaws(c) | flaws(d)) & HIGH) !== 0) return false;
  }
  for (; at < length; at++) if ((flaws(words[at]!) & HIGH) !== 0) return false;
  return true;
}

/** High bits of the bytes below 0x20 that are no LF. */
function notLf(word: number): number {
  return ~(word + 0x60606060) & ((word ^ 0x0a0a0a0a) + 0x7f7f7f7f);
}

function flaws(word: number): number {
  const notCr = (word ^ 0x0d0d0d0d) + 0x7f7f7f7f;
  const notHt = (word ^ 0x09090909) + 0x7f7f7f7f;
  return (notLf(word) & notCr & notHt) | (word + 0x01010101);
}
