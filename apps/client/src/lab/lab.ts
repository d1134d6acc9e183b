import type { Socket } from 'node:net';
import type { Writable } from 'node:stream';
import type { Framing } from '@proto/codec';
import {
  describeInjected,
  INJECTED_FAULT_NAMES,
  type InjectedFault,
  type InjectedFaults,
  RESET_AFTER_MS,
  usageOf,
} from '@proto/faults';
import {
  type Direction,
  formatJson,
  formatSeen,
  LEGEND,
  type Seen,
  XRAY_CLOCKS,
  type XRayClock,
} from '@proto/xray';
import type { Client } from '../library/client.ts';
import { FaultyWriter } from './faulty-writer.ts';
import { parseInjection } from './injection.ts';
import { Tap } from './tap.ts';

/** How to show bytes. */
export type XRayMode = 'off' | 'text' | 'json';

/** What can follow `/xray`. */
const MODES: ReadonlyMap<string, XRayMode> = new Map([
  ['on', 'text'],
  ['off', 'off'],
  ['json', 'json'],
]);

/** Shows a line of the x-ray. Those of the legend have no direction. */
export type ShowXRay = (line: string, direction?: Direction) => void;

/** What a lab needs. */
export interface LabParts {
  readonly injected: InjectedFaults;
  readonly xray: XRayMode;
  readonly xrayClock: XRayClock;
  readonly framings: Readonly<Record<Direction, Framing>>;
  readonly classic: boolean;
  /** The number of first bytes that must not be shown: a token. @default 0 */
  readonly secretBytes?: number;
  /** Columns of the terminal that shows the x-ray. */
  readonly columns: () => number;
  /** Milliseconds since any moment. */
  readonly now: () => number;
  /** Milliseconds since 1970. */
  readonly epochMs: () => number;
}

/** The response to a command: that it was done, the legend of the x-ray, or what was wrong. */
export interface Said {
  readonly kind: 'done' | 'legend' | 'wrong';
  readonly lines: readonly string[];
}

/** A connection in the lab. */
interface Bench {
  readonly socket: Socket;
  readonly writer: FaultyWriter;
  readonly tap: Tap;
}

/**
 * Where a connection is observed and broken: the x-ray, and the injected faults that are on. Both can be changed while
 * it runs. Give `attach` to `connect` as `onSocket`, then the client to `use`.
 */
export class Lab {
  /** Where x-ray lines go. Until this is set, they are kept. */
  #show: ShowXRay | undefined;
  readonly #kept: Parameters<ShowXRay>[] = [];
  readonly #parts: LabParts;
  readonly #injected: Map<InjectedFault, number>;
  #xray: XRayMode;
  #clock: XRayClock;
  #bench: Bench | undefined;
  #client: Client | undefined;
  /** Is called when something happened to the connection that its user can't know of. */
  changed: () => void = () => {};
  #hasReset = false;

