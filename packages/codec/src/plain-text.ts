import { host } from './host.ts';

const HIGH = 0x80808080 | 0;
const DEL = 0x7f;

/** Whether ASCII bytes are HT, LF, CR and 0x20 to 0x7E only. Four bytes at a time: every byte is looked at. */
export function isPlainText(bytes: Uint8Array): boolean {
  const { length, byteOffset } = bytes;
  if (host.indexOf(bytes, DEL, 0) !== -1) return false;
  const lead = -byteOffset & 3;
  const eights = (length - lead) >> 5;
  if (eights < 1) return arePlain(bytes, 0, length);
  return (
    arePlain(bytes, 0, lead) &&
    areWordsPlain(new Int32Array(bytes.buffer, byteOffset + lead, 8 * eights)) &&
    arePlain(bytes, lead + 32 * eights, length)
  );
}

function arePlain(bytes: Uint8Array, from: number, to: number): boolean {
  for (let at = from; at < to; at++) {
    const byte = bytes[at]!;
    if (byte < 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d) return false;
  }
  return true;
}

// In each byte of a word, with no carry into the next since all are below 0x80: adding 0x60 sets the high bit
// from 0x20 on, adding 0x7F after an XOR sets it unless the byte is the one XORed. Eight words: most eights have
// nothing below 0x20, and so much is enough for them.
function areWordsPlain(words: Int32Array): boolean {
  for (let at = 0; at < words.length; at += 8) {
    const a = words[at]!;
    const b = words[at + 1]!;
    const c = words[at + 2]!;
    const d = words[at + 3]!;
    const e = words[at + 4]!;
    const f = words[at + 5]!;
    const g = words[at + 6]!;
    const h = words[at + 7]!;
    const above =
      (a + 0x60606060) &
      (b + 0x60606060) &
      (c + 0x60606060) &
      (d + 0x60606060) &
      (e + 0x60606060) &
      (f + 0x60606060) &
      (g + 0x60606060) &
      (h + 0x60606060);
    if ((~above & HIGH) === 0) continue;
    if (((flaws(a) | flaws(b) | flaws(c) | flaws(d)) & HIGH) !== 0) return false;
    if (((flaws(e) | flaws(f) | flaws(g) | flaws(h)) & HIGH) !== 0) return false;
  }
  return true;
}

/** High bits of the bytes below 0x20 that are no line end and no HT. */
function flaws(word: number): number {
  const notLf = (word ^ 0x0a0a0a0a) + 0x7f7f7f7f;
  const notCr = (word ^ 0x0d0d0d0d) + 0x7f7f7f7f;
  const notHt = (word ^ 0x09090909) + 0x7f7f7f7f;
  return ~(word + 0x60606060) & notLf & notCr & notHt;
}
