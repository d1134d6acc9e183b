import { type BlockList, isIP, type Socket } from 'node:net';
import { blocksIn } from '../text/blocks.ts';
import type { Connection, Listener, ListenerOwner } from './listener.ts';
import { readProxyHeader } from './proxy-header.ts';

export interface ProxyOptions {
  /** Addresses and CIDR blocks, separated by commas. */
  readonly proxyFrom: string;
  /** How long a header may take. */
  readonly handshakeTimeoutMs: number | 'never';
}

/**
 * Connections that a proxy hands on, each with a header that says whom it is from. A connection without one is cut, and
 * so is one from somewhere else. A connection of the proxy's own, such as a health check, isn't passed on before it says
 * something.
 */
export class ProxyListener implements Listener {
  readonly #inner: Listener;
  readonly #timeoutMs: number | 'never';
  readonly #trusted: BlockList;
  readonly #waiting = new Set<Socket>();

  constructor(inner: Listener, { proxyFrom, handshakeTimeoutMs }: ProxyOptions) {
    this.#inner = inner;
    this.#timeoutMs = handshakeTimeoutMs;
    this.#trusted = blocksIn(proxyFrom)!;
  }

  listen(onConnection: (connection: Connection) => void, owner?: ListenerOwner): Promise<string> {
    return this.#inner.listen((connection) => this.#hear(connection, onConnection, owner), owner);
  }

  async close(): Promise<void> {
    await this.#inner.close();
    for (const socket of this.#waiting) socket.destroy();
  }

  #hear(
    connection: Connection,
    pass: (connection: Connection) => void,
    owner: ListenerOwner | undefined,
  ): void {
    const socket = connection.duplex as Socket;
    const { host, address } = connection;
    const cut = (text: string): void => {
      socket.destroy();
      owner?.cut({ address, code: 'PROXY', text: `Cannot serve it: ${text}` });
    };
    if (!this.#trusts(host)) return cut('it is from no address in --proxy-from');
    let bytes: Buffer = Buffer.alloc(0);
    let isLocal = false;
    const ms = this.#timeoutMs;
    const late = (): void => {
      if (isLocal) socket.destroy();
      else cut(`its header of the PROXY protocol took more than ${ms} ms`);
    };
    const timer = ms === 'never' ? undefined : setTimeout(late, ms);
    const onData = (chunk: Buffer): void => {
      bytes = Buffer.concat([bytes, chunk]);
      const header = readProxyHeader(bytes);
      if (header === undefined) return;
      if (header === 'bad') return cut('it does not begin with a valid header of the PROXY protocol');
      isLocal = header.client === undefined;
      // It may only want to know that somebody listens.
      if (isLocal && bytes.length === header.bytes) return;
      leave();
      // Its next reader finds it as if nothing had been read: TLS takes what waits in the socket.
      socket.pause();
      socket.unshift(bytes.subarray(header.bytes));
      pass({ ...connection, ...header.client });
      // TLS reads below the socket, which must stay as it is.
      if (socket.listenerCount('data') > 0) socket.resume();
    };
    const onEnd = (): void => void socket.destroy();
    const leave = (): void => {
      clearTimeout(timer);
      this.#waiting.delete(socket);
      socket.off('data', onData).off('end', onEnd).off('close', leave);
    };
    this.#waiting.add(socket);
    socket.on('data', onData).on('end', onEnd).on('close', leave);
  }

  /** A client of a Unix domain socket is on this machine, and may use that file. */
  #trusts(host: string): boolean {
    const version = isIP(host);
    return version === 0 || this.#trusted.check(host, version === 4 ? 'ipv4' : 'ipv6');
  }
}
