// RFC 854: a command begins with IAC. RFC 860 (TIMING-MARK): a client that sent Ctrl-C shows nothing until it has its answer.
const IAC = 255;
const [DONT, DO, WONT, WILL] = [254, 253, 252, 251];
const [SB, SE] = [250, 240];

/** Up to this length a loop finds a byte sooner than a call into the runtime does. */
const SHORT_BYTES = 64;

/** Where in a command the last chunk ended: its bytes so far, or those that stand for them. */
type Held = readonly number[];
const NOTHING: Held = [];
const BEGUN: Held = [IAC];
const WITHIN: Held = [IAC, SB];
const WITHIN_BEGUN: Held = [IAC, SB, IAC];

/**
 * Takes the commands of telnet out of what a client sends. It refuses every option, which is all that must be answered.
 * A byte 0xFF that begins no command stays, and two of them are one, as in telnet.
 *
 * Source: RFC 854, RFC 855.
 */
export class Telnet {
  #held: Held = NOTHING;
  #replies = '';
  #commands = 0;

  /** The rest of a chunk; the same chunk if no command is in it. */
  read(chunk: Buffer): Buffer {
    if (this.#held === NOTHING && !hasIac(chunk)) return chunk;
    const rest = Buffer.allocUnsafe(chunk.length + 1);
    let length = 0;
    for (const byte of chunk) {
      const kept = this.#take(byte);
      if (kept > 1) rest[length++] = IAC;
      if (kept > 0) rest[length++] = byte;
    }
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

  /** What is at hand of a command that hasn't ended, for another reader of the same connection. */
  get held(): Buffer {
    return Buffer.from(this.#held);
  }

  /** How many bytes of the input this byte adds: 2 if the IAC before it is one of them. */
  #take(byte: number): 0 | 1 | 2 {
    const [, verb, end] = this.#held;
    if (this.#held === NOTHING) return byte === IAC ? this.#hold(BEGUN) : 1;
    if (verb === undefined) return this.#begin(byte);
    if (verb !== SB) return this.#refuse(verb, byte);
    // An option with its details. In them too, IAC is doubled.
    if (end === undefined) return this.#hold(byte === IAC ? WITHIN_BEGUN : WITHIN);
    return byte === SE ? this.#end() : this.#hold(WITHIN);
  }

  /** The byte after IAC. */
  #begin(byte: number): 0 | 1 | 2 {
    if (byte === SB) return this.#hold(WITHIN);
    if (byte >= WILL && byte <= DONT) return this.#hold([IAC, byte]);
    if (byte >= SE && byte !== IAC) return this.#end();
    this.#held = NOTHING;
    return byte === IAC ? 1 : 2;
  }

  /** Options that a client doesn't have, or doesn't want, need no answer. */
  #refuse(verb: number, option: number): 0 {
    const refusal = { [DO]: WONT, [WILL]: DONT }[verb];
    if (refusal !== undefined) this.#replies += String.fromCharCode(IAC, refusal, option);
    return this.#end();
  }

  #hold(held: Held): 0 {
    this.#held = held;
    return 0;
  }

  #end(): 0 {
    this.#commands++;
    return this.#hold(NOTHING);
  }
}

function hasIac(chunk: Buffer): boolean {
  if (chunk.length > SHORT_BYTES) return chunk.includes(IAC);
  for (let index = 0; index < chunk.length; index++) if (chunk[index] === IAC) return true;
  return false;
}
