import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';

/** A server that does with each connection what the test says, on a free port, until the test's scope ends. */
export interface ScriptedServer extends AsyncDisposable {
  readonly port: number;
}

/** What is done with a connection. What it throws ends the connection. */
export type Script = (socket: Socket) => Promise<void> | void;

/** Starts a server. */
export function serve(script: Script): Promise<ScriptedServer> {
  return started(createServer({ allowHalfOpen: true, noDelay: true }, follow(script)));
}

/** For the connections of a server: does with each what the script says. */
export function follow(script: Script): (socket: Socket) => void {
  return (socket) => {
    socket.on('error', () => {});
    void Promise.resolve(script(socket)).catch(() => socket.destroy());
  };
}

/** Starts a server of one's own; at the end of the scope its connections are destroyed. */
export async function started(server: Server): Promise<ScriptedServer> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket.on('error', () => {}));
    socket.on('close', () => sockets.delete(socket));
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

/** Waits until `count` has stayed the same for a hundred passes of the event loop. */
export async function settled(count: () => number): Promise<void> {
  for (let last = -1, same = 0; same < 100;) {
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
    same = count() === last ? same + 1 : 0;
    last = count();
  }
}
