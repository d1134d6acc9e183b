/** `plain-lines.wat`, assembled. A test compares the two. */
export const MODULE =
  'AGFzbQEAAAABBwFgAn9/AX8DAgEABQMBAAEHCQIBbQIAAW4AAArVAQHSAQMBfwN7Bn9BASEHIABBIP0P/QsEAANAIAL9AAQAIQMgA0EK/Q/9IyEEIAUgA0Eg/Q/9JSADQf8A/Q/9I/1QIAT9T/1QIQUgBP1kIQYgByAGQQF0ciEHIAggByADQSD9D/1QQfEA/Q/9IyADQS/9D/0jIANBKv0P/SP9UP1Q/WRxciEIIAdBEHYhByAJIAZpaiEJQQAgCkEBaiAGGyEKIAogCyAKIAtLGyELIAJBEGohAiACIABJDQALQQAgCSAF/VMgCHIgC0ECakEEdCABS3IbCw==';

/** The most bytes that are looked at. The memory holds four times that. */
const MOST_BYTES = 16_384;
const LF = 0x0a;

/**
 * How many lines a chunk is, if each is surely a plain message of at most `most` bytes, and the last one is whole. 0: the
 * decoder has to say.
 */
export type CountPlainLines = (chunk: Uint8Array, most: number) => number;

interface Globals {
  readonly WebAssembly?: {
    readonly Module: new (bytes: Uint8Array) => object;
    readonly Instance: new (module: object) => { readonly exports: unknown };
  };
}

interface Exports {
  /** `m` is the memory, `n` counts the lines in its first `size` bytes. */
  readonly m: { readonly buffer: ArrayBuffer };
  readonly n: (size: number, most: number) => number;
}

/** With SIMD of WebAssembly, or, where it can't be compiled, by leaving everything to the decoder. */
export function findPlainLines({ WebAssembly }: Globals): CountPlainLines {
  if (WebAssembly === undefined) return () => 0;
  try {
    const module = new WebAssembly.Module(Buffer.from(MODULE, 'base64'));
    const { m: memory, n: count } = new WebAssembly.Instance(module).exports as Exports;
    const area = new Uint8Array(memory.buffer);
    return (chunk, most) => {
      const { length } = chunk;
      if (length > MOST_BYTES || chunk[length - 1] !== LF) return 0;
      area.set(chunk);
      return count(length, most);
    };
  } catch {
    return () => 0;
  }
}

/** The one in use. */
export const countPlainLines: CountPlainLines = findPlainLines(globalThis as Globals);
