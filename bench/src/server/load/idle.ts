import { type Client, connectAll } from './client.ts';
import type { Opened, Task } from './task.ts';

// Ports of one address run out before connections do.
const PER_ADDRESS = 5_000;

/** Clients that say nothing; a round has some of them say a line, and waits for the answer of each. */
export async function openIdle({
  port,
  clients: count,
  sampled,
}: Extract<Task, { kind: 'idle' }>): Promise<Opened> {
  const clients = await connectAll(count, port, (index) => ({
    localAddress: `127.0.0.${2 + Math.floor(index / PER_ADDRESS)}`,
  }));
  return {
    async round() {
      const begin = performance.now();
      const step = Math.floor(count / sampled);
      const chosen = clients.filter((_, index) => index % step === 0).slice(0, sampled);
      await Promise.all(chosen.map((client, index) => answered(client, `Still here ${index}`)));
      return { lines: chosen.length, seconds: (performance.now() - begin) / 1000 };
    },
    close() {
      for (const client of clients) client.close();
    },
  };
}

async function answered(client: Client, line: string): Promise<void> {
  let seen = '\n';
  await new Promise<void>((resolve) => {
    client.onBytes = (chunk, length): void => {
      seen += chunk.toString('latin1', 0, length);
      if (seen.includes(`\n${line.toUpperCase()}\n`)) resolve();
    };
    client.socket.write(`${line}\n`);
  });
}
