import { someLines } from '../wire.ts';
import { type Client, connectAll } from './client.ts';
import { Matcher } from './matcher.ts';
import type { Opened, Task } from './task.ts';

const KINDS = 64;
const ASTERISK = 0x2a;

/** One client that sends a block of lines, and the next when every line of it is answered in capitals. */
class Asker {
  blocks = 0;
  sent = 0;
  /** When it wrote last. */
  at = 0;
  readonly #client: Client;
  readonly #block: Buffer;

  constructor(client: Client, lines: readonly string[], onAnswered: (asker: Asker) => void) {
    this.#client = client;
    this.#block = Buffer.from(lines.map((line) => `${line}\n`).join(''), 'latin1');
    const units = lines.map((line) => Buffer.from(`${line.toUpperCase()}\n`, 'latin1'));
    const matcher = new Matcher({ units, noise: ASTERISK });
    client.onBytes = (bytes, length): void => {
      const blocks = matcher.feed(bytes, length);
      if (blocks === 0) return;
      this.blocks += blocks;
      if (this.blocks !== this.sent) throw new Error('Cannot go on: an answer to what was not asked');
      onAnswered(this);
    };
  }

  ask(): void {
    this.sent++;
    this.at = performance.now();
    this.#client.socket.write(this.#block);
  }
}

/** Opens clients that each send `batch` lines at a time and wait for the answers. */
export async function openAnswers({
  ports,
  clients: count,
  batch,
  together,
  timed = false,
  tls = false,
}: Extract<Task, { kind: 'answers' }>): Promise<Opened> {
  const lines = someLines(KINDS);
  const clients = await connectAll(count, ports, () => ({ tls }));
  let until = 0;
  let last = 0;
  let busy = 0;
  let finish: (() => void) | undefined;
  const isOver = ({ sent }: Asker): boolean => {
    if (performance.now() < until) return false;
    if (together) last ||= Math.max(...askers.map((asker) => asker.sent));
    return sent >= last;
  };
  let waitedMs: number[] = [];
  const onAnswered = (asker: Asker): void => {
    if (timed) waitedMs.push(performance.now() - asker.at);
    if (!isOver(asker)) return asker.ask();
    busy--;
    if (busy === 0) finish?.();
  };
  const askers = clients.map((client, index) => {
    const own = Array.from({ length: batch }, (_, at) => lines[(index + at) % KINDS]!);
    return new Asker(client, own, onAnswered);
  });
  return {
    async round(ms) {
      const before = askers.reduce((sum, { blocks }) => sum + blocks, 0);
      const begin = performance.now();
      until = begin + ms;
      last = 0;
      busy = askers.length;
      waitedMs = [];
      await new Promise<void>((resolve) => {
        finish = resolve;
        for (const asker of askers) asker.ask();
      });
      const blocks = askers.reduce((sum, asker) => sum + asker.blocks, 0) - before;
      const seconds = (performance.now() - begin) / 1000;
      const sorted = waitedMs.toSorted((a, b) => a - b);
      const part = (share: number): number => sorted[Math.floor(share * sorted.length)]!;
      const latency = { p50Ms: part(0.5), p99Ms: part(0.99) };
      return { lines: blocks * batch, seconds, ...(timed && { latency }) };
    },
    close() {
      for (const client of clients) client.close();
    },
  };
}
