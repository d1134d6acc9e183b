/** What a checksum says about a text. Nothing is dropped: the caller decides what to do with a wrong one. */
export interface Checked {
  /** The text that the checksum covers. */
  readonly text: string;
  /** Whether `got` is `want`. */
  readonly ok: boolean;
  /** The checksum of the text. */
  readonly want: number;
  /** The checksum that came with it; `undefined` if there is none, or it can't be read. */
  readonly got: number | undefined;
}

/** What `nmeaChecksum` says about a sentence, and about the TAG block before it. */
export interface NmeaChecked extends Checked {
  /** Whether `got` is `want`, in the sentence and in its TAG block. */
  readonly ok: boolean;
  /** The TAG block, which has a checksum of its own: its text without backslashes. Not there if there is no block. */
  readonly tag?: Checked;
}

/**
 * Checks an NMEA 0183 sentence: XOR over the characters between `$` or `!` and `*`. If a TAG block precedes it, its
 * checksum is checked too: XOR over the characters between the backslash and `*`.
 *
 * Shape:  `$GPGLL,...*1D` or `\s:...,c:...*62\!AIVDM,...*52`, without its line end.
 * Source: IEC 61162-1, section 7. TAG blocks: NMEA 0183 version 4.10, as described in
 *         https://gpsd.gitlab.io/gpsd/AIVDM.html.
 *
 * @example
 * ```ts
 * import { nmeaChecksum } from '@proto/codec/presets';
 *
 * const { ok, text } = nmeaChecksum('$GPGLL,5300.97914,N,00259.98174,E,125926,A*28');
 * console.log(ok, text.slice(0, 5)); // true GPGLL
 *
 * const tagged = nmeaChecksum('\\s:SI1001*53\\$IIHDG,,,,,*67');
 * console.log(tagged.ok, tagged.tag?.text, tagged.text); // true s:SI1001 IIHDG,,,,,
 * ```
 */
export function nmeaChecksum(sentence: string): NmeaChecked {
  const [whole = '', block = ''] = /^\\([^\\]*)\\/.exec(sentence) ?? [];
  const result = xorChecked(sentence.slice(whole.length).replace(/^[$!]/, ''));
  if (whole === '') return result;
  const tag = xorChecked(block);
  return { ...result, ok: result.ok && tag.ok, tag };
}

function xorChecked(sentence: string): Checked {
  const star = sentence.lastIndexOf('*');
  const text = sentence.slice(0, star === -1 ? undefined : star);
  let want = 0;
  for (let at = 0; at < text.length; at++) want ^= text.charCodeAt(at);
  return checked(text, want & 0xff, star === -1 ? '' : sentence.slice(star + 1));
}

/**
 * Checks a Modbus ASCII frame: the two's complement of the sum of its bytes.
 *
 * Shape:  hexadecimal digits, of which the last two are the LRC, as `enclosed(presets.modbusAscii)` returns them:
 *         without the colon and the line end. Any other character, even a colon, makes `ok` false.
 * Source: MODBUS over Serial Line V1.02, section 6.2.1.
 */
export function modbusLrc(frame: string): Checked {
  const text = frame.slice(0, -2);
  let sum = 0;
  for (let at = 0; at < text.length; at += 2) sum += hexByte(text.slice(at, at + 2)) ?? Number.NaN;
  const result = checked(text, -sum & 0xff, frame.slice(-2));
  // Text that isn't hexadecimal has no checksum at all.
  return Number.isNaN(sum) ? { ...result, ok: false } : result;
}

function checked(text: string, want: number, digits: string): Checked {
  const got = hexByte(digits);
  return { text, ok: got === want, want, got };
}

function hexByte(digits: string): number | undefined {
  return /^[0-9A-Fa-f]{2}$/.test(digits) ? Number.parseInt(digits, 16) : undefined;
}
