import { createHash, type Hash } from 'node:crypto';
import type { Entry, ServerEvents } from '@proto/server';
import { isOfClient, type OperatorStep, type Plan, type Step } from '../plan/plan.ts';
import { Random } from '../random.ts';
import { WorldClock } from './clock.ts';
import { Passes } from './passes.ts';
import { Player } from './player.ts';
import { type Node, startServers } from './servers.ts';
import type { WorldSocket } from './socket.ts';

/** More passes than any conversation takes before everything rests. */
const MOST_PASSES = 20_000;
/** After the end of a world nothing is due for so long. In milliseconds. */
const MOST_MS = 600_000;

/** What an observer of this world throws. Nobody catches it. An error with a stack would take longer than the rest. */
const OUTBURST = Symbol('thrown by an observer of this world');

/** Sees all that happens in a world. */
export interface Witness {
  /** A server exists, and nobody has connected. */
  started(node: number): void;
  event<Name extends keyof ServerEvents>(node: number, name: Name, event: ServerEvents[Name][0]): void;
  before(node: number, entry: Entry): void;
  after(node: number, entry: Entry): void;
  connected(player: Player, node: number): void;
  heard(player: Player, line: string): void;
  ended(player: Player): void;
  /** Everything has come to rest, at one moment of the world. */
  rested(): void;
  /** An error that nobody caught. */
  uncaught(error: unknown): void;
  /** Nothing will happen any more. */
  over(): void;
}

const NAMES = [
  'entry',
  'listening',
  'join',
  'leave',
  'name',
  'refuse',
  'cut',
  'drop',
  'throttle',
  'line',
  'fault',
  'send',
  'turn',
  'rounds',
  'waited',
  'passedOver',
  'hold',
  'handlerError',
  'drain',
  'quit',
  'quitDone',
  'node',
  'away',
  'chunkEnd',
] as const satisfies readonly (keyof ServerEvents)[];

/** What is told of connections, and not of lines. */
const FEW = [
  'listening',
  'join',
  'leave',
  'refuse',
  'cut',
  'drop',
  'quit',
  'quitDone',
] as const satisfies readonly (keyof ServerEvents)[];

/** A world in which a plan happens. */
export class World {
  readonly plan: Plan;
  readonly clock: WorldClock;
  readonly players: readonly Player[];
  readonly nodes: Node[] = [];
  /** What the servers' ends of all connections are. */
  readonly sockets: WorldSocket[] = [];
  readonly #passes: Passes;
  readonly #witness: Witness;
  readonly #watch: (world: World) => () => void;
  #unwatch = (): void => {};
  readonly #hash: Hash = createHash('sha256');
  /** Gets each thing that happens, as a line. */
  trace: ((line: string) => void) | undefined;
  /** How many moments there were. */
  moments = 0;

  /** `watch`: called when the first server exists. What it returns is called before the servers are closed. */
  constructor(
    plan: Plan,
    witness: (world: World) => Witness,
    asks: (bytes: string) => number,
    watch: (world: World) => () => void = () => () => {},
  ) {
    this.#watch = watch;
    this.plan = plan;
    this.clock = new WorldClock(plan.lookMs);
    this.#passes = new Passes(this.clock);
    const random = new Random(plan.seed ^ 0x5eed);
    const owner = {
      clock: this.clock,
      passes: this.#passes,
      arrive: (player: Player, socket: WorldSocket) => this.#arrive(player, socket),
      heard: (player: Player, line: string) => {
        this.#note(`${player.index} < ${line}`);
        this.#witness.heard(player, line);
      },
      ended: (player: Player) => {
        this.#note(`${player.index} ${player.ending}`);
        this.#witness.ended(player);
      },
      asks,
      isAnswer,
    };
    this.players = plan.clients.map((client, index) => new Player(index, client, owner, random.fork()));
    this.#witness = witness(this);
  }

  /** What happened, in 64 hex digits. */
  get digest(): string {
    return this.#hash.copy().digest('hex');
  }

  /** The player of a connection, by what the server calls its address. */
  playerAt(address: string): Player | undefined {
    return this.players.find((player) => player.address === address);
  }

  async run(): Promise<void> {
    const uncaught = (error: unknown): void => {
      if (error !== OUTBURST) this.#witness.uncaught(error);
    };
    process.on('uncaughtException', uncaught);
    process.on('unhandledRejection', uncaught);
    try {
      await this.#run();
    } catch (error) {
      this.#witness.uncaught(error);
    } finally {
      process.off('uncaughtException', uncaught);
      process.off('unhandledRejection', uncaught);
    }
    this.#witness.over();
  }

