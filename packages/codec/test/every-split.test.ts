import { expect, test } from 'vitest';
import { type Decoder, type Frame, type Framing, lines } from '../src/index.ts';
import { netstring } from '../src/framings/index.ts';
import { everySplit, type EverySplitOptions } from '../src/testing/index.ts';
import { wire } from './wire.ts';

/** A framing as one writes it in a hurry: each chunk is split by itself. */
function hasty(): Framing {
  return withDecoder(() => {
    let frames: string[] = [];
    let carry = '';
    return (chunk) => {
      if (chunk === undefined) return frames.shift();
      const parts = (carry + String.fromCharCode(...chunk)).split('\r\n');
      carry = parts.pop() ?? '';
      // The fault: CR LF cut in two leaves a CR, which is dropped here.
      if (carry.endsWith('\r')) carry = carry.slice(0, -1);
      frames = [...frames, ...parts];
      return undefined;
    };
  });
}

/** A framing that keeps the chunk it was given in place of a copy. */
function keeping(): Framing {
  return withDecoder(() => {
    const kept: Uint8Array[] = [];
    return (chunk) => {
      if (chunk !== undefined) kept.push(chunk);
      const text = kept.map((part) => String.fromCharCode(...part)).join('');
      if (chunk !== undefined || !text.endsWith('\n')) return undefined;
      kept.length = 0;
      return text.slice(0, -1);
    };
  });
}

/**
 * A framing of one function: given a chunk it takes it in, given none it returns the next frame. `decode` returns at
 * most `most`.
 */
function withDecoder(make: () => (chunk?: Uint8Array) => Frame | undefined, most = Infinity): Framing {
  return {
    ...lines(),
    decoder() {
      const step = make();
      return {
        offset: 0,
        partialBytes: 0,
        push(chunk) {
          step(chunk);
          return this;
        },
        decode(chunk) {
          return [...this.push(chunk)].slice(0, most);
        },
        read: () => step(),
        end() {
          return this;
        },
        take() {},
        *[Symbol.iterator]() {
          for (let frame = step(); frame !== undefined; frame = step()) yield frame;
        },
      };
    },
  };
}

test('everySplit: says which cut differs, in one line', () => {
  expect(() => everySplit(hasty(), wire('a\r\nb\r\n'), ['a', 'b'])).toThrow(
    new Error('Cannot decode the same frames: byte by byte, frame 0 is missing, not text "a"'),
  );
  expect(() => everySplit(hasty(), wire('a\r\n'), ['a'])).toThrow(/^Cannot decode the same frames: [^\n]*$/);
});

test('everySplit: says that frames differ even in one chunk', () => {
  expect(() => everySplit(lines(), wire('a\nb\n'), ['a'])).toThrow(
    new Error('Cannot decode the same frames: in one chunk, frame 1 is text "b", not missing'),
  );
});

test('everySplit: writes over chunks that were read, and so finds a framing that keeps them', () => {
  expect(() => everySplit(keeping(), wire('abc\n'), ['abc'])).toThrow(
    new Error('Cannot decode the same frames: byte by byte, frame 0 is text "***", not text "abc"'),
  );
});

test('everySplit: a fault is compared with all its facts', () => {
  const want = { code: 'FRAME_BAD_BYTE', offset: 0, byte: 0x81, charset: 'ascii' } as const;
  expect(() => everySplit(lines(), wire('\x80\n'), [want])).toThrow(
    new Error(
      'Cannot decode the same frames: in one chunk, frame 0 is fault byte 128, charset ascii, code FRAME_BAD_BYTE, offset 0, not fault byte 129, charset ascii, code FRAME_BAD_BYTE, offset 0',
    ),
  );
});

