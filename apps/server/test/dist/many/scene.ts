import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { outOfTurn, type Tally, tally } from '../../cluster/checker.ts';
import type { Meddle } from '../../cluster/engines/ports.ts';
import { Child } from '../child.ts';
import { MAIN, portOf } from '../command.ts';
import type { Door, Engine } from './engine.ts';
import { type TalkerOptions, Talker } from './talker.ts';

/** One of several servers that share their rooms, as a process of its own. */
export interface Node {
  readonly name: string;
  readonly child: Child;
  readonly port: number;
  readonly door: Door;
}

export interface SceneOptions {
  /** @default a, b and c */
  readonly nodes?: readonly string[];
  /** Clients, spread over the nodes. @default 12 */
  readonly clients?: number;
  readonly talker?: TalkerOptions;
  /** @default strict order; every client hears every turn */
  readonly flags?: readonly string[];
  readonly meddle?: Meddle;
}

/** What a run came to. */
export interface Verdict extends Tally {
  /** The longest time without a turn that a client which stayed has seen since the fault. In milliseconds. */
  readonly stallMs: number;
  /** How many lines were answered. */
  readonly lines: number;
}

const STRICT = ['--order', 'strict', '--deliver', 'all'];

let scenes = 0;

/** Nodes that share their rooms, and clients that talk to them. */
export class Scene {
  readonly cluster: string = `many-${process.pid}-${++scenes}`;
  readonly engine: Engine;
  readonly nodes: Map<string, Node> = new Map();
  readonly talkers: Talker[] = [];
  readonly #options: SceneOptions;
  readonly #flags: readonly string[];
  /** Clients of nodes that a fault has ended, and when it began. */
  readonly #leftAt = new Map<Talker, number>();
  readonly #ended: Node[] = [];
  /** How many clients are there from the start. */
  readonly #first: number;
  #faultAt = Infinity;

  constructor(engine: Engine, options: SceneOptions = {}) {
    this.engine = engine;
    this.#options = options;
    const { clients = 12, flags = STRICT } = options;
    this.#first = clients;
    this.#flags = [...flags, '--clients', String(clients)];
  }

