import { expect, test } from 'vitest';
import { formatFault, isFault, lines } from '../src/index.ts';
import { enclosed } from '../src/framings/index.ts';
import { modbusLrc, nmeaChecksum, presets } from '../src/presets/index.ts';
import { everySplit } from '../src/testing/index.ts';
import { wire } from './wire.ts';

const GLL = '$GPGLL,5300.97914,N,00259.98174,E,125926,A*28';

test('presets: smtp reports the bare LF of a smuggled message', () => {
  const smuggled = 'DATA\r\nbody\n.\nMAIL FROM:<a@b>\r\n.\r\n';
  expect(() =>
    everySplit(lines(presets.smtp), wire(smuggled), ['DATA', { code: 'FRAME_BARE_LF', offset: 10 }, '.']),
  ).not.toThrow();
  expect(lines(presets.smtp).encodeToLatin1('.')).toBe('.\r\n');
});

test('presets: mllp and modbusAscii are frames between their marks', () => {
  expect(() =>
    everySplit(enclosed(presets.mllp), wire('\x0bMSH|^~\\&|\rPID|1\r\x1c\r'), ['MSH|^~\\&|\rPID|1\r']),
  ).not.toThrow();
  expect(() =>
    everySplit(enclosed(presets.modbusAscii), wire(':F7031389000A60\r\n'), ['F7031389000A60']),
  ).not.toThrow();
});

test.each([
  { name: 'smtp', framing: () => lines(presets.smtp), most: 999 },
  { name: 'irc', framing: () => lines(presets.irc), most: 510 },
  { name: 'scpi', framing: () => lines(presets.scpi), most: 65_536 },
  { name: 'nmea', framing: () => lines(presets.nmea), most: 80 },
  { name: 'mllp', framing: () => enclosed(presets.mllp), most: 1_048_576 },
  { name: 'modbusAscii', framing: () => enclosed(presets.modbusAscii), most: 510 },
  { name: 'redisInline', framing: () => lines(presets.redisInline), most: 65_536 },
])('presets: $name takes $most bytes and no more', ({ framing, most }) => {
  const bytes = framing().encode('a'.repeat(most));
  expect([...framing().decoder().push(bytes)]).toEqual(['a'.repeat(most)]);
  expect(() => framing().encode('a'.repeat(most + 1))).toThrow(RangeError);
});

test('presets: every one says where it comes from', () => {
  for (const { source } of Object.values(presets)) expect(source.length).toBeGreaterThan(10);
});

test.each([
  { sentence: GLL, ok: true, want: 0x28, got: 0x28 },
  { sentence: GLL.replace('5300', '5301'), ok: false, want: 0x28, got: 0x28 },
  { sentence: '!AIVDM,1,1,,B,177KQJ5000G?tO`K>RA1wUbN0TKH,0*5c', ok: true, want: 0x5c, got: 0x5c },
  { sentence: '$GPGLL', ok: false, want: 0x50, got: undefined },
  { sentence: '$A*4', ok: false, want: 0x41, got: undefined },
  { sentence: '$A*4G', ok: false, want: 0x41, got: undefined },
  { sentence: 'A*41', ok: true, want: 0x41, got: 0x41 },
  { sentence: '', ok: false, want: 0, got: undefined },
  { sentence: 'A$*65', ok: true, want: 0x65, got: 0x65 },
  { sentence: 'A1', ok: false, want: 0x70, got: undefined },
  { sentence: '$A*041', ok: false, want: 0x41, got: undefined },
  { sentence: '$A*41x', ok: false, want: 0x41, got: undefined },
])('nmeaChecksum: $sentence', ({ sentence, ok, want, got }) => {
  const checked = nmeaChecksum(sentence);
  const text = sentence.replace(/^[$!]/, '').replace(/\*.*$/, '');
  expect(checked).toEqual({ text, ok, want: ok ? want : checked.want, got });
});

test.each([
  { frame: 'F7031389000A60', want: { text: 'F7031389000A', ok: true, want: 0x60, got: 0x60 } },
  { frame: 'F7031389000A61', want: { text: 'F7031389000A', ok: false, want: 0x60, got: 0x61 } },
  { frame: 'F7031389000Axx', want: { text: 'F7031389000A', ok: false, want: 0x60, got: undefined } },
  { frame: '0', want: { text: '', ok: false, want: 0, got: undefined } },
  { frame: 'zz00', want: { text: 'zz', ok: false, want: 0, got: 0 } },
  { frame: ':F7031389000A60', want: { text: ':F7031389000A', ok: false, want: 0, got: 0x60 } },
  { frame: '00', want: { text: '', ok: true, want: 0, got: 0 } },
])('modbusLrc: $frame', ({ frame, want }) => {
  expect(modbusLrc(frame)).toEqual(want);
});

test('presets: what a checksum says is beside the frame, which is never dropped', () => {
  const [frame] = lines(presets.nmea).decoder().push(wire('$GPGLL*00\r\n'));
  expect(frame).toBe('$GPGLL*00');
  expect(isFault(frame!) ? formatFault(frame) : nmeaChecksum(frame!).ok).toBe(false);
});

test('presets: scpi reads a block by three takes, wherever it was cut', () => {
  const stream = wire('ACME,PSU-1\n#15\x01\x02\n\xc8\x05\n+1.5\n');
  for (let cut = 0; cut < stream.length; cut++) {
    const decoder = lines(presets.scpi).decoder<Uint8Array>();
    const got: unknown[] = [];
    const read = (): void => {
      for (const frame of decoder) {
        got.push(frame);
        // Of the second answer it is known that it is a block: 2, 1 and 5 bytes.
        if (got.length < 4) decoder.take([2, 1, 5][got.length - 1]!);
      }
    };
    for (const part of [stream.slice(0, cut), stream.slice(cut)]) {
      decoder.push(part);
      read();
    }
    expect(got).toEqual(['ACME,PSU-1', wire('#1'), wire('5'), wire('\x01\x02\n\xc8\x05'), '', '+1.5']);
  }
});
