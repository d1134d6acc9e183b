import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { constants, setPriority } from 'node:os';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { figure, size } from '../../faults/figure.ts';
import { connectDeaf } from '../client.ts';
import { start } from '../command.ts';

/** Says one line at a time, and holds each reply against its line. */
class Honest {
  readonly tookMs: number[] = [];
  wrong = 0;
  readonly #socket: Socket;
  readonly #name: number;
  #said = 0;
  #at = 0;
  #partial = '';
  #stopped: (() => void) | undefined;

  constructor(socket: Socket, name: number) {
    this.#socket = socket;
    this.#name = name;
    socket.on('data', (chunk: Buffer) => {
      const lines = (this.#partial + chunk.toString('latin1')).split('\n');
      this.#partial = lines.pop() ?? '';
      for (const line of lines) if (!line.startsWith('* ')) this.#onReply(line);
    });
    socket.resume();
  }

  get served(): number {
    return this.#said;
  }

  begin(): void {
    this.tookMs.length = 0;
    this.#stopped = undefined;
    this.#say();
  }

  /** Settles when the last line has been answered. */
  stop(): Promise<void> {
    return new Promise((resolve) => {
      this.#stopped = resolve;
    });
  }

  #say(): void {
    this.#at = performance.now();
    this.#socket.write(`client ${this.#name} line ${++this.#said}\n`);
  }

  #onReply(reply: string): void {
    this.tookMs.push(performance.now() - this.#at);
    if (reply !== `CLIENT ${this.#name} LINE ${this.#said}`) this.wrong++;
    if (this.#stopped) this.#stopped();
    else this.#say();
  }
}

const RABBLE = fileURLToPath(new URL('rabble.mjs', import.meta.url));

async function tell(rabble: ChildProcess, message: object): Promise<void> {
  const done = once(rabble, 'message');
  rabble.send(message);
  await done;
}

/** The p99 of one stretch of time, over all. */
async function stretch(crowd: readonly Honest[], ms: number): Promise<number> {
  for (const honest of crowd) honest.begin();
  await wait(ms);
  await Promise.all(crowd.map((honest) => honest.stop()));
  const took = crowd.flatMap(({ tookMs }) => tookMs).toSorted((one, other) => one - other);
  return took[Math.floor(took.length * 0.99)] ?? Number.NaN;
}

const median = (numbers: readonly number[]): number =>
  numbers.toSorted((one, other) => one - other)[Math.floor(numbers.length / 2)] ?? Number.NaN;

test('crowd: those who behave get every reply in order, among as many who do not', async () => {
  const each = size(4, 100);
  const ms = size(150, 3_000);
  const flags = '--order fair --quit self --partial-line-timeout-ms 10000 --outbox-timeout-ms 60000';
  const { port } = await start(...flags.split(' '));
  const crowd: Honest[] = [];
  for (let name = 1; name <= 5 * each; name++) crowd.push(new Honest(await connectDeaf(port), name));
  const rabble = fork(RABBLE);
  // The machine is not to take the time of those who measure for it.
  if (size(0, 1) === 1 && rabble.pid !== undefined) setPriority(rabble.pid, constants.priority.PRIORITY_LOW);
  onTestFinished(() => void rabble.kill('SIGKILL'));
  await stretch(crowd, ms);
  const alone: number[] = [];
  const among: number[] = [];
  for (let round = 0; round < size(1, 5); round++) {
    alone.push(await stretch(crowd, ms));
    await tell(rabble, { port, each });
    await wait(size(50, 500));
    among.push(await stretch(crowd, ms));
    await tell(rabble, { each: 0 });
    await wait(size(50, 500));
  }
  const wrong = crowd.reduce((sum, honest) => sum + honest.wrong, 0);
  expect(wrong).toBe(0);
  expect(crowd.every(({ served }) => served > 1)).toBe(true);
  figure({
    id: 'crowd',
    what: `replies wrong or lost of ${crowd.reduce((sum, { served }) => sum + served, 0)}`,
    value: wrong,
    unit: '',
    atMost: 0,
  });
  figure({
    id: 'crowd',
    what: 'p99 among 500 who do not behave, to that without',
    value: median(among) / median(alone),
    unit: 'x',
    atMost: 3,
  });
});
