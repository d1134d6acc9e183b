import { Transform, type TransformCallback } from 'node:stream';
import type { Content, Framing } from '../index.ts';
import { checkOptions } from '../limits.ts';

/** How far `frameTransform` may decode ahead of its reader. */
export interface FrameTransformOptions {
  /** Frames that may wait for the reader before the writing side is stopped. From 1. @default 16 */
  readonly readableHighWaterMark?: number | undefined;
}

/**
 * A stream with bytes in, and frames and faults out, in object mode. For `pipe` and `pipeline`; `frames` is simpler and
 * stops sooner. It has no `take`, because a Transform decodes ahead of its reader.
 *
 * Errors: `TypeError` for an unknown option.
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
export function frameTransform<T extends Content>(
  framing: Framing<T>,
  options: FrameTransformOptions = {},
): Transform {
  checkOptions<FrameTransformOptions>('transform frames', options, { readableHighWaterMark: true });
  const { readableHighWaterMark = 16 } = options;
  const decoder = framing.decoder();
  return new Transform({
    readableObjectMode: true,
    readableHighWaterMark,
    transform(chunk: Uint8Array, _encoding: string, done: TransformCallback): void {
      for (const frame of decoder.push(chunk)) this.push(frame);
      done();
    },
    flush(done: TransformCallback): void {
      for (const frame of decoder.end()) this.push(frame);
      done();
    },
  });
}
