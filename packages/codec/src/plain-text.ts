/** Whether the bytes are only HT, LF, CR and 0x20 to 0x7E. Examines every byte. */
export type IsPlainText = (bytes: Uint8Array) => boolean;

/** `plain-text.wat`, assembled. A test compares the two. */
export const MODULE =
  'AGFzbQEAAAABBgFgAX8BfwMCAQAFAwEAAgcJAgFtAgABcAAACmcBZQIBfwJ7IABBIP0P/QsEAANAIAH9AAQAIQIgAyACQSD9D/0lIAJB/wD9D/0j/VAgAkEJ/Q/9IyACQQr9D/0jIAJBDf0P/SP9UP1Q/U/9UCEDIAFBEGohASABIABJDQALIAP9U0UL';

/** Bytes examined in one call. The memory holds that many and 16 more. */
const MOST = 65_536;

interface Globals {
  readonly WebAssembly?: {
    readonly Module: new (bytes: Uint8Array) => object;
    readonly Instance: new (module: object) => { readonly exports: unknown };
  };
}

interface Exports {
  /** `m` is the memory, `p` says whether its first `size` bytes are plain. */
  readonly m: { readonly buffer: ArrayBuffer };
  readonly p: (size: number) => number;
}

/** Byte by byte, in plain JavaScript. */
export const portable: IsPlainText = (bytes) => {
  for (const byte of bytes) {
    if (byte > 0x7e || (byte < 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d)) return false;
  }
  return true;
};

/**
 * With WebAssembly SIMD if `globals` has it and allows compiling it (a page may forbid that); otherwise the portable
 * one.
 */
export function findPlainText({ WebAssembly }: Globals): IsPlainText {
  if (WebAssembly === undefined) return portable;
  try {
    const code = Uint8Array.from(atob(MODULE), (character) => character.charCodeAt(0));
    const { m: memory, p: isPlain } = new WebAssembly.Instance(new WebAssembly.Module(code))
      .exports as Exports;
    const area = new Uint8Array(memory.buffer);
    return (bytes) => {
      for (let at = 0; at < bytes.length; at += MOST) {
        const piece = bytes.length <= MOST ? bytes : bytes.subarray(at, at + MOST);
        area.set(piece);
        if (isPlain(piece.length) === 0) return false;
      }
      return true;
    };
  } catch {
    return portable;
  }
}

let found: IsPlainText | undefined;

/** The one in use here. Found at its first use: a page may report every attempt to compile. */
export const isPlainText: IsPlainText = (bytes) => (found ??= findPlainText(globalThis as Globals))(bytes);
