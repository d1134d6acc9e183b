import { setTimeout as sleep } from 'node:timers/promises';
import type { Message } from '@proto/watch';
import type { ConnectionLoad, Server } from '../../server/src/index.ts';
import { Actor } from './actor.ts';
import { deafClient } from './deaf.ts';
import { dial } from './dial.ts';
import { Witness } from './witness.ts';

/** Between what happens and its caption: for the eye. In milliseconds. */
const SEEN_MS = 500;
/** How long a caption stands before anything else happens: at least, and for each of its characters. In milliseconds. */
const LEAST_READ_MS = 1_200;
const READ_MS = 21;
/** After a client has come. In milliseconds. */
const ENTERED_MS = 600;

type Caption = Extract<Message, { k: 'caption' }>;

/** A server, and the clients that play a lesson on it. What they wait for, they see from the events of the server. */
export class Stage {
  readonly captions: Caption[] = [];
  readonly witness: Witness;
  readonly #server: Server;
  readonly #port: number;
  readonly #began: number;
  readonly #ends: (() => void)[] = [];

  /** `began`: the time at `t` 0 of the recording. */
  constructor(server: Server, port: number, began: number) {
    this.witness = new Witness(server);
    this.#server = server;
    this.#port = port;
    this.#began = began;
  }

  /** A client that has taken a seat. */
  async client(): Promise<Actor> {
    const joined = this.witness.next('join');
    const socket = await dial(this.#port);
    this.#ends.push(() => void socket.destroy());
    const { client } = await joined;
    const actor = new Actor(this.witness, socket, client);
    await actor.gets('WELCOME');
    await this.pause(ENTERED_MS);
    return actor;
  }

  /** A client that has taken a seat and never reads. */
  async deafClient(): Promise<Pick<Actor, 'client'>> {
    const joined = this.witness.next('join');
    const program = deafClient(this.#port);
    this.#ends.push(() => void program.kill());
    const { client } = await joined;
    await this.pause(ENTERED_MS);
    return { client };
  }

  /** Says what to look at. `about`: the client that shows it. */
  async caption(text: string, about?: Pick<Actor, 'client'>): Promise<void> {
    await this.pause(SEEN_MS);
    const t = Math.round((performance.now() - this.#began) * 10) / 10;
    this.captions.push({ k: 'caption', t, text, ...(about && { c: about.client }) });
    await this.pause(Math.max(LEAST_READ_MS, text.length * READ_MS));
  }

  /** What the server holds for a client now; `undefined` for one that is gone. */
  loadOf({ client }: Pick<Actor, 'client'>): ConnectionLoad | undefined {
    return this.#server.loadOf(client);
  }

  /** A pause for the eye. */
  async pause(ms: number): Promise<void> {
    await sleep(ms);
  }

  /** Cuts off the clients that are still there. */
  close(): void {
    for (const end of this.#ends) end();
  }
}
