import { isBytes } from '../bytes.ts';
import { decoderOf } from '../framing.ts';
import type { Frame, Framing } from '../index.ts';

/**
 * A Web Stream with bytes in, and frames and faults out: `readable.pipeThrough(frameStream(lines()))`.
 *
 * Errors: `TypeError`, at once, if it isn't a framing. The stream's own error is a `TypeError` for a chunk that isn't
 *         bytes, and what a framing of your own throws.
 *
 * @example
 * ```ts
 * import { lines } from '@proto/codec';
 * import { frameStream } from '@proto/codec/web';
 *
 * const { body } = new Response('one\ntwo\n');
 * const reader = body!.pipeThrough(frameStream(lines())).getReader();
 * console.log((await reader.read()).value); // one
 * ```
 */
export function frameStream<T>(framing: Framing<T>): TransformStream<Uint8Array, Frame<T>> {
  const decoder = decoderOf(ACT, framing);
  return new TransformStream<Uint8Array, Frame<T>>({
    transform(chunk: unknown, controller) {
      if (!isBytes(chunk)) throw new TypeError(`Cannot ${ACT}: got a ${typeof chunk}, expected a Uint8Array`);
      for (const frame of decoder.push(chunk)) controller.enqueue(frame);
    },
    flush(controller) {
      for (const frame of decoder.end()) controller.enqueue(frame);
    },
  });
}

const ACT = 'transform frames';
