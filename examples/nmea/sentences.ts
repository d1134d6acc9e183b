import type { Readable } from 'node:stream';
import { formatFault, isFault, lines } from '@proto/codec';
import { frames } from '@proto/codec/node';
import { nmeaChecksum, presets } from '@proto/codec/presets';

/** A sentence with the right checksum. `$GPGGA,092725.00,...` is the type `GGA` and its fields. */
export interface Sentence {
  readonly type: string;
  readonly fields: readonly string[];
}

/** Bytes that are no sentence. */
export interface Rejected {
  readonly rejected: string;
}

/** Reads sentences from a file, a serial line or a socket, however the bytes arrive. */
export async function* sentences(stream: Readable): AsyncGenerator<Sentence | Rejected> {
  for await (const frame of frames(stream, lines(presets.nmea))) {
    if (isFault(frame)) yield { rejected: formatFault(frame) };
    else if (frame !== '') yield* parse(frame);
  }
}

function* parse(line: string): Generator<Sentence | Rejected> {
  // A sentence that was cut off has no line end. The next one begins in the same line, at its own `$`.
  const start = Math.max(line.lastIndexOf('$'), line.lastIndexOf('!'));
  if (start !== 0) yield { rejected: `Not a sentence: ${start === -1 ? line : line.slice(0, start)}` };
  if (start === -1) return;

  const sentence = line.slice(start);
  const { text, ok, want, got } = nmeaChecksum(sentence);
  const [address = '', ...fields] = text.split(',');
  if (ok) yield { type: address.slice(-3), fields };
  else yield { rejected: `Wrong checksum: ${hex(got)}, not ${hex(want)}: ${sentence}` };
}

function hex(byte: number | undefined): string {
  return byte === undefined ? 'none' : byte.toString(16).toUpperCase().padStart(2, '0');
}
