// RFC 854: a command begins with IAC. RFC 860 (TIMING-MARK): a client that sent Ctrl-C shows nothing until it has its answer.
const IAC = 255;
const [DONT, DO, WONT, WILL] = [254, 253, 252, 251];
const [SB, SE] = [250, 240];

/** Up to this length a loop finds a byte sooner than a call into the runtime does. */
const SHORT_BYTES = 64;

/** Where in a command the last chunk ended: outside, after its IAC, after the verb, within an option, or after an IAC there. */
const [OUTSIDE, BEGUN, VERB, WITHIN, WITHIN_BEGUN] = [0, 1, 2, 3, 4];

/**
 * Takes the commands of telnet out of what a client sends. It refuses every option, which is all that must be answered.
 * A byte 0xFF that begins no command stays, and two of them are one, as in telnet.
 *
 * Source: RFC 854, RFC 855.
 */
export class Telnet {
  #state = OUTSIDE;
  #verb = 0;
  #replies = '';
  #commands = 0;

  /** No command has begun. */
  get isOutside(): boolean {
    return this.#state === OUTSIDE;
  }

  /** The rest of a chunk; the same chunk if no command is in it. */
  read(chunk: Buffer): Buffer {
    if (this.#state === OUTSIDE && !hasIac(chunk)) return chunk;
    const rest = Buffer.allocUnsafe(chunk.length + 1);
    // A client may send nothing else: each byte costs a step, and each answer three.
    let replies: Buffer | undefined;
    let [length, replied] = [0, 0];
    let state = this.#state;
    for (let index = 0; index < chunk.length; index++) {
      const byte = chunk[index]!;
      if (state === OUTSIDE) {
        if (byte === IAC) state = BEGUN;
        else rest[length++] = byte;
      } else if (state === BEGUN) {
        state = stateAfter(byte);
        if (state === VERB) this.#verb = byte;
        else if (state === OUTSIDE && byte >= SE && byte !== IAC) this.#commands++;
        else if (state === OUTSIDE) {
          rest[length++] = IAC;
          if (byte !== IAC) rest[length++] = byte;
        }
      } else if (state === VERB) {
        state = OUTSIDE;
        this.#commands++;
        // Options that a client doesn't have, or doesn't want, need no answer.
        if (this.#verb === DO || this.#verb === WILL) {
          replies ??= Buffer.allocUnsafe(chunk.length + 3);
          replies[replied++] = IAC;
          replies[replied++] = this.#verb === DO ? WONT : DONT;
          replies[replied++] = byte;
        }
      } else if (state === WITHIN) {
        // An option with its details. In them too, IAC is doubled.
        if (byte === IAC) state = WITHIN_BEGUN;
      } else if (byte === SE) {
        state = OUTSIDE;
        this.#commands++;
      } else state = WITHIN;
    }
    this.#state = state;
    if (replies) this.#replies += replies.toString('latin1', 0, replied);
    return rest.subarray(0, length);
  }

  /** The answers to the client since the last call, one code unit per byte. */
  takeReplies(): string {
    const replies = this.#replies;
    this.#replies = '';
    return replies;
  }

  /** How many commands have ended since the last call. */
  takeCommands(): number {
    const commands = this.#commands;
    this.#commands = 0;
    return commands;
  }

  /** The same bytes that `read` has left, and what is at hand of a command, for another reader of the same connection. */
  unread(rest: Buffer): Buffer {
    if (!rest.includes(IAC)) return Buffer.concat([rest, this.#held]);
    return Buffer.concat([
      Buffer.from(rest.toString('latin1').replaceAll('\xff', '\xff\xff'), 'latin1'),
      this.#held,
    ]);
  }

  get #held(): Buffer {
    switch (this.#state) {
      case BEGUN:
        return Buffer.of(IAC);
      case VERB:
        return Buffer.of(IAC, this.#verb);
      case WITHIN:
        return Buffer.of(IAC, SB);
      case WITHIN_BEGUN:
        return Buffer.of(IAC, SB, IAC);
      default:
        return Buffer.of();
    }
  }
}

/** Where a command is after the byte that follows its IAC. `OUTSIDE`: it has ended, or is none. */
function stateAfter(byte: number): number {
  if (byte === SB) return WITHIN;
  return byte >= WILL && byte <= DONT ? VERB : OUTSIDE;
}

function hasIac(chunk: Buffer): boolean {
  if (chunk.length > SHORT_BYTES) return chunk.includes(IAC);
  for (let index = 0; index < chunk.length; index++) if (chunk[index] === IAC) return true;
  return false;
}
