import { readdirSync, readFileSync } from 'node:fs';
import type { Duplex } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  formatDiff,
  type Heard,
  type Peer,
  play,
  readTranscript,
  type Transcript,
} from '@proto/protocol/testing';

const folder = new URL('../../../docs/transcripts/', import.meta.url);

/** A transcript of the documentation. */
export interface Named extends Transcript {
  readonly name: string;
  readonly source: string;
}

/** Every transcript of the documentation. */
export function transcripts(): Named[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.txt'))
    .map((name) => {
      const source = readFileSync(new URL(name, folder), 'utf8');
      return { ...readTranscript(source), name, source };
    });
}

export interface PlayOptions {
  /** Opens a connection. */
  readonly connect: () => Promise<Duplex> | Duplex;
  /** Destroys a connection so that the server sees a reset. */
  readonly reset: (duplex: Duplex) => void;
  /** How the bytes of one step are cut into chunks. */
  readonly cut?: (bytes: Buffer) => Buffer[];
}

/** Plays a transcript; gives the diff, which is empty where nothing differs. */
export async function diffOf(
  transcript: Named,
  { connect, reset, cut = (bytes) => [bytes] }: PlayOptions,
): Promise<string> {
  const played = await play(transcript, async () => new WirePeer(await connect(), { reset, cut }));
  return formatDiff(transcript, played, { transcript: transcript.name, server: 'server' });
}

/** A client that reads lines one by one. */
class WirePeer implements Peer {
  readonly #duplex: Duplex;
  readonly #options: Required<Omit<PlayOptions, 'connect'>>;
  readonly #heard: Heard[] = [];
  #partial = '';
  #wake = (): void => {};

  constructor(duplex: Duplex, options: Required<Omit<PlayOptions, 'connect'>>) {
    this.#duplex = duplex;
    this.#options = options;
    duplex.on('error', () => {});
    duplex.on('data', (chunk: Buffer) => {
      const lines = (this.#partial + chunk.toString('latin1')).split('\n');
      this.#partial = lines.pop() ?? '';
      this.#hear(...lines.map((text) => ({ kind: 'line', text }) as const));
    });
    duplex.on('end', () => {
      this.#hear({ kind: 'end' });
      duplex.end();
    });
    duplex.on('close', () => this.#hear({ kind: 'none', why: 'the connection was closed' }));
  }

  async send(bytes: string): Promise<void> {
    for (const chunk of this.#options.cut(Buffer.from(bytes, 'latin1'))) {
      this.#duplex.write(chunk);
      await nextTurn();
    }
  }

  end(): void {
    this.#duplex.end();
  }

  vanish(): void {
    this.#options.reset(this.#duplex);
  }

  async next(): Promise<Heard> {
    while (this.#heard.length === 0) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    return this.#heard.shift()!;
  }

  #hear(...heard: readonly Heard[]): void {
    this.#heard.push(...heard);
    this.#wake();
  }
}
