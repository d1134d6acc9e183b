import type { Readable, Writable } from 'node:stream';
import { escape } from '@proto/xray';
import type { ClientError } from '../dial/client-error.ts';
import type { Client } from '../library/client.ts';
import { countLines, type Ending } from '../library/ending.ts';
import { Outgoing } from '../library/outgoing.ts';
import { EXIT, exitCodeOf } from '../mode/exit-codes.ts';
import type { Reconnect } from '../mode/reconnect.ts';
import { PipeInput } from './pipe-input.ts';
import { jsonOutput, type PipeOutput, textOutput } from './pipe-output.ts';

/** The streams of a command. */
export interface Streams {
  readonly input: Readable;
  readonly output: Writable;
  readonly errors: Writable;
}

/** How a pipe reads and writes. */
export interface PipeOptions {
  /** Content of the longest line that is sent, in bytes. */
  readonly maxLineBytes: number;
  /** Whether everything goes to the output, one object per line. @default false */
  readonly json?: boolean;
  /** Connects again if the connection ends and this side didn't ask for it. @default never */
  readonly reconnect?: Reconnect | undefined;
}

/**
 * Sends each line of the input, and writes each reply to the output and everything else to the error stream. It does
 * both at once, so that a server that stops reading until its replies are taken causes no deadlock.
 *
 * Shape: replies as they came, one per line; events as on the wire, escaped. A last line without LF is sent too. A line
 *        that was sent but not answered isn't sent again: nobody knows whether it was obeyed.
 * Units: memory is bounded: if one end takes nothing, reading stops at the other.
 */
export async function pipe(first: Client, streams: Streams, options: PipeOptions): Promise<number> {
  const { input, output, errors } = streams;
  const { maxLineBytes, json = false, reconnect } = options;
  const replies = new Outgoing(output);
  const notes = new Outgoing(errors);
  let client = first;
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
  const sender = new PipeInput({ input, out, notes, maxLineBytes });
  let lost = 0;
  let ending = await converse(client, sender, out);
  while (reconnect?.wants(ending)) {
    lost += ending.unanswered;
    const next = await reconnect.again(ending).catch((error: ClientError) => error);
    if (next instanceof Error) {
      ending = { ...ending, unanswered: 0, error: next };
      break;
    }
    client = next;
    ending = await converse(client, sender, out);
  }
  const [code, reason] = verdict(ending, { unsent: sender.unsent, left: sender.left, lost }, broken);
  input.destroy();
  if (reason !== undefined) notes.write(`${escape(reason)}\n`);
  await Promise.allSettled([replies.flush(), notes.flush()]);
  return code;
}

/** Sends and shows until the connection has ended. */
async function converse(client: Client, sender: PipeInput, out: PipeOutput): Promise<Ending> {
  const sending = sender.run(client);
  try {
    for await (const incoming of client) await out.came(incoming);
  } catch {
    // The ending reports it too.
  }
  await sending;
  return client.ended;
}

/** Lines that failed. */
interface Remains {
  /** Lines that couldn't be sent. */
  readonly unsent: number;
  /** Whether there were lines left when the server ended the connection. */
  readonly left: boolean;
  /** Lines without an answer when an earlier connection ended. */
  readonly lost: number;
}

function verdict(
  { error, unanswered }: Ending,
  { unsent, left, lost }: Remains,
  broken: Error | undefined,
): [number, string?] {
  if (broken !== undefined) return [EXIT.unanswered, `Cannot write the output: ${broken.message}`];
  const answered = unanswered === 0 && unsent === 0 && !left && lost === 0;
  // A stream cut after the last answer is only worth a message: all answers have arrived.
  if (error?.code === 'CUT' && answered) return [EXIT.ok, error.message];
  if (error !== undefined) return [exitCodeOf(error), error.message];
  if (unsent > 0) return [EXIT.unanswered, `Cannot get ${countLines(unsent)} answered: not sent, see above`];
  if (lost > 0)
    return [EXIT.unanswered, `Cannot get ${countLines(lost)} answered: the connection was cut after them`];
  if (left) return [EXIT.unanswered, 'Cannot send the rest of the input: the server ended the connection'];
  return [EXIT.ok];
}
