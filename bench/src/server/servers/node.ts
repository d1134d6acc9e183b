// Servers of Node, one a process: which is the argument, with files of a certificate where it needs one; the port goes to the
// parent.
import { readFileSync } from 'node:fs';
import { createServer as createNetServer, type Server, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { createServer as createTlsServer } from 'node:tls';
import split2 from 'split2';

const [, , name = '', certFile = '', keyFile = ''] = process.argv;
const BACKLOG = 4_096;

function bare(onSocket: (socket: Socket) => void): Promise<number> {
  return listening(createNetServer({ noDelay: true }, (socket) => onSocket(withoutErrors(socket))));
}

function bareTls(onSocket: (socket: Socket) => void): Promise<number> {
  const [cert, key] = [certFile, keyFile].map((file) => readFileSync(file));
  const server = createTlsServer({ noDelay: true, cert, key }, (socket) => onSocket(withoutErrors(socket)));
  return listening(server);
}

function withoutErrors(socket: Socket): Socket {
  return socket.on('error', () => {});
}

function listening(server: Server): Promise<number> {
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

/** On the raw chunk: no lines, no limit, no check. */
function capitals(socket: Socket): void {
  socket.on('data', (chunk) => socket.write(chunk.toString('latin1').toUpperCase(), 'latin1'));
}

const SERVERS: Readonly<Record<string, () => Promise<number>>> = {
  relay,
  floor: () => bare(capitals),
  'floor-tls': () => bareTls(capitals),
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

const start = SERVERS[name];
if (start === undefined)
  throw new RangeError(`Cannot start ${name}: expected ${Object.keys(SERVERS).join(', ')}`);
process.send?.(await start());
