// What runs on a page whose Content-Security-Policy forbids to compile: what it reports, and when.
import { type Frame, lines } from '../../src/index.ts';
import { delimited, netstring } from '../../src/framings/index.ts';
import { presets } from '../../src/presets/index.ts';
import { frameStream } from '../../src/web/index.ts';

interface Page {
  readonly violations: readonly unknown[];
}

/** Reads a line of every framing, and of every charset but these. Long enough that no byte is looked at by itself. */
function readAll(charsets: readonly ('text' | 'ascii' | 'latin1' | 'utf8')[]): number {
  let frames = 0;
  const long = 'x'.repeat(500);
  for (const charset of charsets) {
    for (const framing of [
      lines({ charset }),
      delimited({ delimiters: ';', charset }),
      netstring({ charset }),
    ]) {
      const [frame] = framing.decoder().push(framing.encode(long));
      if (frame === long) frames++;
    }
  }
  return frames;
}

/** How many violations there were: after the import, after all charsets but `text`, and after `text`. */
export async function run(): Promise<{ counts: number[]; frames: number; web: Frame | undefined }> {
  const { violations } = globalThis as unknown as Page;
  const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));
  const counts = [violations.length];
  let frames = readAll(['ascii', 'latin1', 'utf8']);
  const chunks = new Blob([lines(presets.smtp).encode('EHLO a')]).stream();
  const { value: web } = await chunks
    .pipeThrough(frameStream(lines(presets.smtp)))
    .getReader()
    .read();
  await turn();
  counts.push(violations.length);
  frames += readAll(['text']);
  while (violations.length === 0) await turn();
  counts.push(violations.length);
  return { counts, frames, web };
}

Object.assign(globalThis, { run });
