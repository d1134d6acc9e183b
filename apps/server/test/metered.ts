import type { Socket } from 'node:net';
import type { Connection, Listener } from '../src/index.ts';
import { TcpListener } from '../src/transport/tcp.ts';

/** A TCP transport that knows how much of what came was read. */
export class Metered implements Listener {
  readonly sockets: Socket[] = [];
  readonly #inner = new TcpListener({ host: '127.0.0.1', port: 0 });

  listen(onConnection: (connection: Connection) => void): Promise<string> {
    return this.#inner.listen((connection) => {
      this.sockets.push(connection.duplex as Socket);
      onConnection(connection);
    });
  }

  close(): Promise<void> {
    return this.#inner.close();
  }
}
