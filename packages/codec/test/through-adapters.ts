import { Readable } from 'node:stream';
import { expect } from 'vitest';
import type { Frame, Framing } from '../src/index.ts';
import { frames, frameTransform } from '../src/node/index.ts';
import { frameStream } from '../src/web/index.ts';

/** Reads chunks through each adapter, which must give these frames. */
export async function expectThroughAdapters<T>(
  framing: Framing<T>,
  chunks: readonly Uint8Array[],
  want: readonly Frame<T>[],
): Promise<void> {
  const source = (): Readable => Readable.from(chunks, { objectMode: false });
  const read: unknown[] = [];
  for await (const frame of frames(source(), framing)) read.push(frame);
  expect(read).toEqual(want);
  expect(await source().pipe(frameTransform(framing)).toArray()).toEqual(want);
  const web: unknown[] = [];
  const stream = new Blob(chunks.map((chunk) => chunk.slice())).stream().pipeThrough(frameStream(framing));
  for await (const frame of stream) web.push(frame);
  expect(web).toEqual(want);
}
