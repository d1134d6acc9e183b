import { readFileSync } from 'node:fs';
import { isPlainMessage } from '@proto/protocol';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import wabt from 'wabt';
import { countPlainLines, findPlainLines, MODULE } from '../../src/edge/reading/plain-lines.ts';

const MOST = 100;

/** The lines of a chunk, if all are plain messages of at most `MOST` bytes. */
function plainLines(text: string): string[] {
  const lines = text.split('\n');
  const isWhole = lines.pop() === '' && lines.length > 0;
  const arePlain = lines.every(
    (line) => /^[ -~]{0,100}$/.test(line) && isPlainMessage(`${line}\n`, 0, line.length),
  );
  return isWhole && arePlain ? lines : [];
}

test('countPlainLines: 0, or how many lines the decoder and the parser would find', () => {
  const piece = fc.oneof(
    {
      weight: 8,
      arbitrary: fc.constantFrom('a\n', '\n', 'quick\n', 'b/*q\n', `${'c'.repeat(40)}\n`, ' /\n'),
    },
    {
      weight: 1,
      arbitrary: fc.constantFrom(
        'd',
        '/\n',
        '*\n',
        'QUIT\n',
        'e\x7f\n',
        '\t\n',
        '\r\n',
        '\0\n',
        '\x80\n',
        '\xff\n',
        'f'.repeat(101),
      ),
    },
  );
  let counted = 0;
  const property = fc.property(fc.array(piece, { minLength: 1, maxLength: 40 }), (pieces) => {
    const text = pieces.join('');
    const count = countPlainLines(Buffer.from(text, 'latin1'), MOST);
    const lines = plainLines(text);
    // A line that may be long, or that begins with a q, is left to the decoder.
    const isSure = lines.every((line) => line.length <= MOST - 48 && !/^q/i.test(line));
    if (isSure) expect(count).toBe(lines.length);
    else expect([0, lines.length]).toContain(count);
    counted += count;
  });
  fc.assert(property, { numRuns: 3_000 });
  expect(counted).toBeGreaterThan(1_000);
});

test('countPlainLines: a byte at fault is found anywhere, and so is a command', () => {
  for (const size of [1, 2, 15, 16, 17, 33, 64, 100]) {
    for (let at = 0; at < size - 1; at++) {
      for (const [byte, want] of [
        [0x41, 1],
        [0x1f, 0],
        [0x7f, 0],
        [0x80, 0],
        [0x0a, 2],
        [0x2f, at === 0 ? 0 : 1],
      ] as const) {
        const chunk = Buffer.alloc(size, 'a');
        chunk[at] = byte;
        chunk[size - 1] = 0x0a;
        expect(countPlainLines(chunk, 1_024)).toBe(want);
      }
    }
  }
  expect(countPlainLines(Buffer.alloc(16_385, 'a\n'), 1_024)).toBe(0);
});

test('countPlainLines: where WebAssembly is not there, or is forbidden, the decoder has to say', () => {
  const refused = function (): never {
    throw new Error('refused');
  } as unknown as new () => never;
  const chunk = Buffer.from('a\n');
  expect(countPlainLines(chunk, MOST)).toBe(1);
  expect(findPlainLines({})(chunk, MOST)).toBe(0);
  expect(findPlainLines({ WebAssembly: { Module: refused, Instance: refused } })(chunk, MOST)).toBe(0);
});

test('countPlainLines: what is compiled is what `plain-lines.wat` says', async () => {
  const source = readFileSync(new URL('../../src/edge/reading/plain-lines.wat', import.meta.url), 'utf8');
  const assembler = await wabt();
  const { buffer } = assembler.parseWat('plain-lines.wat', source, { simd: true }).toBinary({});
  expect(MODULE).toBe(Buffer.from(buffer).toString('base64'));
});
