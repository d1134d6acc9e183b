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
  { name: 'smtp8bit', framing: () => lines(presets.smtp8bit), most: 999 },
  { name: 'irc', framing: () => lines(presets.irc), most: 510 },
  { name: 'ircTags', framing: () => lines(presets.ircTags), most: 8191 + 510 },
  { name: 'scpi', framing: () => lines(presets.scpi), most: 65_536 },
  { name: 'nmea', framing: () => lines(presets.nmea), most: 80 },
  { name: 'nmeaTags', framing: () => lines(presets.nmeaTags), most: 1024 },
  { name: 'mllp', framing: () => enclosed(presets.mllp), most: 1_048_576 },
  { name: 'mllpLatin1', framing: () => enclosed(presets.mllpLatin1), most: 1_048_576 },
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

const VDM = '!AIVDM,1,1,,A,13M@ah0025QdPDTCOl`K6`nV00Sv,0*52';
const tagOk = (text: string, sum: number): object => ({ text, ok: true, want: sum, got: sum });

// The blocks and sentences of go-nmea's tests (adrianmo/go-nmea, tagblock_test.go and sentence_test.go), and the example of
// gpsd (AIVDM/AIVDO protocol decoding).
test.each([
  {
    name: 'block and sentence are right',
    line: `\\s:Satelite_1,c:1553390539*62\\${VDM}`,
    ok: true,
    tag: tagOk('s:Satelite_1,c:1553390539', 0x62),
  },
  {
    name: 'the example of gpsd',
    line: '\\g:1-2-73874,n:157036,s:r003669945,c:1241544035*4A\\!AIVDM,1,1,,B,15N4cJ`005Jrek0H@9n`DW5608EP,0*13',
    ok: true,
    tag: tagOk('g:1-2-73874,n:157036,s:r003669945,c:1241544035', 0x4a),
  },
  {
    name: 'a block before a sentence with $',
    line: '\\s:SI1001*53\\$IIHDG,,,,,*67',
    ok: true,
    tag: tagOk('s:SI1001', 0x53),
  },
  {
    name: 'the sum of the block is wrong',
    line: '\\s:satelite,c:1564827317*49\\!AIVDM,1,1,,A,19NSRaP02A0fo91kwnaMKbjR08:J,0*15',
    ok: false,
    tag: { text: 's:satelite,c:1564827317', ok: false, want: 0x25, got: 0x49 },
  },
  {
    name: 'the block has no sum',
    line: '\\s:satelite,c:156482731749\\!AIVDM,1,1,,A,19NSRaP02A0fo91kwnaMKbjR08:J,0*15',
    ok: false,
    tag: { ok: false, got: undefined },
  },
  {
    name: 'the block is empty',
    line: `\\\\${VDM}`,
    ok: false,
    tag: { text: '', ok: false, want: 0, got: undefined },
  },
  {
    name: 'the sum of the sentence is wrong',
    line: `\\s:SI1001*53\\${VDM.replace('52', '53')}`,
    ok: false,
    tag: tagOk('s:SI1001', 0x53),
  },
  {
    name: 'a block alone',
    line: '\\g:1-3-1234,s:r3669961,c:1120959341*0c\\',
    ok: false,
    tag: tagOk('g:1-3-1234,s:r3669961,c:1120959341', 0x0c),
  },
])('nmeaChecksum: TAG block: $name', ({ line, ok, tag }) => {
  const { tag: got, ...sentence } = nmeaChecksum(line);
  expect(got).toMatchObject(tag);
  expect(sentence.ok).toBe(ok);
  // The sentence is told as it would be without the block.
  const alone = nmeaChecksum(line.replace(/^.*\\/, ''));
  expect({ ...sentence, ok: alone.ok }).toEqual(alone);
});

test.each([
  { name: 'ends nowhere', line: `\\s:Satelite_1,c:1553390539*62${VDM}` },
  { name: 'begins nowhere', line: `s:Satelite_1,c:1553390539*62\\${VDM}` },
  { name: 'begins in the sentence', line: `!\\s:SI1001*53\\${VDM.slice(1)}` },
])('nmeaChecksum: a TAG block that $name is none, and the sum is wrong', ({ line }) => {
  expect(nmeaChecksum(line)).not.toHaveProperty('tag');
  expect(nmeaChecksum(line).ok).toBe(false);
});

test('presets: nmeaTags reads a block and its sentence as one line, and an AIS log without its last end', () => {
  const log = `\\s:Satelite_1,c:1553390539*62\\${VDM}`;
  const framing = lines({ ...presets.nmeaTags, onTail: 'frame' });
  expect(() => everySplit(framing, wire(`${log}\r\n${log}`), [log, log], { pairsUpTo: 0 })).not.toThrow();
});

test('presets: smtp8bit and mllpLatin1 take each byte as one character, and give it back', () => {
  const body = 'Gr\xfc\xdfe \x80\xff';
  expect(() =>
    everySplit(lines(presets.smtp8bit), wire(`${body}\r\n.\n`), [
      body,
      { code: 'FRAME_BARE_LF', offset: 11 },
    ]),
  ).not.toThrow();
  expect(lines(presets.smtp8bit).encodeToLatin1(body)).toBe(`${body}\r\n`);
  const message = 'MSH|^~\\&|||||||ADT^A01|1|P|2.5||||||8859/1\rPID|||1||M\xfcller\r';
  expect(() =>
    everySplit(enclosed(presets.mllpLatin1), wire(`\x0b${message}\x1c\r`), [message]),
  ).not.toThrow();
  const [fault] = enclosed(presets.mllp)
    .decoder()
    .push(wire(`\x0b${message}\x1c\r`));
  expect(fault).toMatchObject({ code: 'FRAME_BAD_BYTE', byte: 0xfc });
});

test('presets: ircTags takes tags of 8,191 bytes before a message of 512, and not one byte more', () => {
  const tags = `@${'t'.repeat(8189)} `;
  const message = `PRIVMSG #a :${'m'.repeat(498)}\r\n`;
  expect([tags.length, message.length]).toEqual([8191, 512]);
  expect([
    ...lines(presets.ircTags)
      .decoder()
      .push(wire(tags + message)),
  ]).toEqual([tags + message.trimEnd()]);
  expect([
    ...lines(presets.ircTags)
      .decoder()
      .push(wire(`${tags}m${message}`)),
  ]).toMatchObject([{ code: 'FRAME_TOO_LONG', limit: 8701 }]);
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
