import type { Socket } from 'node:net';
import type { Clock } from '@proto/scheduler';
import { type BridgeOp, type BridgeSaid, MOST_PARTS } from '@proto/watch';
import type { WebSocket } from 'ws';
import type { ServerEvents } from '../../events/events.ts';
import type { Server } from '../../server.ts';
import { inet } from '../../transport/inet.ts';
import type { Dialled } from './dial.ts';
import { CLOSE } from './entrance.ts';
import { Greeting, type Seat } from './greeting.ts';

/** Above this many waiting bytes, in either direction, reading from the page pauses. */
const MOST_WAITING_BYTES = 65_536;

/** One write of a page, and how long to wait before it. */
interface TimedPart {
  readonly bytes: Buffer;
  readonly pauseMs: number;
}

/** What a bridge needs, apart from its page and the server. */
interface BridgeParts {
  readonly clock: Clock;
  readonly dialled: Dialled;
  /** Its connection has ended. */
  readonly ended: () => void;
}

/**
 * A socket of a page becomes a client of our own server, over the same transport as any other. The page does not get
 * what the client receives: it sees that through `/watch`. If a page sends more than the server takes, the page is not
 * read. If a page stops reading, its client stops reading too.
 */
export class Bridge {
  readonly #page: WebSocket;
  readonly #server: Server;
  readonly #clock: Clock;
  readonly #socket: Socket;
  readonly #carrier: Socket;
  /** What the server says before the client has a seat; then `undefined`. */
  #greeting: Greeting | undefined = new Greeting();
  /** `undefined`: FIN. */
  readonly #waiting: (TimedPart | undefined)[] = [];
  #waitingBytes = 0;
  #isWriting = true;
  /** The page has paused reading. */
  #isDeaf = false;
  #client: number | undefined;
  #why = 'the connection ended';
  /** Why the server has ended the connection on its own initiative. */
  #whyDropped: string | undefined;
  #callOff = (): void => {};
  readonly #ended: () => void;

  constructor(page: WebSocket, server: Server, { clock, dialled, ended }: BridgeParts) {
    const { socket, carrier, ready, whyNotOurs } = dialled;
    this.#page = page;
    this.#server = server;
    this.#clock = clock;
    this.#socket = socket;
    this.#carrier = carrier;
    this.#ended = ended;
    socket.once(ready, () => this.#ready(whyNotOurs));
    socket.on('data', (bytes) => this.#heard(bytes));
    socket.on('end', () => socket.end());
    socket.on('error', ({ code, message }: NodeJS.ErrnoException) => {
      this.#why = code === 'ECONNRESET' || code === 'EPIPE' ? 'reset' : message;
    });
    socket.once('close', () => this.#gone());
    page.once('close', () => socket.destroy());
  }

  /** Performs an operation of the page. */
  readonly take = (operation: BridgeOp): void => {
    switch (operation.op) {
      case 'write':
        return this.#add(partsOf(operation.parts, operation.apartMs));
      case 'end':
        return this.#add([undefined]);
      case 'reset':
        return this.#reset();
      case 'pause':
        this.#isDeaf = true;
        return void this.#socket.pause();
      case 'resume':
        this.#isDeaf = false;
        return void this.#socket.resume();
      case 'token':
    }
  };

  #ready(whyNotOurs: () => string | undefined): void {
    let why: string | undefined;
    try {
      why = whyNotOurs();
    } catch (error) {
      why = (error as Error).message;
    }
    if (why !== undefined) {
      this.#why = why;
      return void this.#socket.destroy();
    }
    if (this.#server.settings.tokenFile !== 'none') this.#say({ op: 'asked' });
    this.#isWriting = false;
    this.#next();
  }

  /** A client connected: perhaps this one. A Unix domain socket gives both ends no address in common. */
  came({ address, client: c, seat }: ServerEvents['join'][0]): void {
    if (this.#client !== undefined) return;
    if (address === inet(this.#carrier.localAddress, this.#carrier.localPort)?.address) this.#seated(c, seat);
  }

  /** The server has dropped a client: perhaps this one. A page that reads nothing would not notice. */
  dropped({ client, reason }: ServerEvents['drop'][0]): void {
    if (client !== this.#client) return;
    this.#whyDropped = `the server ended it: ${reason}`;
    this.#isDeaf = false;
    this.#socket.resume();
  }

  #seated(c: number, seat: number): void {
    this.#client = c;
    this.#greeting = undefined;
    this.#say({ op: 'seat', c, seat });
  }

  /** The server has named the seat. */
  #welcomed({ room, seat }: Seat): void {
    for (const person of this.#server.people())
      if (person.room === room && person.seat === seat) return this.#seated(person.client, seat);
  }

  #add(parts: readonly (TimedPart | undefined)[]): void {
    this.#waiting.push(...parts);
    for (const part of parts) this.#waitingBytes += part?.bytes.length ?? 0;
    if (this.#isFull) this.#page.pause();
    this.#next();
  }

  /** A Unix domain socket has no reset: there the connection only ends. */
  #reset(): void {
    if (this.#server.settings.socket !== 'none') return void this.#socket.destroy();
    this.#why = 'reset';
    this.#carrier.resetAndDestroy();
  }

  /** Writes the waiting parts in order. */
  #next(): void {
    if (this.#isWriting || this.#waiting.length === 0 || this.#socket.destroyed) return;
    const part = this.#waiting.shift();
    if (part === undefined) this.#socket.end();
    // After FIN nothing can be written.
    if (part === undefined || this.#socket.writableEnded) return this.#done(part?.bytes.length ?? 0);
    this.#isWriting = true;
    const write = (): void => {
      this.#socket.write(part.bytes, (error) => {
        if (error) return;
        this.#say({ op: 'wrote', bytes: part.bytes.length });
        this.#done(part.bytes.length);
      });
    };
    if (part.pauseMs === 0) write();
    else this.#callOff = this.#clock.setTimeout(write, part.pauseMs);
  }

  #done(bytes: number): void {
    this.#isWriting = false;
    this.#waitingBytes -= bytes;
    if (!this.#isFull && this.#page.isPaused) this.#page.resume();
    this.#next();
  }

  get #isFull(): boolean {
    return this.#waitingBytes > MOST_WAITING_BYTES || this.#waiting.length > MOST_PARTS;
  }

  #heard(bytes: Buffer): void {
    const seat = this.#greeting?.push(bytes);
    if (seat !== undefined) this.#welcomed(seat);
    if (this.#page.bufferedAmount > MOST_WAITING_BYTES) this.#socket.pause();
  }

  #say(said: BridgeSaid): void {
    this.#page.send(JSON.stringify(said), () => {
      const isFull = this.#page.bufferedAmount > MOST_WAITING_BYTES;
      if (!isFull && !this.#isDeaf && this.#socket.isPaused()) this.#socket.resume();
    });
  }

  #gone(): void {
    this.#callOff();
    this.#ended();
    if (this.#page.readyState !== this.#page.OPEN) return;
    this.#say({ op: 'gone', why: this.#greeting?.whyNot ?? this.#whyDropped ?? this.#why });
    this.#page.close(CLOSE.done);
  }
}

function partsOf(parts: readonly string[], apartMs: number): TimedPart[] {
  return parts.map((part, index) => ({
    bytes: Buffer.from(part, 'latin1'),
    pauseMs: index === 0 ? 0 : apartMs,
  }));
}
