import { spawn } from 'node:child_process';
import type { Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { count } from '@proto/protocol';
import { escape } from '@proto/xray';
import type { Server } from '../server.ts';

/** Sends one message to a supervisor, behind those before it. Rejects if it can't. */
export type Send = (assignments: readonly string[]) => Promise<void>;

/** What a supervisor has told this process. */
export interface Supervision {
  /** Where it takes messages: a path, or `@name`. */
  readonly socket: string;
  /** How often it wants to hear that this process is alive; `undefined`: it doesn't. In milliseconds. */
  readonly aliveMs: number | undefined;
}

const VARIABLES = ['NOTIFY_SOCKET', 'WATCHDOG_USEC', 'WATCHDOG_PID'] as const;
/** Messages that may be on their way. A supervisor that takes none doesn't fill the memory. */
const MOST_UNDERWAY = 16;
const ENDED = '1 /bin/sh has ended';
const NOT_THERE = 'there is no systemd-notify. Install systemd, or leave out Type=notify';

/**
 * What the environment says of a supervisor, such as systemd. Removes it there: it's for this process, not for those that it starts.
 *
 * Source: sd_notify(3), sd_watchdog_enabled(3).
 */
export function takeSupervision(
  env: Record<string, string | undefined>,
  pid: number,
): Supervision | undefined {
  const [socket, micros, forPid] = VARIABLES.map((name) => env[name]);
  for (const name of VARIABLES) delete env[name];
  if (socket === undefined || socket === '') return undefined;
  const isForUs = forPid === undefined || forPid === '' || forPid === String(pid);
  const isTime = micros !== undefined && /^[1-9]\d{0,14}$/.test(micros);
  // Twice in the time after which it would act.
  return { socket, aliveMs: isForUs && isTime ? Math.max(1, Number(micros) / 2_000) : undefined };
}

/**
 * Takes a message as a line, its assignments separated by tabs, and answers with what `systemd-notify` has said and its exit
 * code. A supervisor that signals all processes of a service doesn't end it, nor does the end of those who read its answers. The end of its input does.
 */
const HELPER = `
trap '' TERM INT HUP PIPE
set -f
while IFS= read -r line; do
  IFS='\t'
  said=$(systemd-notify $line 2>&1)
  printf '%s %s\\n' "$?" "$(printf %s "$said" | tail -n 1)"
done
`;

/**
 * Sends through `systemd-notify`: Node has no datagram sockets of this kind (docs/decisions/0019-systemd-notify.md). A shell
 * starts it, because to fork a large process takes long. Call this early.
 */
export function sendBy(socket: string, path: string | undefined = process.env['PATH']): Send {
  const helper = spawn('/bin/sh', ['-c', HELPER], {
    env: { PATH: path, NOTIFY_SOCKET: socket },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const waiting: ((answer: string) => void)[] = [];
  const answers = createInterface(helper.stdout);
  answers.on('line', (line) => waiting.shift()?.(line));
  answers.on('close', () => waiting.splice(0).forEach((hear) => hear(ENDED)));
  helper.on('error', () => {});
  helper.stdin.on('error', () => {});
  // It ends with this process, and doesn't keep it alive.
  helper.unref();
  for (const pipe of [helper.stdin, helper.stdout]) (pipe as Socket).unref();
  return (assignments) =>
    new Promise((resolve, reject) => {
      const hear = (answer: string): void => {
        const [, code, said = ''] = /^(\d+) (.*)$/.exec(answer) ?? [];
        if (code === '0') resolve();
        else reject(new Error(code === '127' ? NOT_THERE : said));
      };
      if (!helper.stdin.writable) return hear(ENDED);
      waiting.push(hear);
      // Once it's in the pipe it's sent, even if this process ends.
      helper.stdin.write(`${assignments.join('\t')}\n`);
    });
}

/** Tells a supervisor how a server is doing: ready, reloading, stopping, alive. */
export class Supervisor {
  readonly #send: Send;
  readonly #aliveMs: number | undefined;
  readonly #warn: (line: string) => void;
  #underway = 0;
  #hasFailed = false;
  #isReloading = false;
  #reloadsAgain = false;
  #alive: NodeJS.Timeout | undefined;

  constructor({ socket, aliveMs }: Supervision, warn: (line: string) => void, send: Send = sendBy(socket)) {
    this.#send = send;
    this.#aliveMs = aliveMs;
    this.#warn = warn;
  }

  /** Shows a line to the people who ask the supervisor. */
  status(text: string): void {
    this.#tell(`STATUS=${text}`);
  }

  /** Tells it everything about a server until `stop()`. */
  watch(server: Server): void {
    const { graceMs, lingerMs } = server.settings;
    let address = '';
    server.on('listening', (listening) => {
      // A path may contain what ends a message.
      address = escape(listening.address);
      this.#tell('READY=1', `STATUS=listening on ${address}`);
    });
    const stopping = (text: string, ms: number): void =>
      this.#tell('STOPPING=1', `STATUS=${text}`, `EXTEND_TIMEOUT_USEC=${ms * 1_000}`);
    server.on('drain', ({ ms }) => stopping('draining', ms + graceMs + lingerMs));
    server.on('quit', ({ scope, told }) => {
      if (scope === 'all') stopping(`closing, ${count(told.length, 'client')} told`, graceMs + lingerMs);
    });
    if (this.#aliveMs === undefined) return;
    const alive = (): void => {
      if (this.#underway > 0) return;
      const status = server.isReady
        ? [`STATUS=listening on ${address}, ${count(server.load().clients, 'client')}`]
        : [];
      this.#tell('WATCHDOG=1', ...status);
    };
    this.#alive = setInterval(alive, this.#aliveMs).unref();
  }

  /** Reloads, and says so before and after. A call while it reloads causes one more. */
  async reload(reload: () => Promise<void>): Promise<void> {
    this.#reloadsAgain = this.#isReloading;
    if (this.#isReloading) return;
    this.#isReloading = true;
    try {
      do {
        this.#reloadsAgain = false;
        this.#tell('RELOADING=1', `MONOTONIC_USEC=${process.hrtime.bigint() / 1_000n}`);
        await reload();
        this.#tell('READY=1');
      } while (this.#reloadsAgain);
    } finally {
      this.#isReloading = false;
    }
  }

  /** Says no more that it's alive. */
  stop(): void {
    clearInterval(this.#alive);
  }

  #tell(...assignments: string[]): void {
    if (this.#underway >= MOST_UNDERWAY) return;
    this.#underway++;
    const over = (error?: Error): void => {
      this.#underway--;
      if (error && !this.#hasFailed) this.#warn(`Cannot tell the supervisor: ${error.message}`);
      this.#hasFailed = error !== undefined;
    };
    this.#send(assignments).then(() => over(), over);
  }
}
