// What runs in the browser: the root entry and the kit, each framing at every cut, encoded and decoded.
import { type Frame, type Framing, lines } from '../../src/index.ts';
import { delimited, enclosed, looseLines, netstring } from '../../src/framings/index.ts';
import { lengthPrefixed } from '../../src/length-prefixed/index.ts';
import { cobs, slip, stuffed } from '../../src/stuffed/index.ts';
import { frameStream } from '../../src/web/index.ts';
import { everySplit } from '../../src/testing/index.ts';

const bytes = Uint8Array.from({ length: 256 }, (_, byte) => byte);
const printable = String.fromCharCode(...bytes.subarray(0x20, 0x7f));
const high = String.fromCharCode(...bytes.subarray(0x80));
const long = printable.repeat(4);
// Past the window of text and past the arguments of one call.
const huge = printable.repeat(200);

const rows: readonly { framing: Framing; frames: readonly string[] }[] = [
  { framing: lines({ charset: 'text' }), frames: ['', printable, long] },
  { framing: lines({ terminator: 'crlf', charset: 'latin1' }), frames: [high, '', `${long}${high}`] },
  { framing: lines({ charset: 'utf8' }), frames: ['é€😀', '\ufeffa', printable] },
  { framing: looseLines({ bareCr: 'content', charset: 'utf8' }), frames: ['a\rb', '', 'é'] },
  { framing: delimited({ delimiters: ['\0\0', ';'] }), frames: ['a', '', 'b'] },
  { framing: enclosed({ start: '\x02', end: '\x03', charset: 'latin1' }), frames: [high, printable] },
  { framing: netstring({ charset: 'utf8' }), frames: ['é,', '', '5:'] },
  { framing: lengthPrefixed({ length: 'varint', charset: 'utf8' }), frames: ['é', '', long] },
  { framing: slip({ charset: 'latin1' }), frames: [high, printable] },
  { framing: cobs({ charset: 'latin1' }), frames: [high, '', `\0${long}`] },
  {
    framing: stuffed({ start: '~', end: '~', escape: '}', xor: 0x20, charset: 'latin1' }),
    frames: [high, printable],
  },
];

function join(parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

async function throughWebStream(): Promise<Frame[]> {
  const got: Frame[] = [];
  const readable = new Blob(['a\n', '\n', 'b']).stream().pipeThrough(frameStream(lines()));
  const reader = readable.getReader();
  for (let next = await reader.read(); !next.done; next = await reader.read()) got.push(next.value);
  return got;
}

interface SharedMemory {
  readonly WebAssembly: { readonly Memory: new (options: object) => { readonly buffer: SharedArrayBuffer } };
}

/** Chunks of a SharedArrayBuffer, cut at each position. Only its constructor is hidden from a page that isn't isolated. */
function shared(): void {
  const { WebAssembly } = globalThis as unknown as SharedMemory;
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
  for (const { framing, frames } of rows) {
    const wire = join(frames.map((frame) => framing.encode(frame)));
    const chunk = new Uint8Array(memory.buffer, 8, wire.length);
    chunk.set(wire);
    const step = Math.max(1, Math.floor(wire.length / 50));
    for (let cut = 0; cut <= wire.length; cut += step) {
      const decoder = framing.decoder();
      const got = [...decoder.push(chunk.subarray(0, cut)), ...decoder.push(chunk.subarray(cut))];
      if (JSON.stringify(got) !== JSON.stringify(frames))
        throw new Error(`Cannot read shared bytes: ${JSON.stringify(got)}`);
    }
  }
}

/** Throws at the first thing that is not as it should be; returns what the test looks at. */
export async function run(): Promise<{ rows: number; hasBuffer: boolean; web: Frame[]; fault: unknown }> {
  for (const { framing, frames } of rows) {
    everySplit(framing, join(frames.map((frame) => framing.encode(frame))), frames, { randomCuts: 20 });
  }
  for (const charset of ['text', 'latin1', 'utf8'] as const) {
    const framing = lines({ charset });
    const [first] = framing.decoder().push(join([framing.encode(huge), framing.encode('')]));
    if (first !== huge) throw new Error(`Cannot decode a long line with charset ${charset}`);
  }
  const [fault] = lines({ maxFrameBytes: 3 }).decoder().push(bytes.subarray(0x20, 0x40));
  shared();
  return { rows: rows.length, hasBuffer: 'Buffer' in globalThis, web: await throughWebStream(), fault };
}

Object.assign(globalThis, { run });
