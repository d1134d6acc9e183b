/** Bytes of a latin1 string: `\x80` is byte 0x80. */
export function wire(text: string): Uint8Array {
  return Uint8Array.from(text, (unit) => unit.charCodeAt(0));
}

/** The bytes back as a latin1 string. */
export function unwire(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}
