import { visible } from './one-line.ts';

/** Every code a `FrameFault` can have. */
export const FRAME_FAULT_CODES = [
  'FRAME_TOO_LONG',
  'FRAME_BAD_BYTE',
  'FRAME_BARE_CR',
  'FRAME_BARE_LF',
  'FRAME_INCOMPLETE',
  'FRAME_MALFORMED',
  'FRAME_SKIPPED',
  'FRAME_BAD_JSON',
] as const;

/** One of `FRAME_FAULT_CODES`. */
export type FrameFaultCode = (typeof FRAME_FAULT_CODES)[number];

/**
 * What a frame may contain. `text`: HT and 0x20 to 0x7E. `ascii`: 0x00 to 0x7F. `latin1`: any byte, as one character.
 * `utf8`: well-formed UTF-8. `bytes`: anything; frames are `Uint8Array`.
 */
export type Charset = 'text' | 'ascii' | 'latin1' | 'utf8' | 'bytes';

/** What a frame holds: text, or bytes with `charset: 'bytes'` and after `take`. */
export type Content = string | Uint8Array;

/**
 * What was wrong in the place of a frame. Plain data: no `Error`, no stack, safe to send or store.
 *
 * Units:  `offset` is the position in the stream, in bytes, of the first wrong byte: content byte `limit + 1` (for
 *         `take`, the first byte asked for), the bad byte, the bare CR or LF, the first byte skipped. For
 *         `FRAME_INCOMPLETE`, `offset` is the end of the stream, and `bytes` is how much of the frame arrived; for
 *         `FRAME_SKIPPED`, how much was skipped. `limit` is the `maxFrameBytes` in force. `byte` is the wrong byte, from
 *         0 to 255, and `expected` says in words what should have been there. `charset` is the one that doesn't allow the byte;
 *         a framing of your own may leave it out. For `FRAME_BAD_JSON`, `offset` is where the line begins, and `reason` is
 *         what the JSON parser says, in one line of ASCII. The words differ between engines, and quote the line.
 */
export type FrameFault =
  | { readonly code: 'FRAME_TOO_LONG'; readonly offset: number; readonly limit: number }
  | {
      readonly code: 'FRAME_BAD_BYTE';
      readonly offset: number;
      readonly byte: number;
      readonly charset?: Charset | undefined;
    }
  | { readonly code: 'FRAME_BARE_CR'; readonly offset: number }
  | { readonly code: 'FRAME_BARE_LF'; readonly offset: number }
  | { readonly code: 'FRAME_INCOMPLETE'; readonly offset: number; readonly bytes: number }
  | {
      readonly code: 'FRAME_MALFORMED';
      readonly offset: number;
      readonly byte: number;
      readonly expected: string;
    }
  | { readonly code: 'FRAME_SKIPPED'; readonly offset: number; readonly bytes: number }
  | { readonly code: 'FRAME_BAD_JSON'; readonly offset: number; readonly reason: string };

/** A frame, or the fault in its place. */
export type Frame<T = string> = T | FrameFault;

/** Whether a value is a fault: an object with one of `FRAME_FAULT_CODES`. False for anything else, `null` included. */
export function isFault(frame: unknown): frame is FrameFault {
  const given = frame as Partial<FrameFault> | null | undefined;
  return typeof given === 'object' && FRAME_FAULT_CODES.some((code) => code === given?.code);
}

/**
 * Describes a fault for people: `Cannot read frame: it is longer than 1024 bytes (at stream offset 20480)`.
 *
 * Shape:  one line. Switch on `code`, not on this text.
 *
 * @example
 * ```ts
 * import { formatFault, isFault, lines } from '@proto/codec';
 *
 * const [frame] = lines().decoder().push(Buffer.from('half a l')).end();
 * if (frame !== undefined && isFault(frame)) console.log(frame.code); // FRAME_INCOMPLETE
 * if (frame !== undefined && isFault(frame)) console.log(formatFault(frame)); // Cannot read frame: it was cut off after 8 bytes (at stream offset 8)
 * ```
 */
export function formatFault(fault: FrameFault): string {
  return `Cannot read frame: ${state(fault)} (at stream offset ${fault.offset})`;
}

function state(fault: FrameFault): string {
  switch (fault.code) {
    case 'FRAME_TOO_LONG':
      return `it is longer than ${count(fault.limit)}`;
    case 'FRAME_BAD_BYTE':
      return `byte ${hex(fault.byte)} is not allowed${inCharset(fault.byte, fault.charset)}`;
    case 'FRAME_BARE_CR':
      return 'a CR in it is not followed by LF';
    case 'FRAME_BARE_LF':
      return 'an LF in it does not follow a CR';
    case 'FRAME_INCOMPLETE':
      return `it was cut off after ${count(fault.bytes)}`;
    case 'FRAME_MALFORMED':
      return `expected ${visible(fault.expected)}, got byte ${hex(fault.byte)}`;
    case 'FRAME_BAD_JSON':
      return `it is not JSON: ${fault.reason}`;
    default:
      return `skipped ${count(fault.bytes)} outside any frame`;
  }
}

/** Which charset doesn't allow a byte, and which may. */
function inCharset(byte: number, charset: Charset | undefined): string {
  if (charset === undefined) return '';
  const other = byte < 0x80 ? 'ascii' : charset === 'utf8' ? 'latin1' : 'utf8 or latin1';
  return ` in charset ${charset}, try ${other}`;
}

/** A number of bytes as this package's messages show it: `1 byte`. */
export function count(bytes: number): string {
  return bytes === 1 ? '1 byte' : `${bytes} bytes`;
}

/** A byte as this package's messages show it: `0x0A`. */
export function hex(byte: number): string {
  return `0x${byte.toString(16).toUpperCase().padStart(2, '0')}`;
}
