import type { Readable, Writable } from 'node:stream';
import type { Client } from './client.ts';
import { countLines, type Ending } from './ending.ts';
import { escape } from './escape.ts';
import { EXIT, exitCodeOf } from './exit-codes.ts';
import { Outgoing } from './outgoing.ts';
import { PipeInput } from './pipe-input.ts';
import { jsonOutput, textOutput } from './pipe-output.ts';

/** The streams of a command. */
export interface Streams {
  readonly input: Readable;
  readonly output: Writable;
  readonly errors: Writable;
}

/** How a pipe reads and writes. */
export interface PipeOptions {
  /** Bytes of content in the longest line that is sent. */
  readonly maxLineBytes: number;
  /** Whether everything goes to the output, an object a line. @default false */
  readonly json?: boolean;
}

/**
 * Sends each line of the input, writes each reply to the output and everything else to the error stream; both
 * at once, so that a server that stops reading until its replies are taken is no deadlock.
 *
 * Shape: replies as they came, one a line; events as on the wire, escaped. A last line without LF is sent too.
 * Units: memory is bounded: what is not taken at one end stops the reading at the other.
 */
export async function pipe(
  client: Client,
  streams: Streams,
  { maxLineBytes, json = false }: PipeOptions,
): Promise<number> {
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
  const out = json ? jsonOutput(replies) : textOutput(replies, notes);
  const sender = new PipeInput({ client, out, notes, maxLineBytes });
  const sending = sender.run(input);
  try {
    for await (const incoming of client) await out.came(incoming);
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
