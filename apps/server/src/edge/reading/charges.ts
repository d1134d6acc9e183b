import type { Command } from '@proto/protocol';
import type { Settings } from '../../options/options.ts';
import type { Client, HandlerResult } from '../../room/records.ts';
import { bytesOf, bytesOfMessages } from './command-cost.ts';

export interface ChargesOptions {
  readonly settings: Pick<Settings, 'deliver' | 'maxLineBytes'>;
  /** How many are in the room of a client. */
  readonly present: (client: Client) => number;
  /** How many are in a room. */
  readonly presentIn: (room: string) => number;
}

/**
 * How many bytes what a client says makes the server send to others. Known when it is read, before anything is queued: a
 * client that has caused too much isn't read, and no one has to take back what was accepted.
 *
 * A line for one client counts as if it went to everybody. Otherwise all clients of a room together could send to one
 * what each may send to all.
 */
export class Charges {
  readonly #options: ChargesOptions;
  readonly #relays: boolean;

  constructor(options: ChargesOptions) {
    this.#options = options;
    this.#relays = options.settings.deliver !== 'sender';
  }

  /** What each of the others reads of messages that have `bytes` in total. `to`: a seat or a name. */
  forEach(bytes: number, lines: number, to?: string): number {
    return this.#relays || to !== undefined ? bytesOfMessages(bytes, lines, 1) : 0;
  }

  /** Messages of which each of the others reads so much. */
  ofMessages(client: Client, forEach: number): number {
    return forEach * this.#others(client);
  }

  /** `waiting`: what each of the others reads of the client's messages that wait. They come along to another room. */
  ofCommand(client: Client, command: Command, waiting: number): number {
    const { present, presentIn } = this.#options;
    const there = command.verb === 'join' ? presentIn(command.room) : 0;
    return bytesOf(command, present(client), there) + waiting * there;
  }

  /** What the handler made of a message of `length` bytes causes this many more, or fewer. */
  ofResult(client: Client, length: number, result: HandlerResult): number {
    if (!this.#relays) return 0;
    const others = this.#others(client);
    const made = 'error' in result ? undefined : result.text;
    return (
      (made === undefined ? 0 : bytesOfMessages(made.length, 1, others)) - bytesOfMessages(length, 1, others)
    );
  }

  /** The most that one plain message can cause. */
  most(client: Client): number {
    return this.#relays ? bytesOfMessages(this.#options.settings.maxLineBytes, 1, this.#others(client)) : 0;
  }

  #others(client: Client): number {
    return Math.max(0, this.#options.present(client) - 1);
  }
}
