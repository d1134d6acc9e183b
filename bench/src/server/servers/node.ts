// Servers of Node, one a process: which is the argument; the port goes to the parent.
import { createServer as createNetServer, type Server, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import split2 from 'split2';

const BACKLOG = 4_096;

function bare(onSocket: (socket: Socket) => void): Promise<number> {
  const server: Server = createNetServer({ noDelay: true }, (socket) => {
    socket.on('error', () => {});
    onSocket(socket);
  });
  return new Promise((resolve) => {
    server.listen({ port: 0, host: '127.0.0.1', backlog: BACKLOG }, () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : 0);
    });
  });
}

/** A line to everybody else, as one writes it first. `ready` is answered, so that the load knows when all are in. */
function relay(): Promise<number> {
  const sockets = new Set<Socket>();
  return bare((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.pipe(split2()).on('data', (line: string) => {
      if (line === 'ready') socket.write('ready\n');
      else for (const other of sockets) if (other !== socket) other.write(`${line}\n`);
    });
  });
}

const SERVERS: Readonly<Record<string, () => Promise<number>>> = {
  relay,
  floor: () =>
    bare((socket) =>
      socket.on('data', (chunk) => socket.write(chunk.toString('latin1').toUpperCase(), 'latin1')),
    ),
  split2: () =>
    bare((socket) =>
      socket.pipe(split2()).on('data', (line: string) => socket.write(`${line.toUpperCase()}\n`)),
    ),
  readline: () =>
    bare((socket) =>
      createInterface({ input: socket, crlfDelay: Infinity }).on('line', (line) =>
        socket.write(`${line.toUpperCase()}\n`),
      ),
    ),
};

const [, , name = ''] = process.argv;
const start = SERVERS[name];
if (start === undefined)
  throw new RangeError(`Cannot start ${name}: expected ${Object.keys(SERVERS).join(', ')}`);
process.send?.(await start());
