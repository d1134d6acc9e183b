import type { Content, Frame, Framing } from '../index.ts';

/**
 * A Web Stream with bytes in, and frames and faults out: `readable.pipeThrough(frameStream(lines()))`.
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
export function frameStream<T extends Content>(framing: Framing<T>): TransformStream<Uint8Array, Frame<T>> {
  const decoder = framing.decoder();
  return new TransformStream<Uint8Array, Frame<T>>({
    transform(chunk, controller) {
      for (const frame of decoder.push(chunk)) controller.enqueue(frame);
    },
    flush(controller) {
      for (const frame of decoder.end()) controller.enqueue(frame);
    },
  });
}
