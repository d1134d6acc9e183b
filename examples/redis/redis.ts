import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { RedisError, type Reply, ReplyReader } from './resp.ts';

interface Waiting {
  resolve(reply: Reply): void;
  reject(error: Error): void;
}

/** A connection to Redis. Commands don't wait for each other, and their replies come in order. */
export class Redis {
  readonly #socket: Socket;
  readonly #waiting: Waiting[] = [];

  private constructor(socket: Socket, onPush: (push: Reply) => void) {
    this.#socket = socket;
    this.#read(new ReplyReader(socket), onPush).catch((error: Error) => {
      socket.destroy();
      for (const waiting of this.#waiting.splice(0)) waiting.reject(error);
    });
  }

  /** `onPush` gets what answers no command: a change of a tracked key, a message of a subscription. */
  static async connect(port: number, host: string, onPush: (push: Reply) => void = () => {}): Promise<Redis> {
    const socket = connect({ port, host, noDelay: true });
    await once(socket, 'connect');
    return new Redis(socket, onPush);
  }

  /** Rejects with a `RedisError` if Redis refuses, and with another error if the connection ends first. */
  send(...command: readonly (string | Uint8Array)[]): Promise<Reply> {
    const parts = command.map((part) => Buffer.from(part));
    return new Promise((resolve, reject) => {
      if (!this.#socket.writable) throw new Error('the connection is closed');
      this.#waiting.push({ resolve, reject });
      this.#socket.cork(); // one write for the whole command
      this.#socket.write(`*${parts.length}\r\n`);
      for (const part of parts) {
        this.#socket.write(`$${part.length}\r\n`);
        this.#socket.write(part);
        this.#socket.write('\r\n');
      }
      this.#socket.uncork();
    });
  }

  /** Call it when all replies have come. */
  close(): void {
    this.#socket.end();
  }

  async #read(replies: ReplyReader, onPush: (push: Reply) => void): Promise<never> {
    for (;;) {
      const { reply, isPush } = await replies.next();
      if (isPush) onPush(reply);
      else if (reply instanceof RedisError) this.#waiting.shift()?.reject(reply);
      else this.#waiting.shift()?.resolve(reply);
    }
  }
}
