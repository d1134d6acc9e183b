import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';

/** A server that does with each connection what the test says, on a free port, until the test's scope ends. */
export interface ScriptedServer extends AsyncDisposable {
  readonly port: number;
}

/** Starts a server. What `script` throws ends its connection. */
export async function serve(script: (socket: Socket) => Promise<void> | void): Promise<ScriptedServer> {
  const sockets = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => {});
    void Promise.resolve(script(socket)).catch(() => socket.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

/** The lines a client sends, without their LF, until it half-closes. */
export async function* linesFrom(socket: Socket): AsyncGenerator<string, void> {
  let rest = '';
  for await (const chunk of socket.iterator({ destroyOnReturn: false })) {
    const parts = (rest + (chunk as Buffer).toString('latin1')).split('\n');
    rest = parts.pop()!;
    yield* parts;
  }
}

/** Capitals for every line, a welcome before and goodbye after, as the real server. `quit` ends it. */
export async function upper(socket: Socket): Promise<void> {
  socket.write('* WELCOME 1 1 main 1\n');
  for await (const line of linesFrom(socket)) {
    if (line === 'quit') {
      socket.end('* QUIT 1 quit\n* BYE quit\n');
      return;
    }
    if (!socket.write(`${line.toUpperCase()}\n`)) await once(socket, 'drain');
  }
  socket.end('* BYE end\n');
}

/** Waits until `count` has stayed the same for a hundred turns of the event loop. */
export async function settled(count: () => number): Promise<void> {
  for (let last = -1, same = 0; same < 100;) {
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
    same = count() === last ? same + 1 : 0;
    last = count();
  }
}
