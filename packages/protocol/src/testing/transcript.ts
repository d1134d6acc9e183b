import { linePattern, unescapeText } from './step-text.ts';

/** What a row of a transcript does. `<*`: an event; others may come before it. */
export type StepVerb = '>' | '>>' | '<' | '<*' | 'connects' | 'ends' | 'vanishes' | 'closed';

/** One row of a transcript that is played. */
export interface Step {
  /** Its position in `rows`, from 0. */
  readonly row: number;
  /** The number that the row begins with. */
  readonly client: string;
  /** What the client does (`>`, `>>`, `connects`, `ends`, `vanishes`), or what it must get. */
  readonly verb: StepVerb;
  /** With `>` and `>>`: the bytes to send, one code unit each. */
  readonly bytes: string;
  /** With `<` and `<*`: whether a line matches. */
  readonly matches: (line: string) => boolean;
}

/** A conversation with a server, to read and play. */
export interface Transcript {
  /** How to start the server, as command line flags. */
  readonly flags: readonly string[];
  /** What is played, in order; comments and empty rows are left out. */
  readonly steps: readonly Step[];
  /** Every row as written. */
  readonly rows: readonly string[];
}

const STEP = /^(?:(\d+) )?(>>|>|<\*|<|connects|ends|vanishes|closed)(?: (.*))?$/;

/** The client of rows that don't name one. */
const ONLY_CLIENT = '1';

/**
 * Reads a transcript.
 *
 * Shape:  docs/transcripts/README.md. Rows that name no client belong to client 1, which connects by itself.
 * Errors: `SyntaxError`, with the number of the row, for a row that isn't a step, and for a step of a client that isn't
 *         connected.
 *
 * @example
 * ```ts
 * import { readTranscript } from '@proto/protocol/testing';
 *
 * const { flags, steps } = readTranscript('server --order free\n1 connects\n1 > hello\n1 < HELLO\n');
 * console.log(flags.join(' '), steps.length); // --order free 3
 * ```
 */
export function readTranscript(source: string): Transcript {
  const rows = source.replace(/\n$/, '').split(/\r?\n/);
  const connected = new Set<string>();
  const steps: Step[] = [];
  let flags: readonly string[] = [];
  for (const [row, text] of rows.entries()) {
    if (text === '' || text.startsWith('#')) continue;
    if (text.startsWith('server ')) {
      flags = text.split(' ').slice(1);
      continue;
    }
    const read = readStep(text, row);
    if (read === undefined) throw new SyntaxError(`Cannot read transcript: line ${row + 1} is not a step`);
    const { named, step } = read;
    if (!named && !connected.has(step.client) && step.verb !== 'connects') {
      steps.push({ ...step, verb: 'connects' });
      connected.add(step.client);
    }
    checkOrder(step, connected);
    steps.push(step);
  }
  return { flags, steps, rows };
}

function readStep(text: string, row: number): { named: boolean; step: Step } | undefined {
  const [, client, verb, rest = ''] = STEP.exec(text) ?? [];
  if (verb === undefined) return undefined;
  const bytes = verb === '>' ? `${unescapeText(rest)}\n` : verb === '>>' ? unescapeText(rest) : '';
  const pattern = linePattern(verb === '<*' ? `* ${rest}` : rest);
  const step: Step = {
    row,
    client: client ?? ONLY_CLIENT,
    verb: verb as StepVerb,
    bytes,
    matches: (line) => pattern.test(line),
  };
  return { named: client !== undefined, step };
}

function checkOrder({ client, verb, row }: Step, connected: Set<string>): void {
  if (connected.has(client) === (verb === 'connects')) {
    const state = verb === 'connects' ? 'is already connected' : 'is not connected';
    throw new SyntaxError(`Cannot read transcript: in line ${row + 1} client ${client} ${state}`);
  }
  if (verb === 'connects') connected.add(client);
  if (verb === 'vanishes' || verb === 'closed') connected.delete(client);
}
