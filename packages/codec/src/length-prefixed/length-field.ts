/** How a frame announces its length. */
export interface LengthField {
  /** Bytes of the length; 0: it is a varint. */
  readonly width: number;
  readonly little: boolean;
  /** Bytes before the length that belong to the frame. */
  readonly header: number;
  /** Whether the length counts the header and itself too. */
  readonly countsAll: boolean;
  /** Added to the length that is on the wire. */
  readonly adjust: number;
}

/** The most bytes that a varint has. Source: https://protobuf.dev/programming-guides/encoding/#varints */
export const MOST_VARINT = 10;

/** Reads an integer of `width` bytes, at most 4. */
export function readInteger(bytes: ArrayLike<number>, at: number, width: number, little: boolean): number {
  let value = 0;
  if (little) for (let index = at + width - 1; index >= at; index--) value = (value << 8) | bytes[index]!;
  else for (let index = at; index < at + width; index++) value = (value << 8) | bytes[index]!;
  return value >>> 0;
}

/** Reads a varint: 7 bits a byte, the lowest first. All of it has to be there. */
export function readVarint(bytes: ArrayLike<number>, at: number): number {
  let value = 0;
  let scale = 1;
  for (let index = at; ; index++) {
    const byte = bytes[index]!;
    value += (byte & 0x7f) * scale;
    if (byte < 0x80) return value;
    scale *= 128;
  }
}

/** The bytes of a length. `undefined`: it doesn't fit. */
export function lengthBytes(value: number, { width, little }: LengthField): number[] | undefined {
  if (value < 0) return undefined;
  const bytes: number[] = [];
  let rest = value;
  if (width === 0) {
    for (; rest >= 0x80; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 0x80);
    return [...bytes, rest];
  }
  for (let index = 0; index < width; index++) {
    bytes.push(rest % 256);
    rest = Math.floor(rest / 256);
  }
  if (rest > 0) return undefined;
  return little ? bytes : bytes.toReversed();
}
