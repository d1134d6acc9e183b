import { expect, test } from 'vitest';
import {
  type Charset,
  type Content,
  type Frame,
  FRAME_FAULT_CODES,
  type FrameFault,
  formatFault,
  isFault,
  lines,
} from '../src/index.ts';

const rows: readonly { fault: FrameFault; text: string }[] = [
  {
    fault: { code: 'FRAME_TOO_LONG', offset: 20480, limit: 1024 },
    text: 'Cannot read frame: it is longer than 1024 bytes (at stream offset 20480)',
  },
  {
    fault: { code: 'FRAME_BAD_BYTE', offset: 3, byte: 7 },
    text: 'Cannot read frame: byte 0x07 is not allowed (at stream offset 3)',
  },
  {
    fault: { code: 'FRAME_BAD_BYTE', offset: 3, byte: 7, charset: 'text' },
    text: 'Cannot read frame: byte 0x07 is not allowed in charset text, try ascii (at stream offset 3)',
  },
  {
    fault: { code: 'FRAME_BARE_CR', offset: 3 },
    text: 'Cannot read frame: a CR in it is not followed by LF (at stream offset 3)',
  },
  {
    fault: { code: 'FRAME_BARE_LF', offset: 3 },
    text: 'Cannot read frame: an LF in it does not follow a CR (at stream offset 3)',
  },
  {
    fault: { code: 'FRAME_INCOMPLETE', offset: 3, bytes: 1 },
    text: 'Cannot read frame: it was cut off after 1 byte (at stream offset 3)',
  },
  {
    fault: { code: 'FRAME_MALFORMED', offset: 3, byte: 0x78, expected: 'a digit' },
    text: 'Cannot read frame: expected a digit, got byte 0x78 (at stream offset 3)',
  },
  {
    fault: { code: 'FRAME_SKIPPED', offset: 3, bytes: 2 },
    text: 'Cannot read frame: skipped 2 bytes outside any frame (at stream offset 3)',
  },
  {
    fault: { code: 'FRAME_BAD_JSON', offset: 3, reason: 'Unexpected token' },
    text: 'Cannot read frame: it is not JSON: Unexpected token (at stream offset 3)',
  },
];

test.each(rows)('formatFault: $text', ({ fault, text }) => {
  expect(formatFault(fault)).toBe(text);
});

test('FRAME_FAULT_CODES: every code has its words', () => {
  expect([...new Set(rows.map(({ fault }) => fault.code))]).toEqual(FRAME_FAULT_CODES);
});

test.each(['text', 'ascii', 'utf8'] as const)(
  'formatFault: a charset that it names allows a byte that %s does not',
  (charset) => {
    const refused: number[] = [];
    for (let byte = 0; byte < 0x100; byte++) {
      const line = Uint8Array.of(byte, 0x0a);
      const read = (name: Charset): Frame<Content> =>
        lines({ terminator: 'lf', charset: name }).decoder().push(line).read()!;
      const fault = read(charset);
      if (!isFault(fault)) continue;
      refused.push(byte);
      const [, names = ''] = /, try ([a-z0-9 ]+) \(/.exec(formatFault(fault)) ?? [];
      const isAllowed = names.split(' or ').some((name) => !isFault(read(name as Charset)));
      expect({ byte, names, isAllowed }).toEqual({ byte, names, isAllowed: true });
    }
    expect(refused.length).toBeGreaterThan(100);
  },
);

test('isFault: neither text nor bytes', () => {
  expect(rows.map(({ fault }) => isFault(fault))).toEqual(rows.map(() => true));
  expect(['', Uint8Array.of()].map(isFault)).toEqual([false, false]);
});

test.each([
  null,
  undefined,
  0,
  5,
  true,
  Symbol('code'),
  {},
  [],
  ['FRAME_TOO_LONG'],
  { code: 5 },
  { code: 'frame_too_long' },
  Object.assign(new Error('reset'), { code: 'ECONNRESET' }),
  Object.assign(() => 1, { code: 'FRAME_TOO_LONG' }),
  Object.create(null),
])('isFault: false for what is no frame: %s', (value) => {
  expect(isFault(value as unknown as FrameFault)).toBe(false);
});

test('formatFault: one line, whatever a framing of your own expected', () => {
  const fault = { code: 'FRAME_MALFORMED', offset: 3, byte: 0, expected: 'a\r\nb\u2028\x1b' } as const;
  expect(formatFault(fault)).toBe(
    'Cannot read frame: expected a\\u{d}\\u{a}b\\u{2028}\\u{1b}, got byte 0x00 (at stream offset 3)',
  );
});

test.each([
  [0x07, 'text', 'try ascii'],
  [0xe9, 'utf8', 'try latin1'],
  [0xe9, 'ascii', 'try utf8 or latin1'],
  [0xe9, 'text', 'try utf8 or latin1'],
] as const)('formatFault: byte %i in charset %s: %s', (byte, charset, hint) => {
  const text = formatFault({ code: 'FRAME_BAD_BYTE', offset: 0, byte, charset });
  expect(text).toContain(`in charset ${charset}, ${hint} (`);
});
