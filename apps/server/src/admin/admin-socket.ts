import type { Duplex } from 'node:stream';
import { formatFault, lines } from '@proto/codec';
import { frames } from '@proto/codec/node';
import type { Server } from '../server.ts';
import { UnixListener } from '../transport/unix.ts';
import { Actions, type ActionsOwner } from './actions.ts';

/** Operators at a time. One more is cut. */
const MOST_OPERATORS = 8;
const framing = lines({ charset: 'text', maxFrameBytes: 65_536 });

/** Where operators say what a server has to do: a Unix domain socket that only its own user can open. */
export class AdminSocket {
  readonly #listener: UnixListener;
  readonly #actions: Actions;
  readonly #operators = new Set<Duplex>();

  constructor(server: Server, path: string, owner: ActionsOwner) {
    this.#listener = new UnixListener({ socket: path, isPrivate: true, maxConnections: MOST_OPERATORS });
    this.#actions = new Actions(server, owner);
  }

  /** Errors: rejects with a `ListenError` if the path can't be used. */
  async listen(): Promise<void> {
    await this.#listener.listen(({ duplex }) => void this.#serve(duplex));
  }

  /** Ends with what was answered so far. The file goes with it. */
  async close(): Promise<void> {
    await this.#listener.close();
    for (const duplex of this.#operators) duplex.end(() => duplex.destroy());
  }

  /** One command after the other. One who doesn't read the answers isn't read. */
  async #serve(duplex: Duplex): Promise<void> {
    this.#operators.add(duplex);
    duplex.once('close', () => this.#operators.delete(duplex));
    try {
      for await (const frame of frames(duplex, framing)) {
        const answer =
          typeof frame === 'string' ? await this.#actions.answer(frame) : `error ${formatFault(frame)}`;
        if (!duplex.writable) break;
        if (
          !duplex.write(
            `${answer}
`,
            'latin1',
          )
        )
          await drained(duplex);
      }
      duplex.end();
    } catch {
      // It has gone, with whatever error.
      duplex.destroy();
    }
  }
}

/** Settles when the answers have been read, or nobody reads them any more. */
function drained(duplex: Duplex): Promise<void> {
  return new Promise((resolve) => {
    const over = (): void => {
      duplex.off('drain', over).off('close', over);
      resolve();
    };
    duplex.on('drain', over).on('close', over);
  });
}