test('everySplit: frames that differ past what is shown are told apart', () => {
  const [one, two] = ['x'.repeat(100), `${'x'.repeat(99)}y`];
  expect(() => everySplit(lines(), wire(`${one}\n`), [two])).toThrow(
    /frame 0 is text .* \(102 characters, hash/,
  );
  expect(() => everySplit(lines({ charset: 'bytes' }), wire(`${one}\n`), [wire(two)])).toThrow(
    /is bytes 78 78/,
  );
});

/** The sizes of the chunks that `everySplit` made of a line. */
function cuts(length: number, options: EverySplitOptions): Set<string> {
  const seen = new Set<string>();
  const spy: Framing = {
    ...lines(),
    decoder<Taken extends Uint8Array>() {
      const decoder = lines().decoder<Taken>();
      const sizes: number[] = [];
      const spied: Decoder<string | Taken> = {
        offset: 0,
        partialBytes: 0,
        push(chunk) {
          sizes.push(chunk.length);
          decoder.push(chunk);
          return this;
        },
        decode(chunk) {
          return [...this.push(chunk)];
        },
        read: () => decoder.read(),
        end() {
          seen.add(sizes.join(' '));
          decoder.end();
          return this;
        },
        take() {},
        [Symbol.iterator]: () => decoder[Symbol.iterator](),
      };
      return spied;
    },
  };
  everySplit(spy, wire(`${'a'.repeat(length - 1)}\n`), ['a'.repeat(length - 1)], options);
  return seen;
}

test('everySplit: tries every cut, every pair up to a size, and the same random cuts for the same seed', () => {
  expect(cuts(4, { randomCuts: 0 })).toEqual(
    new Set(['4', '1 1 1 1', '1 3', '2 2', '3 1', '1 1 2', '1 2 1', '2 1 1']),
  );
  expect(cuts(4, { randomCuts: 0, pairsUpTo: 3 }).size).toBe(5);
  expect(cuts(50, { seed: 7 })).toEqual(cuts(50, { seed: 7 }));
  expect(cuts(50, { seed: 7, pairsUpTo: 0 })).not.toEqual(cuts(50, { seed: 8, pairsUpTo: 0 }));
});

test('everySplit: a wire that is no Uint8Array is refused by its kind', () => {
  // @ts-expect-error -- what a caller without types may do
  expect(() => everySplit(lines(), 'a\n', ['a'])).toThrow(
    new TypeError('Cannot split wire: it is a string, expected a Uint8Array'),
  );
});

test('everySplit: says which pair of cuts, and whether the frames were read at the end or decoded at once', () => {
  const hurried = withDecoder(() => {
    let frames: string[] = [];
    return (chunk) => {
      if (chunk === undefined) return frames.shift();
      // The fault: what was not read before the next chunk is lost.
      frames = Array.from(chunk, (byte) => String.fromCharCode(byte));
      return undefined;
    };
  });
  expect(() => everySplit(hurried, wire('ab'), ['a', 'b'])).toThrow(
    new Error(
      'Cannot decode the same frames: byte by byte and read at the end, frame 0 is text "b", not text "a"',
    ),
  );
  // The fault: `decode` returns only the first frame of a chunk.
  const first = withDecoder(() => {
    const frames: string[] = [];
    return (chunk) => {
      if (chunk === undefined) return frames.shift();
      frames.push(...Array.from(chunk, (byte) => String.fromCharCode(byte)));
      return undefined;
    };
  }, 1);
  expect(() => everySplit(first, wire('ab'), ['a', 'b'])).toThrow(
    new Error(
      'Cannot decode the same frames: in one chunk and decoded at once, frame 1 is missing, not text "b"',
    ),
  );
  const middle = withDecoder(() => {
    const sizes: number[] = [];
    return (chunk) => {
      if (chunk !== undefined) sizes.push(chunk.length);
      // The fault: a chunk of two bytes between two others.
      return chunk === undefined && sizes.join('') === '121' ? `${sizes.splice(0).length}` : undefined;
    };
  });
  expect(() => everySplit(middle, wire('abcd'), [])).toThrow(
    new Error('Cannot decode the same frames: cut at 1 and 3, frame 0 is text "3", not missing'),
  );
});

test('everySplit: bytes are shown in pairs of digits, no bytes as none, long text cut', () => {
  const bytes = lines({ charset: 'bytes' });
  expect(() => everySplit(bytes, wire('\x01\n'), [wire('')])).toThrow(/is bytes 01, not bytes none$/);
  expect(() => everySplit(lines(), wire(`${'x'.repeat(100)}\n`), ['x'])).toThrow(
    /is text "x{59}\.\.\. \(102 characters, hash [0-9a-f]+\), not text "x"$/,
  );
});

test('everySplit: a Buffer is a wire as well, and is not written on', () => {
  const mine = Buffer.from('3:abc,');
  expect(() => everySplit(netstring(), mine, ['abc'])).not.toThrow();
  expect(mine.toString()).toBe('3:abc,');
});

test('everySplit: frames are compared, not what is shown of them', () => {
  const long = 'x'.repeat(60);
  // Two texts with the same hash.
  expect(() => everySplit(lines(), wire(`${long}BB\n`), [`${long}Aa`])).toThrow(
    /^Cannot decode the same frames: in one chunk/,
  );
  const bytes = lines({ charset: 'bytes' });
  expect(() => everySplit(bytes, wire('ab\n'), [wire('ac')])).toThrow(
    /frame 0 is bytes 61 62, not bytes 61 63$/,
  );
  expect(() => everySplit(bytes, wire('ab\n'), [wire('a')])).toThrow(/not bytes 61$/);
  expect(() => everySplit(bytes, wire('ab\n'), [wire('ab')])).not.toThrow();
});

test('everySplit: what it says of two long frames that differ at their ends differs', () => {
  const long = 'x'.repeat(100);
  const whole = /is (text ".*, hash \w+\)), not (text ".*, hash \w+\))$/;
  let message = '';
  try {
    everySplit(lines(), wire(`${long}a\n`), [`${long}b`]);
  } catch (error) {
    message = String(error);
  }
  const [, is, should] = whole.exec(message) ?? [];
  expect(is).toContain('(103 characters');
  expect(is).not.toBe(should);
});

test('everySplit: its error is one line, whatever a frame or a fault holds', () => {
  const text = 'a\u2028\x85b';
  const framing: Framing = lines({ charset: 'utf8' });
  const wrong = { code: 'FRAME_MALFORMED', offset: 0, byte: 0, expected: 'x\ny' } as const;
  expect(() => everySplit(framing, framing.encode(text), [wrong])).toThrow(
    /^Cannot decode the same frames: in one chunk, frame 0 is text "a\\u\{2028\}\\u\{85\}b", not fault .*x\\u\{a\}y/,
  );
});
