import { parse } from '../commands.ts';
import { Hearing, type Heard, type Peer } from './hearing.ts';
import { escapeText } from './step-text.ts';
import type { Step, Transcript } from './transcript.ts';

/** Where a server differs from a transcript: the row that doesn't match, what came in its place, or both. */
export interface Difference {
  /** The row where it is, or before which it was heard. From 0. */
  readonly row: number;
  /** Whether that row doesn't match. */
  readonly missing: boolean;
  /** What was heard, as a row of a transcript. */
  readonly got?: string;
}

/** The result of playing a transcript. */
export interface Played {
  /** Rows that were compared with the server and match. */
  readonly held: number;
  /** Every row at which the server did something else, in the order found. */
  readonly differences: readonly Difference[];
  /** The row where it couldn't go on, because the server said nothing more. */
  readonly stoppedAt?: number;
}

/**
 * Plays a transcript against a server, and reports where the server differs.
 *
 * 1. Before the next step, the server has read everything a client sent: the player sends its own `/ping` after each
 *    line, waits for its `* PONG`, and removes it.
 * 2. A line that differs, is missing or is extra affects nothing else: what follows is compared as before.
 * 3. If a peer hears nothing more, the play ends there.
 *
 * Errors: rejects if `connect` does.
 */
export function play(
  transcript: Transcript,
  connect: (client: string) => Promise<Peer> | Peer,
): Promise<Played> {
  return new Player(transcript).run(connect);
}

class Player {
  readonly #rows: readonly string[];
  readonly #steps: readonly Step[];
  /** Without events, there is no pong. */
  readonly #syncs: boolean;
  readonly #hearings = new Map<string, Hearing>();
  readonly #differences: Difference[] = [];
  /** Rows already found missing. */
  readonly #missing = new Set<Step>();
  #held = 0;
  #stoppedAt: number | undefined;

  constructor({ rows, steps, flags }: Transcript) {
    this.#rows = rows;
    this.#steps = steps;
    this.#syncs = !flags.join(' ').includes('--events off');
  }

  async run(connect: (client: string) => Promise<Peer> | Peer): Promise<Played> {
    for (const [index, step] of this.#steps.entries()) {
      if (step.verb === 'connects') this.#hearings.set(step.client, new Hearing(await connect(step.client)));
      else await this.#play(index, step, this.#hearings.get(step.client)!);
      if (this.#stoppedAt !== undefined) break;
    }
    const played = { held: this.#held, differences: this.#differences };
    return this.#stoppedAt === undefined ? played : { ...played, stoppedAt: this.#stoppedAt };
  }

  async #play(index: number, step: Step, hearing: Hearing): Promise<void> {
    switch (step.verb) {
      case '>':
      case '>>':
        await hearing.peer.send(step.bytes);
        if (step.verb === '>' && !isQuit(step.bytes)) await this.#sync(step, hearing);
        return;
      case 'ends':
        hearing.isClosing = true;
        return hearing.peer.end();
      case 'vanishes':
        return hearing.peer.vanish();
      case 'closed':
        return this.#closed(step, hearing);
      default:
        if (!this.#missing.has(step)) await this.#expect(index, step, hearing);
    }
  }

  async #sync(step: Step, hearing: Hearing): Promise<void> {
    if (!this.#syncs) return;
    const why = await hearing.sync();
    if (why === undefined) return;
    this.#stop(step, `no answer to the /ping sent after each line: ${why}`, false);
  }

  /** Everything was heard, then the end. */
  async #closed(step: Step, hearing: Hearing): Promise<void> {
    for (;;) {
      const heard = await hearing.next();
      if (heard.kind === 'end') break;
      if (heard.kind === 'none') return this.#stop(step, heard.why);
      this.#differences.push({ row: step.row, missing: false, got: this.#written(step, heard) });
    }
    this.#held++;
  }

  async #expect(index: number, step: Step, hearing: Hearing): Promise<void> {
    let heard = await hearing.next();
    if (step.verb === '<*') {
      while (heard.kind === 'line' && heard.text.startsWith('* ') && !step.matches(heard.text)) {
        heard = await hearing.next();
      }
    }
    if (heard.kind === 'none') return this.#stop(step, heard.why);
    if (heard.kind === 'line' && step.matches(heard.text)) {
      this.#held++;
      return;
    }
    hearing.putBack([heard]);
    await this.#align(index, step, hearing);
  }

  /** A line differs: finds the next place where what was heard and what was expected agree again. */
  async #align(index: number, step: Step, hearing: Hearing): Promise<void> {
    await this.#sync(step, hearing);
    if (this.#stoppedAt !== undefined) return;
    const heard = hearing.takeAll();
    const wanted = this.#wantedFrom(index, step.client);
    const [extra, missing] = nextMatch(heard, wanted) ?? [1, 1];
    for (let at = 0; at < Math.max(extra, missing); at++) {
      const [row, line] = [wanted[Math.min(at, missing)] ?? step, heard[at]];
      if (at < missing) this.#missing.add(row);
      const isNew = at < extra && line !== undefined && !(line.kind === 'end' && hearing.isOver);
      const got = isNew ? { got: this.#written(step, line) } : {};
      this.#differences.push({ row: row.row, missing: at < missing, ...got });
    }
    hearing.isOver ||= heard.slice(0, extra).some(({ kind }) => kind === 'end');
    hearing.putBack(heard.slice(extra));
    if (missing === 0) await this.#expect(index, step, hearing);
  }

  /** The rows this client still has to hear, from a step on, before anybody does anything again. */
  #wantedFrom(index: number, client: string): Step[] {
    const wanted: Step[] = [];
    for (const step of this.#steps.slice(index)) {
      if (step.verb !== '<' && step.verb !== '<*' && step.verb !== 'closed') break;
      if (step.client === client) wanted.push(step);
    }
    return wanted;
  }

  /** What was heard, in the notation of this transcript. */
  #written({ client, row }: Step, heard: Heard): string {
    if (heard.kind === 'none') return `# client ${client}: ${heard.why}`;
    const who = /^\d/.test(this.#rows[row] ?? '') ? `${client} ` : '';
    return heard.kind === 'end' ? `${who}closed` : `${who}< ${escapeText(heard.text)}`;
  }

  #stop({ row, client }: Step, why: string, missing = true): void {
    this.#differences.push({ row, missing, got: `# client ${client}: ${why}` });
    this.#stoppedAt = row;
  }
}

function isQuit(bytes: string): boolean {
  const parsed = parse(bytes.replace(/\r?\n$/, ''));
  return parsed.kind === 'command' && parsed.verb === 'quit';
}

/** How many lines and how many rows come before the nearest matching pair. */
function nextMatch(heard: readonly Heard[], wanted: readonly Step[]): [number, number] | undefined {
  for (let sum = 1; sum < heard.length + wanted.length; sum++) {
    for (let extra = 0; extra <= sum; extra++) {
      const [line, row] = [heard[extra], wanted[sum - extra]];
      if (line === undefined || row === undefined) continue;
      if (row.verb === 'closed' ? line.kind === 'end' : line.kind === 'line' && row.matches(line.text))
        return [extra, sum - extra];
    }
  }
  return undefined;
}
