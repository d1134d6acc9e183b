import { FRAME_FAULT_CODES, lines } from '@proto/codec';
import { chunk } from '@proto/codec/framings';
import { ERROR_CODES } from '@proto/protocol';
import { expect, test } from 'vitest';

/** One stream for each way a line of ours can be at fault. */
const faulty = ['x'.repeat(9), 'a\0b\n', 'a\rb\n', 'cut'];

test('codes: every fault that the framings of the server give is an answer of the protocol, by the same code', () => {
  const given = new Set<string>();
  for (const framing of [
    lines({ charset: 'text', maxFrameBytes: 8 }),
    chunk({ charset: 'text', maxFrameBytes: 8 }),
  ]) {
    for (const wire of faulty) {
      const decoder = framing.decoder().push(Buffer.from(wire)).end();
      for (const frame of decoder) if (typeof frame !== 'string') given.add(frame.code);
    }
  }
  const known = FRAME_FAULT_CODES.filter((code) => code in ERROR_CODES);
  expect([...given].toSorted()).toEqual(known.toSorted());
  expect(
    Object.entries(ERROR_CODES)
      .filter(([code]) => given.has(code))
      .map(([, kind]) => kind),
  ).toEqual(known.map(() => 'answer'));
});
