// What other splitters make of the same input, for the table in the README.
import { once } from 'node:events';
import { Readable } from 'node:stream';
import { createInterface } from 'node:readline';
import { ReadlineParser } from '@serialport/parser-readline';
import split2 from 'split2';
import { isFault, lines } from '../src/index.ts';
import { frozenPeers } from './frozen-peers.ts';

interface Input {
  /** As the table says it. */
  readonly name: string;
  readonly chunks: readonly Uint8Array[];
}

/**
 * Frames that came out of an input, as text; a fault as its code. Each is read as its own tests read it: a stream of bytes
 * that is read otherwise, such as with `for await` after its end, joins what the splitter had cut.
 */
type Peer = (input: Input) => Promise<readonly string[]>;

/** One that is not installed: what it gave when it was. Errors: rejects for an input that it was not given. */
function recorded(name: keyof typeof frozenPeers): Peer {
  return (input) => {
    const frames = frozenPeers[name][input.name];
    if (frames === undefined)
      return Promise.reject(new Error(`Cannot say what ${name} makes of ${input.name}`));
    return Promise.resolve(frames);
  };
}

/** The `data` events of a stream: how the tests of split2 and of the serialport parser read it. */
async function ended(stream: NodeJS.ReadWriteStream, chunks: readonly Uint8Array[]): Promise<string[]> {
  const got: string[] = [];
  stream.on('data', (frame: unknown) => got.push(String(frame)));
  const end = new Promise((resolve) => stream.on('end', resolve).on('error', resolve));
  for (const chunk of chunks) stream.write(Buffer.from(chunk));
  stream.end();
  await end;
  return got;
}

const peers: Readonly<Record<string, Peer>> = {
  '@proto/codec': ({ chunks }) => {
    const decoder = lines({ charset: 'utf8', maxFrameBytes: 1024 }).decoder();
    for (const chunk of chunks) decoder.push(chunk);
    return Promise.resolve([...decoder.end()].map((frame) => (isFault(frame) ? frame.code : frame)));
  },
  split2: ({ chunks }) => ended(split2(), chunks),
  readline: async ({ chunks }) => {
    const got: string[] = [];
    const source = Readable.from(
      chunks.map((chunk) => Buffer.from(chunk)),
      { objectMode: false },
    );
    const reader = createInterface({ input: source, crlfDelay: Infinity });
    await once(
      reader.on('line', (line) => got.push(line)),
      'close',
    );
    return got;
  },
  byline: recorded('byline'),
  'serialport parser': ({ chunks }) => ended(new ReadlineParser(), chunks),
  'it-split': recorded('it-split'),
};

const bytes = (text: string): Uint8Array => Uint8Array.from(text, (unit) => unit.charCodeAt(0));

const inputs: readonly Input[] = [
  { name: 'empty line: `a⏎⏎b⏎`', chunks: [bytes('a\n\nb\n')] },
  { name: 'CRLF cut in two', chunks: [bytes('a\r'), bytes('\nb\n')] },
  { name: 'a lone CR: `a␍b⏎`', chunks: [bytes('a\rb\n')] },
  { name: '`é` cut in two', chunks: [bytes('\xc3'), bytes('\xa9\n')] },
  { name: 'a byte outside UTF-8', chunks: [bytes('\xff\n')] },
  {
    name: '1 MiB and no line end',
    chunks: Array.from({ length: 16 }, () => new Uint8Array(65_536).fill(0x78)),
  },
  { name: 'a cut tail: `QUIT⏎DROP`', chunks: [bytes('QUIT\n'), bytes('DROP')] },
];

function cell(frames: readonly string[]): string {
  const shown = frames.map((frame) => {
    if (frame.startsWith('FRAME_')) return `\`${frame}\``;
    return frame.length > 20 ? `a line of ${frame.length}` : `\`${JSON.stringify(frame)}\``;
  });
  return shown.length === 0 ? 'nothing' : shown.join(' ');
}

/** The table of the README. */
export async function peerTable(): Promise<string> {
  const names = Object.keys(peers);
  const rows = [`| input | ${names.join(' | ')} |`, `|---|${names.map(() => '---|').join('')}`];
  for (const input of inputs) {
    const cells: string[] = [];
    for (const peer of Object.values(peers)) cells.push(cell(await peer(input)));
    rows.push(`| ${input.name} | ${cells.join(' | ')} |`);
  }
  return rows.join('\n');
}
