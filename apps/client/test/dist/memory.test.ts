import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { has } from '../needs.ts';
import { serve } from '../scripted-server.ts';

const MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

/** How much a client is made to show. The whole run: `SHOWN_MIB=1024 TEST_DIST=1 npx vitest run test/dist/memory.test.ts`. */
const SHOWN_MIB = Number(process.env['SHOWN_MIB'] ?? 12);
/** Runs a command in a pty. */
const PTY = 'script';

const MIB = 1_048_576;

/** What the second half may need more than the first. In MiB. */
const MOST_GROWTH_MIB = 8;

/** A MiB of events that a client shows, one line each. */
const CHUNK = Buffer.alloc(MIB, `* MSG 1 ${'what somebody said '.repeat(4)}\n`, 'latin1');

const LF = 0x0a;
const LINES_A_MIB = CHUNK.filter((byte) => byte === LF).length;
const LINES_A_LOOK = Math.floor(LINES_A_MIB / 8);

/** Memory that a process holds. In MiB. */
function residentMib(pid: number): number {
  const status = existsSync(`/proc/${pid}/status`) ? readFileSync(`/proc/${pid}/status`, 'latin1') : '';
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) / 1024;
}

/** Takes what a process shows, and how much it holds meanwhile: by lines shown, whenever they were sent. */
class Watch {
  /** The most in the first half of the lines, and in the second. In MiB. */
  readonly most: [number, number] = [0, 0];
  #pid = 0;
  #head = '';
  #lines = 0;

  take(bytes: Buffer): void {
    if (this.#pid === 0) {
      this.#head += bytes.toString('latin1');
      this.#pid = Number(/pid (\d+)\s/.exec(this.#head)?.[1] ?? 0);
    }
    for (let at = bytes.indexOf(LF); at !== -1; at = bytes.indexOf(LF, at + 1)) {
      if (++this.#lines % LINES_A_LOOK === 0) this.#look();
    }
  }

  #look(): void {
    const half = this.#lines * 2 < SHOWN_MIB * LINES_A_MIB ? 0 : 1;
    this.most[half] = Math.max(this.most[half], residentMib(this.#pid));
  }
}

/** Sends the whole to a client, as fast as it takes it. */
async function flood(socket: Socket): Promise<void> {
  socket.write('* WELCOME 2 1 main 1\n');
  for (let mib = 0; mib < SHOWN_MIB; mib++) {
    // Whole lines: the tail of a chunk is the head of the next.
    if (!socket.write(CHUNK)) await once(socket, 'drain');
  }
  socket.end('\n* BYE end\n');
}

interface Run {
  readonly code: number;
  readonly most: readonly [number, number];
}

/** Floods a client, started by `start`. */
async function run(start: (command: string) => ChildProcess): Promise<Run> {
  await using server = await serve(flood);
  // A heap that cannot hold what is shown: whoever keeps it dies.
  const node = `'${process.execPath}' --max-old-space-size=40 --max-semi-space-size=2 '${MAIN}' :${server.port}`;
  const child = start(`echo "pid $$"; exec ${node}`);
  const watch = new Watch();
  for (const stream of [child.stdout!, child.stderr!])
    stream.on('data', (bytes: Buffer) => watch.take(bytes));
  const [code] = (await once(child, 'close')) as [number];
  return { code, most: watch.most };
}

describe.runIf(existsSync('/proc/self/status'))('memory', () => {
  const table: [string, boolean, (command: string) => ChildProcess][] = [
    [
      'on a terminal',
      has(PTY, '--version', 'the terminal program in a pty'),
      (command) =>
        spawn(PTY, [
          '-qec',
          `env XDG_STATE_HOME=/nowhere/at/all sh -c '${command.replaceAll("'", `'"'"'`)}'`,
          '/dev/null',
        ]),
    ],
    ['as a pipe', true, (command) => spawn('sh', ['-c', command], { stdio: ['pipe', 'pipe', 'pipe'] })],
  ];
  test.each(table.filter(([, isHere]) => isHere))(
    `proto-client: %s: stays flat while ${SHOWN_MIB} MiB of events are shown`,
    async (_, __, start) => {
      const { code, most } = await run(start);
      const [first, second] = most;
      if (SHOWN_MIB > 12)
        process.stdout.write(`first half ${first.toFixed(1)} MiB, second half ${second.toFixed(1)} MiB\n`);
      expect(code).toBe(0);
      expect(first).toBeGreaterThan(10);
      expect(second - first).toBeLessThan(MOST_GROWTH_MIB);
    },
    600_000,
  );
});