  constructor(parts: LabParts) {
    this.#parts = parts;
    this.#injected = new Map(parts.injected);
    this.#xray = parts.xray;
    this.#clock = parts.xrayClock;
    if (this.#xray === 'text') this.#kept.push(...LEGEND.map((line): [string] => [line]));
  }

  set show(show: ShowXRay) {
    this.#show = show;
    for (const kept of this.#kept.splice(0)) show(...kept);
  }

  /** Whether it has reset the connection. */
  get hasReset(): boolean {
    return this.#hasReset;
  }

  /** How many lines are held back. */
  get held(): number {
    return this.#bench?.writer.held ?? 0;
  }

  /** What the injected faults that are on do, one line each. */
  get told(): string[] {
    return [...this.#injected].map(([name, number]) => describeInjected(name, number));
  }

  /** Attaches the lab to a connection. */
  readonly attach = (socket: Socket): Writable => {
    const { framings, classic, now, epochMs, secretBytes = 0 } = this.#parts;
    const began = now();
    const tap = new Tap({
      socket,
      framings,
      framedByReads: classic,
      secretBytes,
      now: () => (this.#clock === 'wall' ? epochMs() : now() - began),
      show: (seen) => this.#seen(seen),
    });
    tap.on = this.#xray !== 'off';
    const writer = new FaultyWriter({
      socket,
      injected: new Map(this.#injected),
      onWrite: (bytes) => tap.wrote(bytes),
      onTaken: () => this.changed(),
      onLines: () => this.#afterLines(),
    });
    writer.once('finish', () => tap.writeEnded('FIN'));
    this.#bench = { socket, writer, tap };
    return writer;
  };

  /** Sets the client whose connection is in the lab. */
  use(client: Client): void {
    this.#client = client;
    if (this.#injected.has('deaf')) client.pause();
  }

  /** Executes what followed `/fault`, and returns the response. */
  fault(rest: string): Said {
    const wish = parseInjection(rest);
    if (wish.kind === 'wrong') return { kind: 'wrong', lines: [wish.text] };
    if (wish.kind === 'list') {
      const names = INJECTED_FAULT_NAMES.map(usageOf).join(', ');
      return { kind: 'done', lines: [`/fault NAME, /fault off; names: ${names}`, ...this.#listed()] };
    }
    if (wish.kind === 'on') {
      this.#injected.set(wish.name, wish.number);
      this.#changed();
      return { kind: 'done', lines: [describeInjected(wish.name, wish.number)] };
    }
    if (wish.name === undefined) this.#injected.clear();
    else this.#injected.delete(wish.name);
    this.#changed();
    return { kind: 'done', lines: this.#listed() };
  }

  /** Executes what followed `/xray`, and returns the response. */
  xray(rest: string): Said {
    const word = rest.trim() || (this.#xray === 'off' ? 'on' : 'off');
    if (word === 'legend') return { kind: 'legend', lines: LEGEND };
    const clock = XRAY_CLOCKS.find((each) => each === word);
    if (clock !== undefined) return this.#clockSet(clock);
    const mode = MODES.get(word);
    if (mode === undefined) {
      const words = [...MODES.keys(), 'legend', ...XRAY_CLOCKS].join(', ');
      return { kind: 'wrong', lines: [`Cannot set /xray to that: expected one of ${words}`] };
    }
    this.#xray = mode;
    if (this.#bench !== undefined) this.#bench.tap.on = mode !== 'off';
    if (mode === 'text') return { kind: 'legend', lines: LEGEND };
    return { kind: 'done', lines: [`x-ray is ${mode === 'off' ? 'off' : 'on, as JSON'}`] };
  }

  /** The x-ray stays on or off. */
  #clockSet(clock: XRayClock): Said {
    this.#clock = clock;
    const what = clock === 'wall' ? 'show the time of day, in UTC' : 'count from the start of the connection';
    return { kind: 'done', lines: [`x-ray times ${what}`] };
  }

  #listed(): string[] {
    return this.#injected.size === 0 ? ['all faults are off'] : this.told;
  }

  #changed(): void {
    if (this.#bench !== undefined) this.#bench.writer.injected = new Map(this.#injected);
    if (this.#injected.has('deaf')) this.#client?.pause();
    else this.#client?.resume();
  }

  /** The socket has got the lines. What should happen after them happens now. */
  #afterLines(): void {
    if (this.#injected.delete('half-close')) {
      this.#client?.halfClose();
      this.changed();
    }
    if (this.#injected.delete('rst')) setTimeout(() => this.#reset(), RESET_AFTER_MS);
  }

  #reset(): void {
    const bench = this.#bench;
    if (bench === undefined || bench.socket.destroyed) return;
    bench.tap.writeEnded('RST');
    try {
      bench.socket.resetAndDestroy();
    } catch {
      // Only TCP has a reset. Over anything else, this comes closest.
      bench.socket.destroy();
    }
    this.#hasReset = true;
    void this.#client?.close();
  }

  #seen(seen: Seen): void {
    const columns = this.#parts.columns();
    const lines =
      this.#xray === 'json' ? [formatJson(seen)] : formatSeen(seen, { columns, clock: this.#clock });
    const show = this.#show ?? ((...shown) => void this.#kept.push(shown));
    for (const line of lines) show(line, seen.direction);
  }
}
