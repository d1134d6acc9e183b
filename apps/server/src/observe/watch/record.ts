import { closeSync, constants, fchmodSync, openSync, writeSync } from 'node:fs';
import { type Message, writeLine } from '@proto/watch';
import type { Chunk } from '../../events/events.ts';
import { OptionError } from '../../options/options.ts';
import type { Rounds, Turn } from '../../room/records.ts';
import type { Server } from '../../server.ts';
import { whyUnread } from '../../text/file-text.ts';
import { statsOf } from '../../text/stats.ts';
import { nothingLeft } from './batch.ts';
import { NodeChanges } from './nodes.ts';
import { allRooms, countsOf, Changes, countPeople, stateMessage, watchSettings } from './rows.ts';
import { chunkMessage, roundsMessage, type Sink, tap, tenths, turnMessage } from './tap.ts';

const LOOK_MS = 250;
/** The most bytes of a chunk in one line; a longer chunk is split over several lines. */
const CHUNK_BYTES = 65_536;
/** Reserved for the line that says that the recording ended. In bytes. */
const LAST_LINE_BYTES = 256;

const { O_APPEND, O_CREAT, O_NONBLOCK, O_WRONLY } = constants;
/** Opening doesn't wait for the reader of a pipe. */
const APPENDING = O_WRONLY | O_CREAT | O_APPEND | O_NONBLOCK;

export interface RecordOptions {
  readonly file: string;
  /** The most bytes of the file, including what was in it before. */
  readonly maxBytes: number;
  /** The longest delay of the event loop since it was last asked. In milliseconds. */
  readonly loopMs: () => number;
  /** How often rooms and people are checked. In milliseconds. @default 250 */
  readonly lookMs?: number;
  /** Shows a line to the person who started the command. */
  readonly warn: (line: string) => void;
}

/**
 * Writes all that happens to a file that only this user may read: every byte, including passwords. It is written at
 * the end of each pass of the event loop, before anything else is done. Returns a function that stops it.
 *
 * Errors: throws an `OptionError` if the file cannot be written.
 */
export function record(server: Server, options: RecordOptions): () => void {
  const recording = new Recording(server, options);
  return () => recording.stop();
}

class Recording implements Sink {
  readonly #server: Server;
  readonly #options: RecordOptions;
  readonly #began = performance.now();
  readonly #fd: number;
  readonly #changes: Changes;
  readonly #nodes: NodeChanges;
  readonly #offs: (() => void)[];
  #bytes: number;
  #text = '';
  #seq = 0;
  #isScheduled = false;
  #isOver = false;

  constructor(server: Server, options: RecordOptions) {
    this.#server = server;
    this.#options = options;
    this.#fd = open(options.file);
    this.#bytes = Number(statsOf(this.#fd).size);
    this.#changes = new Changes(server);
    this.#nodes = new NodeChanges(server);
    const offTap = tap(server, this);
    const timer = setInterval(() => this.#look(), options.lookMs ?? LOOK_MS);
    timer.unref();
    this.#offs = [offTap, () => clearInterval(timer)];
    const settings = watchSettings(server);
    const at = new Date().toISOString();
    // A recording that is appended to a file starts on a new line.
    if (this.#bytes > 0) this.#text = '\n';
    this.tell({ k: 'hello', v: 1, at, address: '', why: 'file', rights: ['watch'], settings });
    const all = countPeople(server);
    this.tell(stateMessage(server, { t: this.t, all, closing: false }));
    this.#lookAtNodes(this.t);
  }

  get t(): number {
    return tenths(performance.now() - this.#began);
  }

  tell(message: Message): void {
    if (this.#isOver) return;
    this.#text += writeLine(message);
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      this.#write();
    });
  }

  turn(turn: Turn): void {
    this.tell(turnMessage(this.t, turn));
  }

  rounds(rounds: Rounds): void {
    this.tell(roundsMessage(this.t, rounds));
  }

  chunk(chunk: Chunk): void {
    const { bytes, from } = chunk;
    for (let begin = 0; begin < bytes.length; begin += CHUNK_BYTES) {
      const part = bytes.subarray(begin, begin + CHUNK_BYTES);
      this.tell(chunkMessage(this.t, { ...chunk, from: from + begin, length: part.length, bytes: part }));
    }
  }

  stop(): void {
    if (this.#isOver) return;
    this.#look();
    this.#write();
    this.#close();
  }

  /** Writes rooms and people that have changed. */
  #look(): void {
    const { t } = this;
    const rooms = this.#changes.rooms(t);
    const people = this.#changes.people(t);
    if (rooms) this.tell(rooms);
    if (people) this.tell(people);
    this.#lookAtNodes(t);
    const all = countPeople(this.#server);
    const counts = countsOf(this.#server);
    const loopMs = tenths(this.#options.loopMs());
    this.tell({
      k: 'tick',
      t,
      seq: ++this.#seq,
      all,
      ...allRooms(this.#server),
      counts,
      loopMs,
      left: nothingLeft(),
    });
  }

  #lookAtNodes(t: number): void {
    const nodes = this.#nodes.nodes(t);
    if (nodes) this.tell(nodes);
  }

  #write(): void {
    if (this.#isOver || this.#text === '') return;
    const { file, maxBytes, warn } = this.#options;
    const bytes = Buffer.from(this.#text);
    this.#text = '';
    try {
      if (this.#bytes + bytes.length <= maxBytes - LAST_LINE_BYTES) {
        this.#append(bytes);
        return;
      }
      const why = `${file} is full: ${maxBytes} bytes`;
      const left = maxBytes - LAST_LINE_BYTES - this.#bytes;
      // Whole lines only.
      this.#append(bytes.subarray(0, bytes.lastIndexOf('\n', Math.max(0, left - 1)) + 1));
      this.#append(Buffer.from(writeLine({ k: 'stopped', t: this.t, why: 'the file is full' })));
      warn(`Recording ended: ${why}`);
    } catch (error) {
      warn(`Recording ended: ${file}: ${(error as Error).message}`);
    }
    this.#close();
  }

  #append(bytes: Uint8Array): void {
    for (let from = 0; from < bytes.length;) from += writeSync(this.#fd, bytes, from);
    this.#bytes += bytes.length;
  }

  #close(): void {
    this.#isOver = true;
    for (const off of this.#offs) off();
    closeSync(this.#fd);
  }
}

function open(file: string): number {
  try {
    const fd = openSync(file, APPENDING, 0o600);
    const isFile = statsOf(fd).isFile();
    // The mode of a device, such as /dev/null, is everybody's.
    if (isFile) fchmodSync(fd, 0o600);
    else closeSync(fd);
    if (!isFile) throw new RangeError('it is a pipe or a device, expected a file');
    return fd;
  } catch (error) {
    throw new OptionError(`${file}: ${whyUnread(error)}`, { key: 'record', cause: error });
  }
}
