import type { Clock } from '@proto/scheduler';
import type { Settings } from '../options/options.ts';
import { ForeignGreeting, type ForeignProtocol } from './foreign-greeting.ts';
import type { Connection } from '../transport/listener.ts';

export type PorchOptions = Pick<Settings, 'framing' | 'greetingGuard'>;

/** What the porch tells the door. */
export interface PorchOwner {
  readonly clock: Clock;
  /** It has said a line, or is still there. What it said still has to be read. */
  enter(connection: Connection): void;
  /** It has left before that. */
  probed(connection: Connection): void;
  /** It spoke another protocol, and was cut. */
  cut(connection: Connection, protocol: ForeignProtocol): void;
  /** It isn't let in any more. */
  refuse(connection: Connection, text: string): void;
}

/** A probe is gone by then. In milliseconds. */
const PATIENCE_MS = 250;
/** The most that is read here. */
const MOST_BYTES = 4_096;
const LF = 0x0a;

/** Where connections wait until they have said a line: a probe isn't a client. */
export class Porch {
  readonly #options: PorchOptions;
  readonly #owner: PorchOwner;
  readonly #waiting = new Map<Connection, () => void>();

  constructor(options: PorchOptions, owner: PorchOwner) {
    this.#options = options;
    this.#owner = owner;
  }

  /** How many wait. */
  get size(): number {
    return this.#waiting.size;
  }

  receive(connection: Connection): void {
    const { duplex } = connection;
    const { framing, greetingGuard } = this.#options;
    const greeting = new ForeignGreeting(greetingGuard === 'on');
    const chunks: Buffer[] = [];
    let size = 0;
    const onData = (chunk: Buffer): void => {
      const protocol = greeting.hear(chunk);
      if (protocol !== undefined) return cut(protocol);
      chunks.push(chunk);
      size += chunk.length;
      const end = framing === 'lines' ? chunk.indexOf(LF) : -1;
      if (framing === 'lines' && end === -1 && size < MOST_BYTES) return;
      const before = size - chunk.length;
      const line = Buffer.concat(chunks).toString('latin1', 0, end === -1 ? size : before + end);
      const first = greeting.read(line);
      if (first === undefined) enter();
      else cut(first);
    };
    const leave = (): void => {
      callOff();
      this.#waiting.delete(connection);
      duplex.off('data', onData).off('end', gone).off('close', gone);
    };
    const gone = (): void => {
      leave();
      duplex.destroy();
      this.#owner.probed(connection);
    };
    const cut = (protocol: ForeignProtocol): void => {
      leave();
      duplex.destroy();
      this.#owner.cut(connection, protocol);
    };
    // Its next reader finds every chunk as it came.
    const enter = (): void => {
      leave();
      duplex.pause();
      for (const chunk of chunks.toReversed()) duplex.unshift(chunk);
      this.#owner.enter(connection);
      if (!duplex.destroyed) duplex.resume();
    };
    const callOff = this.#owner.clock.setTimeout(enter, PATIENCE_MS);
    this.#waiting.set(connection, leave);
    duplex.on('error', () => {});
    duplex.on('data', onData).on('end', gone).on('close', gone);
  }

  /** Sends away those who wait. */
  close(reason: string): void {
    for (const [connection, leave] of this.#waiting) {
      leave();
      this.#owner.refuse(connection, reason);
    }
  }
}
