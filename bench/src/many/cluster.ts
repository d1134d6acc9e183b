import { spawn } from 'node:child_process';
import { type Nats, startNats } from '../../../apps/server/test/cluster/engines/nats.ts';
import { buildIn, HERE, portSaid, words } from '../server/command.ts';
import { answer, path, type Running, running, TYPESCRIPT } from '../server/processes.ts';

/** How many servers share their rooms, and how many NATS servers keep the log. */
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
    const argv = words([...named, ...flags], buildIn(HERE).main);
    const child = spawn(process.execPath, argv, { stdio: ['ignore', 'pipe', 'pipe'] });
    child.stderr.on('data', (text: Buffer) => {
      process.stderr.write(text);
      if (text.includes('kept once')) throw new Error('Cannot measure: the log is not kept three times');
    });
    return running(child, await portSaid(child.stdout));
  };
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

/** Three NATS servers that keep three copies, and clusters of three servers on them. */
export class Logs {
  readonly #nats: Nats;
  #clusters = 0;

  static async start(): Promise<Logs> {
    return new Logs(await startNats(COUNT));
  }

  private constructor(nats: Nats) {
    this.#nats = nats;
  }

  async cluster(start: StartNode): Promise<Cluster> {
    const name = `bench-${++this.#clusters}`;
    const { direct, pids } = this.#nats;
    const nodes: Running[] = [];
    // One after another: the first makes the log. Each asks another NATS server first.
    for (let n = 0; n < COUNT; n++) {
      const urls = direct.map((_, index) => direct[(index + n) % COUNT]!);
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
