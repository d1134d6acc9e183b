import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts, type Meddle, Relay, untilFree } from './ports.ts';

/** NATS servers of one cluster. Clients reach them through relays, so that they can be cut off. */
export class Nats {
  readonly folder: string = mkdtempSync(join(tmpdir(), 'proto-nats-'));
  readonly relays: Relay[] = [];
  readonly #doors: Relay[] = [];
  readonly #ports: readonly number[];
  readonly #count: number;
  readonly #processes: (ChildProcess | undefined)[] = [];

  constructor(count: number, ports: readonly number[]) {
    this.#count = count;
    this.#ports = ports;
    process.on('exit', this.#killAll);
  }

  get urls(): URL[] {
    return this.relays.map(({ port }) => new URL(`nats://127.0.0.1:${port}`));
  }

  /** The servers themselves, for what is measured: a relay takes time. */
  get direct(): URL[] {
    return this.relays.map((_, n) => new URL(`nats://127.0.0.1:${this.#ports[n]}`));
  }

  /** The processes that run. */
  get pids(): number[] {
    return this.#processes.flatMap((child) => child?.pid ?? []);
  }

  /** A relay to each server, for one that is to be cut off alone. With `isSilent`, it learns no other way. */
  async door(meddle?: Meddle): Promise<Relay[]> {
    const relays = await Promise.all(this.relays.map((_, n) => Relay.to(this.#ports[n]!, meddle)));
    this.#doors.push(...relays);
    return relays;
  }

  async begin(settings: Settings): Promise<this> {
    for (let n = 0; n < this.#count; n++) this.relays.push(await Relay.to(this.#ports[n]!));
    for (let n = 0; n < this.#count; n++) writeFileSync(this.#file(n), this.#config(n, settings));
    await Promise.all(this.relays.map((_, n) => this.start(n)));
    return this;
  }

  /** Starts a server. It dies if a port is busy, so the one before it must have let go of them. */
  async start(n: number): Promise<void> {
    await Promise.all(this.#portsOf(n).map(untilFree));
    const output = openSync(join(this.folder, `${name(n)}.log`), 'a');
    this.#processes[n] = spawn('nats-server', ['-c', this.#file(n)], { stdio: ['ignore', output, output] });
    await untilAccepts(this.#ports[n]!);
  }

  async kill(n: number, signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    const child = this.#processes[n];
    if (child === undefined) return;
    this.#processes[n] = undefined;
    child.kill(signal);
    await once(child, 'exit');
  }

  /** Stops a server without ending it: it accepts connections and says nothing. */
  async freeze(n: number): Promise<void> {
    const child = this.#processes[n];
    if (child === undefined) return;
    child.kill('SIGSTOP');
    while (!isStopped(child.pid!)) await new Promise((resolve) => setTimeout(resolve, 5));
  }

  thaw(n: number): void {
    this.#processes[n]?.kill('SIGCONT');
  }

  /** The number of a server by its name. */
  numberOf(server: string): number {
    return this.relays.findIndex((_, n) => name(n) === server);
  }

  cut(): void {
    for (const relay of this.relays) relay.cut();
  }

  async stop(): Promise<void> {
    for (const relay of [...this.relays, ...this.#doors]) relay.close();
    await Promise.all(this.relays.map((_, n) => this.kill(n)));
    process.off('exit', this.#killAll);
    rmSync(this.folder, { recursive: true });
  }

  readonly #killAll = (): void => {
    for (const child of this.#processes) child?.kill('SIGKILL');
  };

  #portsOf(n: number): number[] {
    return this.#count === 1 ? [this.#ports[n]!] : [this.#ports[n]!, this.#ports[this.#count + n]!];
  }

  #file(n: number): string {
    return join(this.folder, `${name(n)}.conf`);
  }

  #config(n: number, { more = '', jetstream = '', isSilent = false }: Settings): string {
    const lines = [
      `server_name: ${name(n)}`,
      `listen: 127.0.0.1:${this.#ports[n]}`,
      `client_advertise: "127.0.0.1:${this.relays[n]!.port}"`,
      ...(jetstream === 'none'
        ? []
        : [`jetstream { store_dir: "${join(this.folder, name(n))}", ${jetstream} }`]),
      more,
    ];
    if (this.#count > 1) {
      const routes = this.relays.map(
        (_, other) => `nats-route://127.0.0.1:${this.#ports[this.#count + other]}`,
      );
      lines.push(
        `cluster { name: test, no_advertise: ${isSilent}, listen: 127.0.0.1:${this.#ports[this.#count + n]}, routes: [${routes.join(', ')}] }`,
      );
    }
    return lines.join('\n');
  }
}

interface Settings {
  /** Lines of the configuration. */
  readonly more?: string;
  /** Settings of JetStream, or `none`: without it. */
  readonly jetstream?: string;
  /** Clients aren't told of the other servers. */
  readonly isSilent?: boolean;
}

/** Starts that many servers of one cluster. */
export async function startNats(count: number, settings: Settings = {}): Promise<Nats> {
  return new Nats(count, await freePorts(2 * count)).begin(settings);
}

function name(n: number): string {
  return `s${n}`;
}

/** Whether all threads of a process are stopped: not all of them are at once. */
function isStopped(pid: number): boolean {
  const tasks = `/proc/${pid}/task`;
  return readdirSync(tasks).every((task) =>
    /^State:\sT/m.test(readFileSync(join(tasks, task, 'status'), 'utf8')),
  );
}

/** Settles when a server accepts connections. */
async function untilAccepts(port: number): Promise<void> {
  for (;;) {
    const socket = connect(port, '127.0.0.1');
    const isThere = await once(socket, 'connect').then(
      () => true,
      () => false,
    );
    socket.destroy();
    if (isThere) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