  /** All nodes are up, and all clients talk. */
  async begin(): Promise<void> {
    const { nodes = ['a', 'b', 'c'] } = this.#options;
    const [first, ...others] = nodes;
    await this.start(first!);
    await Promise.all(others.map((name) => this.start(name)));
    for (let n = 0; n < this.#first; n++) await this.enter(nodes[n % nodes.length]!);
    for (const talker of this.talkers) talker.talk();
  }

  /** Starts a node, with a way to the log of its own. Settles when it listens. `name`: what it calls itself. */
  async start(key: string, name: string = key): Promise<Node> {
    const door = await this.engine.door(this.#options.meddle);
    const where = ['--port', '0', '--join', door.join, '--cluster', this.cluster, '--node', name];
    const child = new Child(process.execPath, [MAIN, ...where, ...this.#flags]);
    const old = this.nodes.get(key);
    if (old !== undefined) this.#ended.push(old);
    await child.until(({ lines }) => lines.length > 0, 'its first line');
    const node = { name: key, child, door, port: portOf(child.lines[0]) };
    this.nodes.set(key, node);
    return node;
  }

  /** A client comes to a node. */
  async enter(name: string, how: TalkerOptions | undefined = this.#options.talker): Promise<Talker> {
    const talker = await Talker.in(`c${this.talkers.length}`, name, this.node(name).port, how);
    this.talkers.push(talker);
    return talker;
  }

  node(name: string): Node {
    return this.nodes.get(name)!;
  }

  /** The clients of nodes that no fault has ended. */
  get staying(): Talker[] {
    return this.talkers.filter((talker) => !this.#leftAt.has(talker));
  }

  /** The fault begins. `ends`: the nodes that it ends. Returns their clients. */
  fault(...ends: readonly string[]): Talker[] {
    const now = performance.now();
    this.#faultAt = Math.min(this.#faultAt, now);
    const victims = this.staying.filter(({ at }) => ends.includes(at));
    for (const talker of victims) this.#leftAt.set(talker, now);
    return victims;
  }

  /** A client that is not to stay. */
  drop(talker: Talker): void {
    this.#leftAt.set(talker, performance.now());
  }

  /** Seats that anybody has heard leave. */
  get left(): number[] {
    const turns = this.talkers.flatMap(({ order }) => order);
    return turns.flatMap((turn) => (typeof turn === 'object' && 'left' in turn ? [turn.left] : []));
  }

  /** Every client that stays is answered this many times more. */
  async rounds(count: number): Promise<void> {
    await Promise.all(
      this.staying.map((talker) => {
        const want = talker.answers.length + count;
        return talker.until(() => talker.answers.length >= want, `answer ${want}`);
      }),
    );
  }

  /** Every client that stays has heard that these left, because their node is gone. */
  async haveLeft(talkers: readonly Talker[], why = 'node gone'): Promise<void> {
    const seats = talkers.map(({ seat }) => seat);
    const knows = ({ order }: Talker): boolean =>
      seats.every((seat) =>
        order.some((one) => typeof one === 'object' && 'left' in one && one.left === seat && one.why === why),
      );
    await Promise.all(
      this.staying.map((talker) => talker.until(() => knows(talker), `LEAVE of ${seats.join(', ')}`)),
    );
  }

  /** Everybody says their last line. Says what is wrong with what was answered, and in which order. */
  async verdict(): Promise<Verdict> {
    const { staying } = this;
    // In strict order a line waits for those who have said nothing, so nobody falls silent before all are answered.
    await Promise.all(staying.map((talker) => talker.speakIfAwaited()));
    for (const talker of staying) talker.fallSilent();
    await Promise.all(staying.map((talker) => talker.answered()));
    // What comes back after the last answer of all comes after everything.
    await Promise.all(staying.map((talker) => talker.sync()));
    const histories = this.talkers.map(({ who, said, answers, hasBye, ...more }) => {
      const stayed = staying.some((one) => one.who === who);
      return { who, said, answers, hasBye, stayed, ...more };
    });
    const isHeardByAll = this.#flags.join(' ').includes('--deliver all');
    const heard = histories.map(({ who, turns, stayed }, index) => {
      return { node: who, served: turns.map(({ text }) => text), stayed, isLate: index >= this.#first };
    });
    const found = tally(histories, isHeardByAll ? heard : []);
    const turn = this.#options.flags === undefined ? this.#outOfTurn() : undefined;
    return {
      ...found,
      outOfOrder: found.outOfOrder + (turn === undefined ? 0 : 1),
      wrong: turn === undefined ? found.wrong : [...found.wrong, turn],
      lines: this.talkers.reduce((sum, { answers }) => sum + answers.length, 0),
      stallMs: Math.max(...this.talkers.map((talker) => this.#longestGap(talker))),
    };
  }

  /** Keeps what nodes and log have said, and returns where. */
  keepLogs(): string {
    const folder = mkdtempSync(join(tmpdir(), 'proto-many-'));
    for (const [index, { name, child }] of [...this.#ended, ...this.nodes.values()].entries()) {
      writeFileSync(join(folder, `${index}-${name}.log`), `${child.stdout}\n== stderr\n${child.stderr}`);
    }
    for (const { who, at, said, answers, order, events } of this.talkers) {
      const history = {
        who,
        at,
        said: said.length,
        answers: answers.length,
        events,
        order: order.slice(-100),
      };
      writeFileSync(join(folder, `client-${who}.json`), JSON.stringify(history));
    }
    this.engine.keepLogs(folder);
    return folder;
  }

  /** Ends what is left. */
  async end(): Promise<void> {
    for (const talker of this.talkers) talker.leave();
    const nodes = [...this.#ended, ...this.nodes.values()];
    for (const { child } of nodes) child.kill('SIGKILL');
    await Promise.all(nodes.map(({ child }) => child.exit));
    for (const { door } of nodes) for (const relay of door.relays) relay.close();
  }

  /** The longest time without a turn that a client has seen since the fault, while it stayed. */
  #longestGap(talker: Talker): number {
    const until = this.#leftAt.get(talker) ?? Infinity;
    const times = talker.turns.map(({ at }) => at).filter((at) => at <= until);
    const gaps = times.map((at, index) => (at < this.#faultAt ? 0 : at - (times[index - 1] ?? at)));
    return gaps.reduce((longest, gap) => Math.max(longest, gap), 0);
  }

  /** The ring as one that stayed from the start saw it. */
  #outOfTurn(): string | undefined {
    const first = this.talkers.slice(0, this.#first);
    const witness = first.reduce((most, talker) => (talker.turns.length > most.turns.length ? talker : most));
    return outOfTurn(
      witness.order,
      first.map(({ seat }) => seat),
    );
  }
}