  async #run(): Promise<void> {
    const { plan, clock } = this;
    void this.#start();
    for (const step of plan.steps) clock.setTimeout(() => this.#do(step), step.at);
    clock.setTimeout(() => this.#closeAll(), plan.closeAt);
    await this.#passes.settle(MOST_PASSES);
    while (clock.time <= plan.closeAt + MOST_MS && clock.goOn()) {
      await this.#passes.settle(MOST_PASSES);
      this.moments++;
      this.#witness.rested();
    }
  }

  async #start(): Promise<void> {
    const { plan, clock } = this;
    await startServers(
      {
        plan,
        clock,
        random: new Random(plan.seed ^ 0x106),
        before: (node, entry) => this.#witness.before(node, entry),
        after: (node, entry) => this.#witness.after(node, entry),
        failed: (error) => this.#witness.uncaught(error),
      },
      (node) => this.#take(node),
    );
  }

  #take(node: Node): void {
    const index = this.nodes.push(node) - 1;
    const { server } = node;
    this.#witness.started(index);
    for (const name of this.plan.watcher === 'nobody' ? FEW : NAMES) {
      server.on(name, ((event: never) => {
        if (name !== 'chunkEnd' && name !== 'entry') this.#note(`${index} ${name} ${plain(event)}`);
        this.#witness.event(index, name, event);
      }) as never);
    }
    if (this.plan.watcher === 'listens' || this.plan.watcher === 'throws') this.#listen(node);
    if (index === 0) this.#unwatch = this.#watch(this);
    void server.listen();
  }

  /** Somebody who listens to what costs most, and now and then throws. */
  #listen({ server }: Node): void {
    let heard = 0;
    for (const name of ['entry', 'chunk', 'line', 'join'] as const) {
      server.on(name, () => {
        heard++;
        if (this.plan.watcher === 'throws' && heard % 7 === 0) throw OUTBURST;
      });
    }
  }

  #arrive(player: Player, socket: WorldSocket): boolean {
    this.sockets.push(socket);
    const { node, host } = player.plan;
    const onConnection = this.nodes[node]?.listener.onConnection;
    if (onConnection === undefined) return false;
    this.#witness.connected(player, node);
    onConnection({ duplex: socket, host, address: player.address });
    return true;
  }

  #do(step: Step): void {
    if (!isOfClient(step)) return this.#operate(step);
    const player = this.players[step.client];
    if (player === undefined) return;
    switch (step.do) {
      case 'connect':
        return player.connect();
      case 'send':
        return player.send(step.bytes, step.next === true);
      case 'fin':
        return player.fin();
      case 'reset':
        return player.reset();
      case 'vanish':
        return player.vanish();
      case 'deafen':
        return player.deafen();
      case 'listen':
        return player.listen();
      default:
        step satisfies never;
    }
  }

  #operate(step: OperatorStep): void {
    const server = this.nodes[step.node]?.server;
    if (server === undefined) return;
    switch (step.do) {
      case 'hold':
        return server.hold(step.room, true);
      case 'release':
        return server.hold(step.room, false);
      case 'step':
        return server.step(step.room, step.turns);
      case 'say':
        return server.say(step.text.slice(0, this.plan.options.maxLineBytes), step.room);
      case 'kick': {
        const address = this.players[step.client]?.address;
        const whom = [...server.people(100)].find((person) => person.address === address);
        return void (whom && server.kick(whom.client, 'x'));
      }
      case 'ban':
        return void server.ban(step.host, step.ms);
      case 'drain':
        return void server.drain({ drainMs: step.ms, reason: 'x' });
      case 'close':
        return void server.close({ graceMs: step.graceMs, reason: 'x' });
      default:
        step satisfies never;
    }
  }

  #closeAll(): void {
    this.#unwatch();
    for (const { server } of this.nodes) if (!server.isClosing) void server.close({ reason: 'x' });
  }

  #note(what: string): void {
    this.#hash.update(`${this.clock.time} ${what}\n`);
    this.trace?.(`${this.clock.time} ${what}`);
  }
}

/** Whether a line from a server with events is one that answers a message. */
export function isAnswer(line: string): boolean {
  if (!line.startsWith('* ')) return true;
  if (line === '* OK') return true;
  return ANSWERS.some((code) => line.startsWith(`* ERR ${code} `));
}

/** The codes that docs/protocol.md marks as answers. */
const ANSWERS = [
  'FRAME_TOO_LONG',
  'FRAME_BAD_BYTE',
  'FRAME_BARE_CR',
  'FRAME_INCOMPLETE',
  'MESSAGE_MALFORMED',
  'NO_SEAT',
  'HANDLER',
];

/** An event as text that is the same in every run. */
function plain(event: unknown): string {
  return JSON.stringify(event, (_, value: unknown) => (value instanceof Error ? value.message : value));
}
