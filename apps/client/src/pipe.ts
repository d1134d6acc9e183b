import type { Readable, Writable } from 'node:stream';
import { type Decoder, formatFault, isFault, lines } from '@proto/codec';
import { formatEvent } from '@proto/protocol';
import type { Client, Incoming } from './client.ts';
import { countLines, type Ending } from './ending.ts';
import { escape } from './escape.ts';
import { EXIT, exitCodeOf } from './exit-codes.ts';
import { Outgoing } from './outgoing.ts';

/** The streams of a command. */
export interface Streams {
  readonly input: Readable;
  readonly output: Writable;
  readonly errors: Writable;
}

const LF = Uint8Array.of(0x0a);

/**
 * Sends each line of the input, writes each reply to the output and everything else to the error stream; both
 * at once, so that a server that stops reading until its replies are taken is no deadlock.
 *
 * Shape: replies as they came, one a line; events as on the wire, escaped. A last line without LF is sent too.
 * Units: memory is bounded: what is not taken at one end stops the reading at the other.
 */
export async function pipe(client: Client, streams: Streams, maxLineBytes: number): Promise<number> {
  const { input, output, errors } = streams;
  const replies = new Outgoing(output);
  const notes = new Outgoing(errors);
  let broken: Error | undefined;
  for (const [stream, sink] of [
    [output, replies],
    [errors, notes],
  ] as const) {
    stream.on('error', (error) => {
      broken ??= error;
      sink.close(error);
      void client.close();
    });
  }
  const sender = new Sender(client, notes, maxLineBytes);
  const sending = sender.run(input);
  try {
    for await (const incoming of client) await show(incoming, replies, notes);
  } catch {
    // The ending says it too.
  }
  const ending = await client.ended;
  // What the server did not wait for is lines without an answer, unless there is nothing.
  const inputLeft = input.readableLength > 0;
  input.destroy();
  await sending;
  const [code, reason] = verdict(ending, { unsent: sender.unsent, left: inputLeft || sender.left }, broken);
  if (reason !== undefined) notes.write(`${escape(reason)}\n`);
  await Promise.allSettled([replies.flush(), notes.flush()]);
  return code;
}

/** Sends the lines of an input, one after the other, as fast as they are taken. */
class Sender {
  /** Lines that could not be sent. */
  unsent = 0;
  /** Whether lines were left over when the connection ended. */
  left = false;
  readonly #client: Client;
  readonly #notes: Outgoing;
  readonly #decoder: Decoder;
  #lines = 0;

  constructor(client: Client, notes: Outgoing, maxLineBytes: number) {
    this.#client = client;
    this.#notes = notes;
    this.#decoder = lines({ maxFrameBytes: maxLineBytes, charset: 'text' }).decoder();
  }

  async run(input: Readable): Promise<void> {
    try {
      for await (const chunk of input) {
        this.#decoder.push(chunk as Uint8Array);
        await this.#sendAll();
      }
      if (this.#decoder.partialBytes > 0) this.#decoder.push(LF);
      await this.#sendAll();
      this.#client.halfClose();
    } catch {
      // The connection has ended, or the input failed: in both cases no more is sent.
      this.left ||= this.#decoder.read() !== undefined;
      this.#client.halfClose();
    }
  }

  async #sendAll(): Promise<void> {
    for (let frame = this.#decoder.read(); frame !== undefined; frame = this.#decoder.read()) {
      this.#lines++;
      if (isFault(frame)) {
        this.#refuse(formatFault(frame));
        continue;
      }
      try {
        await this.#client.say(frame);
      } catch (error) {
        if (!(error instanceof RangeError)) {
          this.left = true;
          throw error;
        }
        this.#refuse(error.message);
      }
    }
  }

  #refuse(why: string): void {
    this.unsent++;
    this.#notes.write(`Cannot send line ${this.#lines} of the input: ${why}\n`);
  }
}

/** Shows one thing that came; resolves when there is room for the next. */
function show(incoming: Incoming, replies: Outgoing, notes: Outgoing): Promise<void> {
  if (incoming.kind === 'answer' && incoming.answer.kind === 'reply') {
    replies.write(`${incoming.answer.text}\n`);
    return replies.room();
  }
  notes.write(`${escape(wording(incoming))}\n`);
  return notes.room();
}

function wording(incoming: Incoming): string {
  switch (incoming.kind) {
    case 'answer': {
      const { answer } = incoming;
      if (answer.kind === 'refused')
        return formatEvent({ verb: 'ERR', code: answer.code, text: answer.text });
      return answer.kind === 'ok' ? '* OK' : answer.text;
    }
    case 'event':
      return formatEvent(incoming.event);
    case 'text':
      return incoming.text;
    default:
      return `${incoming.count} events were dropped here`;
  }
}

interface Unsent {
  readonly unsent: number;
  readonly left: boolean;
}

function verdict(
  { error, unanswered }: Ending,
  { unsent, left }: Unsent,
  broken: Error | undefined,
): [number, string?] {
  if (broken !== undefined) return [EXIT.unanswered, `Cannot write what came: ${broken.message}`];
  const answered = unanswered === 0 && unsent === 0 && !left;
  // A stream cut after the last answer is worth a word and no more: what was asked for is here.
  if (error?.code === 'CUT' && answered) return [EXIT.ok, error.message];
  if (error !== undefined) return [exitCodeOf(error), error.message];
  if (unsent > 0) return [EXIT.unanswered, `Cannot have ${countLines(unsent)} answered: not sent, see above`];
  if (left) return [EXIT.unanswered, 'Cannot send the rest of the input: the server ended the connection'];
  return [EXIT.ok];
}
