import { spawn } from 'node:child_process';
import { type Nats, startNats } from '../../../apps/server/test/cluster/engines/nats.ts';
import { buildIn, HERE, portSaid, words } from '../server/command.ts';
import { answer, path, type Running, running, TYPESCRIPT } from '../server/processes.ts';

/** How many servers share their rooms, and how many NATS servers keep the log, where nothing else is said. */
const COUNT = 3;

/** Servers that share their rooms. */
export interface Cluster {
  readonly nodes: readonly Running[];
  /** Processor time that all NATS servers have used so far. */
  natsSeconds(): number;
  stop(): Promise<void>;
}

/** Starts one of the servers that share their rooms. `join`: addresses of NATS. */
export type StartNode = (join: string, cluster: string, name: string) => Promise<Running>;

/** The command as a user starts it, on any core, with its log into a pipe that is read. */
export function command(...flags: string[]): StartNode {
  return async (join, cluster, name) => {
    const named = ['--join', join, '--cluster', cluster, '--node', name];
    return started([...named, ...flags], (text) => {
      const isKeptOnce = text.includes('kept once');
      if (isKeptOnce && join.includes(','))
        throw new Error('Cannot measure: the log is not kept three times');
      if (!isKeptOnce) process.stderr.write(text);
    });
  };
}

/** One server without a log, started in the same way. */
export async function alone(...flags: string[]): Promise<Cluster> {
  const node = await started(flags, (text) => void process.stderr.write(text));
  return { nodes: [node], natsSeconds: () => 0, stop: () => node.stop() };
}

async function started(flags: readonly string[], onError: (text: Buffer) => void): Promise<Running> {
  const argv = words(flags, buildIn(HERE).main);
  const child = spawn(process.execPath, argv, { stdio: ['ignore', 'pipe', 'pipe'] });
  child.stderr.on('data', onError);
  return running(child, await portSaid(child.stdout));
}

/** The library in a small program, in free order. `apart`: each record is an entry of its own. */
export function program(entries: 'together' | 'apart'): StartNode {
  return async (...args) => {
    const argv = ['--conditions=@proto/source', TYPESCRIPT, path('../many/servers/node.ts'), entries];
    const child = spawn(process.execPath, [...argv, ...args], {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    return running(child, await answer<number>(child));
  };
}

/** NATS servers that each keep a copy, and clusters of servers on them. */
export class Logs {
  readonly #nats: Nats;
  #clusters = 0;

  static async start(copies: 1 | 3 = COUNT): Promise<Logs> {
    return new Logs(await startNats(copies));
  }

  private constructor(nats: Nats) {
    this.#nats = nats;
  }

  async cluster(start: StartNode, count: number = COUNT): Promise<Cluster> {
    const name = `bench-${++this.#clusters}`;
    const { direct, pids } = this.#nats;
    const nodes: Running[] = [];
    // One after another: the first makes the log. Each asks another NATS server first.
    for (let n = 0; n < count; n++) {
      const urls = direct.map((_, index) => direct[(index + n) % direct.length]!);
      nodes.push(await start(urls.join(','), name, `n${n}`));
    }
    const nats = pids.map((pid) => running({ pid }, 0));
    return {
      nodes,
      natsSeconds: () => nats.reduce((sum, each) => sum + each.cpuSeconds(), 0),
      stop: async () => void (await Promise.all(nodes.map((node) => node.stop()))),
    };
  }

  stop(): Promise<void> {
    return this.#nats.stop();
  }
}
