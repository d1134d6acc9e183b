import type { Readable, Writable } from 'node:stream';
import { count } from '@proto/protocol';
import { escape } from '@proto/xray';
import type { ClientError } from '../dial/client-error.ts';
import type { Client, Incoming } from '../library/client.ts';
import type { Ending } from '../library/ending.ts';
import { Outgoing } from '../library/outgoing.ts';
import { EXIT, exitCodeOf } from '../mode/exit-codes.ts';
import { later as byTheClock, type Later } from '../mode/later.ts';
import { isReaderGone } from '../mode/quiet-output.ts';
import type { Reconnect } from '../mode/reconnect.ts';
import { PipeInput } from './pipe-input.ts';
import { jsonOutput, type PipeOutput, textOutput } from './pipe-output.ts';
import { Waiting } from './waiting.ts';

/** How long the server may take to end the connection once nobody reads the replies any more. ms */
const LEAVE_MS = 500;

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
  /** Whether an `ERR` from the server is a failure. @default false */
  readonly strictAnswers?: boolean;
  /** Connects again if the connection ends and this side didn't ask for it. @default never */
  readonly reconnect?: Reconnect | undefined;
  /** @default by the clock of this machine */
  readonly later?: Later;
}

/**
 * Sends each line of the input, and writes each reply to the output and everything else to the error stream. It does
 * both at once, so that a server that stops reading until its replies are taken causes no deadlock.
 *
 * 1. When nobody reads the output any more (`| head -1`), it half-closes, discards what still comes until the server
 *    ends the connection, for half a second at most, and ends without a word: exit code 0, as is usual for programs in
 *    Node.
 * 2. When nobody reads the error stream any more, only its lines are dropped. Replies go on.
 *
 * Shape: replies as they came, one per line; events as on the wire, escaped. A last line without LF is sent too. A line
 *        that was sent but not answered isn't sent again: nobody knows whether it was obeyed.
 * Units: memory is bounded: if one end takes nothing, reading stops at the other.
 */
export async function pipe(first: Client, streams: Streams, options: PipeOptions): Promise<number> {
  const { input, output, errors } = streams;
  const { maxLineBytes, json = false, strictAnswers = false, reconnect, later = byTheClock } = options;
  const replies = new Outgoing(output);
  const notes = new Outgoing(errors);
  const failures = { refused: 0, lost: 0, broken: undefined as Error | undefined };
  let client = first;
  output.on('error', (error) => {
    failures.broken ??= error;
    replies.close(error);
    if (isReaderGone(error)) void leave(client, later);
    else void client.close();
  });
  errors.on('error', (error) => {
    notes.close(error);
    if (isReaderGone(error)) return;
    failures.broken ??= error;
    void client.close();
  });
  const note = (line: string): Promise<void> => {
    notes.write(`${line}\n`);
    // If it can't be written, nothing waits for it.
    return notes.untilCapacity().catch(() => {});
  };
  const written = json ? jsonOutput(replies) : textOutput(replies, note);
  const waiting = new Waiting({ owed: () => client.owed, say: (line) => void note(line), later });
  const out = waiting.watch(refusalsOf(written, () => failures.refused++));
  const sender = new PipeInput({ input, out, note: (line) => void note(line), maxLineBytes });
  let ending = await converse(client, sender, out);
  while (reconnect?.wants(ending)) {
    failures.lost += ending.unanswered;
    const next = await reconnect.again(ending).catch((error: ClientError) => error);
    if (next instanceof Error) {
      ending = { ...ending, unanswered: 0, error: next };
      break;
    }
    client = next;
    ending = await converse(client, sender, out);
  }
  waiting.stop();
  await replies.flush().catch((error: Error) => (failures.broken ??= error));
  const refused = strictAnswers ? failures.refused : 0;
  const [code, reason] = verdict(ending, { ...failures, refused, unsent: sender.unsent, left: sender.left });
  input.destroy();
  if (reason !== undefined) void note(escape(reason));
  await notes.flush().catch(() => {});
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

/** Ends a connection whose replies nobody wants: in order if the server does so soon, so that it sees no reset. */
async function leave(client: Client, later: Later): Promise<void> {
  const callOff = later(LEAVE_MS, () => void client.close());
  await client.end().catch(() => {});
  callOff();
}

/** Counts what the server refuses on its way to an output. */
function refusalsOf(out: PipeOutput, refused: () => void): PipeOutput {
  return {
    sent: (line) => out.sent(line),
    came: (incoming) => {
      if (isRefusal(incoming)) refused();
      return out.came(incoming);
    },
  };
}

function isRefusal(incoming: Incoming): boolean {
  if (incoming.kind === 'answer') return incoming.answer.kind === 'refused';
  return incoming.kind === 'event' && incoming.event.verb === 'ERR';
}

/** What failed. */
interface Failures {
  /** Lines that couldn't be sent. */
  readonly unsent: number;
  /** Whether there were lines left when the server ended the connection. */
  readonly left: boolean;
  /** Lines without an answer when an earlier connection ended. */
  readonly lost: number;
  /** What the server refused, if that is a failure. */
  readonly refused: number;
  /** Why the output or the error stream can't be written. */
  readonly broken: Error | undefined;
}

function verdict(
  { error, unanswered }: Ending,
  { unsent, left, lost, refused, broken }: Failures,
): [number, string?] {
  if (broken !== undefined && isReaderGone(broken)) return [refused > 0 ? EXIT.unanswered : EXIT.ok];
  if (broken !== undefined) return [EXIT.unanswered, `Cannot write the output: ${broken.message}`];
  const answered = unanswered === 0 && unsent === 0 && !left && lost === 0 && refused === 0;
  // A stream cut after the last answer is only worth a message: all answers have arrived.
  if (error?.code === 'CUT' && answered) return [EXIT.ok, error.message];
  if (error !== undefined) return [exitCodeOf(error), error.message];
  if (unsent > 0)
    return [EXIT.unanswered, `Cannot get ${count(unsent, 'line')} answered: not sent, see above`];
  if (lost > 0)
    return [EXIT.unanswered, `Cannot get ${count(lost, 'line')} answered: the connection was cut after them`];
  if (left) return [EXIT.unanswered, 'Cannot send the rest of the input: the server ended the connection'];
  if (refused > 0)
    return [EXIT.unanswered, `Cannot end with 0: the server sent ${count(refused, 'ERR')}, see above`];
  return [EXIT.ok];
}
