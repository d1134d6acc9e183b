import { connect, type Socket } from 'node:net';
import { afterEach } from 'vitest';

const open = new Set<Socket>();

afterEach(() => {
  for (const socket of open) socket.destroy();
  open.clear();
});

/** A connection that never reads what it is sent. */
export async function connectDeaf(port: number): Promise<Socket> {
  const socket = await opened(port);
  socket.pause();
  return socket;
}

/** A client on a bare socket: says lines, and waits for what it gets. */
export class Client {
  /** Every line so far. */
  readonly lines: string[] = [];
  isEnded = false;
  readonly #socket: Socket;
  readonly #watchers = new Set<() => void>();
  #partial = '';
  #pings = 0;

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (chunk: Buffer) => {
      const lines = (this.#partial + chunk.toString('latin1')).split('\n');
      this.#partial = lines.pop() ?? '';
      this.lines.push(...lines);
      this.#changed();
    });
    socket.once('end', () => {
      this.isEnded = true;
      socket.end();
      this.#changed();
    });
    socket.once('close', () => this.#changed());
  }

  /** Connects, says what has to be said first, and waits until the server has let it in. */
  static async in(port: number, ...first: string[]): Promise<Client> {
    const client = new Client(await opened(port)).say(...first);
    await client.line(/^\* WELCOME /);
    return client;
  }

  say(...lines: string[]): this {
    this.#socket.write(lines.map((line) => `${line}\n`).join(''), 'latin1');
    return this;
  }

  /** Waits for a line. */
  line(want: string | RegExp): Promise<void> {
    const holds = (line: string): boolean => (typeof want === 'string' ? line === want : want.test(line));
    return this.until(() => this.lines.some(holds), `line ${String(want)}`);
  }

  /** Waits until the server has read all that was said and has sent all that it set off for this client. */
  sync(): Promise<void> {
    const text = `sync-${++this.#pings}`;
    this.say(`/ping ${text}`);
    return this.line(`* PONG ${text}`);
  }

  /** Waits for the end of the stream. */
  end(): Promise<void> {
    return this.until(() => this.isEnded, 'the end of the stream');
  }

  /** Waits until the connection is over, in whatever way. */
  over(): Promise<void> {
    return this.until(() => this.isEnded || this.#socket.destroyed, 'the end');
  }

  until(condition: () => boolean, what: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const look = (): void => {
        const holds = condition();
        if (!holds && !this.#socket.destroyed) return;
        this.#watchers.delete(look);
        if (holds) resolve();
        else reject(new Error(`The connection closed before ${what}: ${JSON.stringify(this.lines)}`));
      };
      this.#watchers.add(look);
      look();
    });
  }

  #changed(): void {
    for (const look of this.#watchers) look();
  }
}

function opened(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true, noDelay: true });
    open.add(socket);
    socket.once('error', reject);
    socket.once('connect', () => {
      socket.off('error', reject);
      socket.on('error', () => {});
      resolve(socket);
    });
  });
}
