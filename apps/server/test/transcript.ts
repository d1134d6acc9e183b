import { readdirSync, readFileSync } from 'node:fs';
import type { Duplex } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';

/** One step of a transcript. The form is described in docs/transcripts/README.md. */
interface Step {
  readonly line: number;
  readonly client: string;
  readonly verb: string;
  readonly text: string;
}

export interface Transcript {
  readonly name: string;
  /** The server's flags. */
  readonly flags: readonly string[];
  readonly steps: readonly Step[];
}

const folder = new URL('../../../docs/transcripts/', import.meta.url);

/** Every transcript of the documentation. */
export function transcripts(): Transcript[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.txt'))
    .map((file) => readTranscript(file, readFileSync(new URL(file, folder), 'utf8')));
}

function readTranscript(name: string, source: string): Transcript {
  let flags: string[] = [];
  const steps: Step[] = [];
  for (const [index, row] of source.split('\n').entries()) {
    if (row === '' || row.startsWith('#')) continue;
    if (row.startsWith('server ')) {
      flags = row.split(' ').slice(1);
      continue;
    }
    const [, client, verb, text = ''] =
      /^(\d+) (>>|>|<|connects|ends|vanishes|closed)(?: (.*))?$/.exec(row) ?? [];
    if (client === undefined || verb === undefined)
      throw new Error(`Cannot read ${name}:${index + 1}: ${row}`);
    steps.push({ line: index + 1, client, verb, text });
  }
  return { name, flags, steps };
}

export interface PlayOptions {
  /** Opens a connection. */
  readonly connect: () => Promise<Duplex> | Duplex;
  /** Destroys a connection so that the server sees a reset. */
  readonly reset: (duplex: Duplex) => void;
  /** How the bytes of one step are cut into chunks. */
  readonly cut?: (bytes: Buffer) => Buffer[];
}

/** Plays a transcript. Throws at the first line that differs, with its place. */
export async function play(
  { name, steps }: Transcript,
  { connect, reset, cut = (bytes) => [bytes] }: PlayOptions,
): Promise<void> {
  const peers = new Map<string, Peer>();
  for (const { line, client, verb, text } of steps) {
    const peer = peers.get(client);
    const where = `${name}:${line}: client ${client}`;
    if (verb === 'connects') {
      peers.set(client, new Peer(await connect()));
      continue;
    }
    if (peer === undefined) throw new Error(`${where} is not connected`);
    if (verb === '>' || verb === '>>') {
      const bytes = Buffer.from(verb === '>' ? `${unescape(text)}\n` : unescape(text), 'latin1');
      for (const chunk of cut(bytes)) {
        peer.duplex.write(chunk);
        await nextTurn();
      }
      if (verb === '>' && !/^(quit|\/quit.*)$/i.test(text)) await peer.sync();
    } else if (verb === '<') {
      const got = (await peer.next()) ?? 'the end of the stream';
      if (!pattern(text).test(got))
        throw new Error(`${where} expected ${JSON.stringify(text)}, got ${JSON.stringify(got)}`);
    } else if (verb === 'closed') {
      const got = await peer.next();
      if (got !== undefined)
        throw new Error(`${where} expected the end of the stream, got ${JSON.stringify(got)}`);
    } else if (verb === 'ends') {
      peer.duplex.end();
    } else {
      reset(peer.duplex);
      peers.delete(client);
    }
  }
}

/** Text as it was written in a transcript, as bytes. */
function unescape(text: string): string {
  return text.replace(/\\(r|n|t|\\|x([0-9a-f]{2}))/g, (_, escaped: string, hex?: string) => {
    if (hex !== undefined) return String.fromCharCode(Number.parseInt(hex, 16));
    return { r: '\r', n: '\n', t: '\t' }[escaped] ?? '\\';
  });
}

function pattern(text: string): RegExp {
  const literal = unescape(text).replace(/[.*+?^$()|[\]\\]/g, String.raw`\$&`);
  return new RegExp(
    `^${literal.replaceAll('{address}', '\\S+').replaceAll('{number}', '\\d+').replaceAll('{reason}', '.+')}$`,
  );
}

/** A client that reads lines one by one. */
class Peer {
  readonly duplex: Duplex;
  readonly #lines: string[] = [];
  #partial = '';
  #ended = false;
  #wake = (): void => {};
  #syncs = 0;

  constructor(duplex: Duplex) {
    this.duplex = duplex;
    duplex.on('error', () => {});
    duplex.on('data', (chunk: Buffer) => this.#take(chunk.toString('latin1')));
    duplex.on('end', () => {
      this.#ended = true;
      duplex.end();
      this.#wake();
    });
  }

  /** Waits until the server has read all that was sent: it answers a ping in its place in the stream. */
  async sync(): Promise<void> {
    const text = `sync ${++this.#syncs}`;
    this.duplex.write(`/ping ${text}\n`);
    const pong = `* PONG ${text}`;
    while (!this.#lines.includes(pong)) await this.#more(`the pong of ${text}`);
    this.#lines.splice(this.#lines.indexOf(pong), 1);
  }

  /** The next line; `undefined` at the end of the stream. */
  async next(): Promise<string | undefined> {
    while (this.#lines.length === 0 && !this.#ended) await this.#more('a line');
    return this.#lines.shift();
  }

  #take(text: string): void {
    const lines = (this.#partial + text).split('\n');
    this.#partial = lines.pop() ?? '';
    this.#lines.push(...lines);
    this.#wake();
  }

  #more(what: string): Promise<void> {
    if (this.#ended) throw new Error(`the stream ended before ${what}`);
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }
}
