import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Clock } from '@proto/scheduler';
import {
  type BridgeSaid,
  type Message,
  MOST_OPERATION_BYTES,
  parseBridgeOp,
  parseWatchOp,
  type Right,
  writeLine,
} from '@proto/watch';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Server } from '../../server.ts';
import { SOCKETS } from './bounds.ts';
import { Bridge } from './bridge.ts';
import { type Dialled, dialOwn } from './dial.ts';
import { CLOSE, entrance, type Secret } from './entrance.ts';
import { Holds } from './holds.ts';
import type { Watcher, Watchers } from './watchers.ts';

/** `closeTimeout`: how long a page may take to confirm a close. In milliseconds. */
const SERVER = {
  noServer: true,
  clientTracking: false,
  perMessageDeflate: false,
  maxPayload: MOST_OPERATION_BYTES,
  closeTimeout: 500,
};

/** How often a socket is pinged. */
const PING_MS = 20_000;

const MANY_WATCHERS = `${SOCKETS.watchers} pages watch this server, as many as it allows`;
const MANY_BRIDGES = `pages have ${SOCKETS.bridges} clients, or this one ${SOCKETS.bridgesOfPage}: as many as the server allows`;

export interface PageSocketsOptions {
  readonly server: Server;
  readonly watchers: Watchers;
  readonly rights: readonly Right[];
  readonly secret: Secret | undefined;
  readonly clock: Clock;
  readonly address: () => string;
}

/** The sockets of pages: watchers and bridges. Each kind has a limit. */
export class PageSockets {
  readonly #options: PageSocketsOptions;
  readonly #wss = new WebSocketServer(SERVER);
  readonly #watching = new Set<WebSocket>();
  /** Each bridge, with the name of its page. */
  readonly #bridges = new Map<WebSocket, string>();
  /** Those with a connection. They hear of the server's clients through here: a listener for each would be a leak to Node. */
  readonly #connected = new Set<Bridge>();

  constructor(options: PageSocketsOptions) {
    this.#options = options;
    options.server.on('join', (join) => {
      for (const bridge of this.#connected) bridge.came(join);
    });
    options.server.on('drop', (drop) => {
      for (const bridge of this.#connected) bridge.dropped(drop);
    });
  }

  /** Takes an upgrade that passed its checks. `false`: nothing is served at this path. */
  upgrade(
    request: IncomingMessage,
    socket: Duplex,
    head: Buffer,
    { isTrusted }: { isTrusted: boolean },
  ): boolean {
    const asked = `http://page${request.url}`;
    const url = URL.canParse(asked) ? new URL(asked) : undefined;
    const { rights, secret } = this.#options;
    const toShow = isTrusted ? undefined : secret;
    if (url?.pathname === '/watch') {
      this.#wss.handleUpgrade(request, socket, head, (page) => this.#watch(page, toShow));
      return true;
    }
    if (url?.pathname !== '/bridge' || !rights.includes('join')) return false;
    const of = url.searchParams.get('page') ?? '';
    this.#wss.handleUpgrade(request, socket, head, (page) => this.#bridge(page, toShow, of));
    return true;
  }

  /** Closes all of them. */
  close(): void {
    this.#options.watchers.flush();
    for (const page of [...this.#watching, ...this.#bridges.keys()]) page.close(CLOSE.away);
  }

  #watch(page: WebSocket, secret: Secret | undefined): void {
    const { server, watchers, rights, clock } = this.#options;
    if (!this.#admit(page, this.#watching.size < SOCKETS.watchers, MANY_WATCHERS)) return;
    this.#watching.add(page);
    const holds = new Holds(server);
    const watcher: Watcher = {
      get unsentBytes() {
        return page.bufferedAmount;
      },
      send: (text) => page.send(text),
    };
    page.once('close', () => {
      this.#watching.delete(page);
      watchers.delete(watcher);
      holds.release();
    });
    entrance(page, {
      clock,
      secret,
      parse: parseWatchOp,
      locked: (tries) => page.send(writeLine({ k: 'locked', t: 0, tries } satisfies Message)),
      enter: () => {
        watchers.add(watcher);
        return (operation) => {
          if (operation.op === 'follow') return watchers.follow(watcher, operation.clients);
          if (operation.op === 'token' || !rights.includes('hold')) return;
          if (operation.op === 'hold') holds.set(operation.room, operation.on);
          else server.step(operation.room, operation.turns);
        };
      },
    });
  }

  #bridge(page: WebSocket, secret: Secret | undefined, of: string): void {
    const { server, clock } = this.#options;
    const ofPage = [...this.#bridges.values()].filter((other) => other === of).length;
    const hasCapacity = this.#bridges.size < SOCKETS.bridges && ofPage < SOCKETS.bridgesOfPage;
    if (!this.#admit(page, hasCapacity, MANY_BRIDGES)) return;
    this.#bridges.set(page, of);
    page.once('close', () => this.#bridges.delete(page));
    const say = (said: BridgeSaid): void => page.send(JSON.stringify(said));
    entrance(page, {
      clock,
      secret,
      parse: parseBridgeOp,
      locked: (tries) => say({ op: 'locked', tries }),
      enter: () => {
        const dialled = this.#dial();
        if (typeof dialled !== 'string') {
          const ended = (): void => void this.#connected.delete(bridge);
          const bridge = new Bridge(page, server, { clock, dialled, ended });
          this.#connected.add(bridge);
          return bridge.take;
        }
        say({ op: 'gone', why: dialled });
        page.close(CLOSE.done);
        return () => {};
      },
    });
  }

  /** Connects a bridge, or says why that is not possible. */
  #dial(): Dialled | string {
    const { server, address } = this.#options;
    const { settings, isAccepting } = server;
    if (!isAccepting) return 'the server accepts no clients';
    if (settings.socket === 'none' && !/:\d+$/.test(address())) return 'the server does not listen on TCP';
    if (settings.socket !== 'none' && settings.events === 'off')
      return 'on a Unix domain socket, only events name the client of a page, and they are off. Pass --events on';
    try {
      return dialOwn(settings, address());
    } catch (error) {
      return (error as Error).message;
    }
  }

  /** Closes a socket at once if the limit is reached, and later if its page stops answering pings. */
  #admit(page: WebSocket, hasCapacity: boolean, whyNot: string): boolean {
    page.on('error', () => {});
    if (!hasCapacity) {
      page.close(CLOSE.full, whyNot);
      return false;
    }
    const { clock } = this.#options;
    let isThere = true;
    let callOff: (() => void) | undefined;
    const ask = (): void => {
      // A paused socket cannot answer; if it is gone, writing to it fails.
      if (!isThere && !page.isPaused) return page.terminate();
      isThere = false;
      page.ping();
      callOff = clock.setTimeout(ask, PING_MS);
    };
    callOff = clock.setTimeout(ask, PING_MS);
    page.on('pong', () => {
      isThere = true;
    });
    page.once('close', () => callOff?.());
    return true;
  }
}
