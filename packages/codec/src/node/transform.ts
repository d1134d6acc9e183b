import { Transform, type TransformCallback } from 'node:stream';
import { isBytes } from '../bytes.ts';
import { decoderOf } from '../framing.ts';
import type { Framing } from '../index.ts';
import { checkOptions } from '../limits.ts';
import { oneLine } from '../one-line.ts';

/** How far `frameTransform` may decode ahead of its reader. */
export interface FrameTransformOptions {
  /** Frames that may wait for the reader before the writing side is stopped. From 1. @default 16 */
  readonly readableHighWaterMark?: number | undefined;
}

/**
 * A stream with bytes in, and frames and faults out, in object mode. For `pipe` and `pipeline`; `frames` is simpler and
 * stops sooner. It has no `take`, because a Transform decodes ahead of its reader.
 *
 * Errors: `TypeError`, at once, if it isn't a framing, and for an unknown option. The stream's own error is a `TypeError`
 *         for a chunk that isn't bytes, such as the text of a stream with an encoding, and what a framing of your own
 *         throws.
 *
 * @example
 * ```ts
 * import { Readable } from 'node:stream';
 * import { lines } from '@proto/codec';
 * import { frameTransform } from '@proto/codec/node';
 *
 * const chunks = Readable.from([Buffer.from('one\ntw'), Buffer.from('o\n')]);
 * console.log(await chunks.pipe(frameTransform(lines())).toArray()); // [ 'one', 'two' ]
 * ```
 */
export function frameTransform<T>(framing: Framing<T>, options: FrameTransformOptions = {}): Transform {
  checkOptions<FrameTransformOptions>(ACT, options, { readableHighWaterMark: true });
  const { readableHighWaterMark = 16 } = options;
  const decoder = decoderOf(ACT, framing);
  return new Transform({
    readableObjectMode: true,
    readableHighWaterMark,
    // As bytes, text would be UTF-8, whatever its encoding was.
    decodeStrings: false,
    transform(chunk: unknown, _encoding: string, done: TransformCallback): void {
      settle(done, () => {
        if (!isBytes(chunk))
          throw new TypeError(`Cannot ${ACT}: got a ${typeof chunk}, expected a Uint8Array`);
        for (const frame of decoder.push(chunk)) this.push(frame);
      });
    },
    flush(done: TransformCallback): void {
      settle(done, () => {
        for (const frame of decoder.end()) this.push(frame);
      });
    },
  });
}

const ACT = 'transform frames';

/** What it throws becomes the error of the stream. */
function settle(done: TransformCallback, work: () => void): void {
  try {
    work();
  } catch (error) {
    done(error instanceof Error ? error : new Error(oneLine(error)));
    return;
  }
  done();
}
