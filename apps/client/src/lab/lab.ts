import type { Socket } from 'node:net';
import type { Writable } from 'node:stream';
import type { Framing } from '@proto/codec';
import { type Direction, formatJson, formatSeen, LEGEND, type Seen } from '@proto/xray';
import type { Client } from '../library/client.ts';
import { Tap } from './tap.ts';
import {
  RESET_AFTER_MS,
  describeInjected,
  INJECTED_FAULT_NAMES,
  type InjectedFault,
  type InjectedFaults,
  parseInjection,
  usageOf,
} from './injected-faults.ts';
import { FaultyWriter } from './faulty-writer.ts';

/** How bytes are shown. */
export type XRayMode = 'off' | 'text' | 'json';

/** What can be typed behind `/xray`. */
const MODES: ReadonlyMap<string, XRayMode> = new Map([
  ['on', 'text'],
  ['off', 'off'],
  ['json', 'json'],
]);

/** What a lab is made of. */
export interface LabParts {
  readonly injected: InjectedFaults;
  readonly xray: XRayMode;
  readonly framings: Readonly<Record<Direction, Framing>>;
  readonly classic: boolean;
  /** Bytes that go out first and are not to be seen: a token. @default 0 */
  readonly secretBytes?: number;
  /** Columns of what the x-ray is shown on. */
  readonly columns: () => number;
  /** Milliseconds, from anywhere. */
  readonly now: () => number;
}

/** What to say about a command: that it was done, the legend of the x-ray, or what was wrong. */
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
 * Where a connection is looked at and harmed: the x-ray, and the injected faults that are on. Both may be set while it runs.
 * Give `attach` to `connect` as `onSocket`, then the client to `use`.
 */
export class Lab {
  /** Where x-ray lines go. Until it is set they are kept. */
  #show: ((line: string) => void) | undefined;
  readonly #kept: string[] = [];
  readonly #parts: LabParts;
  readonly #injected: Map<InjectedFault, number>;
  #xray: XRayMode;
  #bench: Bench | undefined;
  #client: Client | undefined;

  constructor(parts: LabParts) {
    this.#parts = parts;
    this.#injected = new Map(parts.injected);
    this.#xray = parts.xray;
    if (this.#xray === 'text') this.#kept.push(...LEGEND);
  }

  set show(show: (line: string) => void) {
    this.#show = show;
    for (const line of this.#kept.splice(0)) show(line);
  }

  /** What each injected fault that is on does, one line each. */
  get told(): string[] {
    return [...this.#injected].map(([name, number]) => describeInjected(name, number));
  }

  /** Puts a connection in the lab. */
  readonly attach = (socket: Socket): Writable => {
    const { framings, classic, now, secretBytes = 0 } = this.#parts;
    const began = now();
    const tap = new Tap({
      socket,
      framings,
      framedByReads: classic,
      secretBytes,
      now: () => now() - began,
      show: (seen) => this.#seen(seen),
    });
    tap.on = this.#xray !== 'off';
    const writer = new FaultyWriter({
      socket,
      injected: new Map(this.#injected),
      onWrite: (bytes) => tap.wrote(bytes),
      onLines: () => this.#afterLines(),
    });
    writer.once('finish', () => tap.writeEnded('FIN'));
    this.#bench = { socket, writer, tap };
    return writer;
  };

  /** The client whose connection is in the lab. */
  use(client: Client): void {
    this.#client = client;
    if (this.#injected.has('deaf')) client.pause();
  }

  /** Does what was typed behind `/fault`; gives what to say about it. */
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

  /** Does what was typed behind `/xray`; gives what to say about it. */
  xray(rest: string): Said {
    const word = rest.trim() || (this.#xray === 'off' ? 'on' : 'off');
    if (word === 'legend') return { kind: 'legend', lines: LEGEND };
    const mode = MODES.get(word);
    if (mode === undefined) {
      return { kind: 'wrong', lines: ['Cannot set /xray so: expected on, off, json or legend'] };
    }
    this.#xray = mode;
    if (this.#bench !== undefined) this.#bench.tap.on = mode !== 'off';
    if (mode === 'text') return { kind: 'legend', lines: LEGEND };
    return { kind: 'done', lines: [`x-ray is ${mode === 'off' ? 'off' : 'on, as JSON'}`] };
  }

  #listed(): string[] {
    return this.#injected.size === 0 ? ['no fault is on'] : this.told;
  }

  #changed(): void {
    if (this.#bench !== undefined) this.#bench.writer.injected = new Map(this.#injected);
    if (this.#injected.has('deaf')) this.#client?.pause();
    else this.#client?.resume();
  }

  /** Lines have been handed to the socket: what was to happen behind them happens now. */
  #afterLines(): void {
    if (this.#injected.delete('half-close')) this.#client?.halfClose();
    if (this.#injected.delete('rst')) setTimeout(() => this.#reset(), RESET_AFTER_MS);
  }

  #reset(): void {
    const bench = this.#bench;
    if (bench === undefined || bench.socket.destroyed) return;
    bench.tap.writeEnded('RST');
    try {
      bench.socket.resetAndDestroy();
    } catch {
      // Only TCP has a reset; over anything else this is the nearest.
      bench.socket.destroy();
    }
    void this.#client?.close();
  }

  #seen(seen: Seen): void {
    const lines =
      this.#xray === 'json' ? [formatJson(seen)] : formatSeen(seen, { columns: this.#parts.columns() });
    const show = this.#show ?? ((line: string) => void this.#kept.push(line));
    for (const line of lines) show(line);
  }
}
