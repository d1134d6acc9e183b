// Servers of Node, one a process: which is the argument, with what it needs to know: files of a certificate, or how many clients there
// are. The port goes to the parent.
import { readFileSync } from 'node:fs';
import { createServer as createNetServer, type Server, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { createServer as createTlsServer } from 'node:tls';
import { lines } from '@proto/codec';
import split2 from 'split2';

const [, , name = '', first = '', second = ''] = process.argv;
const BACKLOG = 4_096;

function bare(onSocket: (socket: Socket) => void): Promise<number> {
  return listening(createNetServer({ noDelay: true }, (socket) => onSocket(withoutErrors(socket))));
}

function bareTls(onSocket: (socket: Socket) => void): Promise<number> {
  const [cert, key] = [first, second].map((file) => readFileSync(file));
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

/** Writes what was said in a pass of the event loop at its end, as one write for each socket. */
class Writes {
  readonly #texts = new Map<Socket, string>();

  add(socket: Socket, text: string): void {
    if (this.#texts.size === 0) setImmediate(() => this.#flush());
    this.#texts.set(socket, (this.#texts.get(socket) ?? '') + text);
  }

  #flush(): void {
    for (const [socket, text] of this.#texts) socket.write(text, 'latin1');
    this.#texts.clear();
  }
}

/** The floor, with its writes at the end of a pass. */
function deferred(): Promise<number> {
  const writes = new Writes();
  return bare((socket) => {
    socket.on('data', (chunk) => writes.add(socket, chunk.toString('latin1').toUpperCase()));
  });
}

/** The same on lines, with a limit and a look at each byte, and no order, rooms, events or queues. */
function framed(): Promise<number> {
  const writes = new Writes();
  return bare((socket) => {
    const decoder = lines().decoder();
    socket.on('data', (chunk) => {
      for (const frame of decoder.decode(chunk))
        writes.add(socket, typeof frame === 'string' ? `${frame.toUpperCase()}\n` : 'fault\n');
    });
  });
}

/** Strict order and nothing else: whole rounds of what all of `clients` have said. No lines, no limit, no check. */
function rounds(clients: number): Promise<number> {
  const writes = new Writes();
  const ring = new Map<Socket, { text: string; lines: number }>();
  const serve = (): void => {
    const turns = Math.min(...Array.from(ring.values(), (member) => member.lines));
    if (turns === 0 || ring.size < clients) return;
    for (const [socket, member] of ring) {
      let end = member.lines === turns ? member.text.length : 0;
      for (let turn = 0; end < member.text.length && turn < turns; turn++)
        end = member.text.indexOf('\n', end) + 1;
      writes.add(socket, member.text.slice(0, end));
      member.text = member.text.slice(end);
      member.lines -= turns;
    }
  };
  return bare((socket) => {
    const member = { text: '', lines: 0 };
    ring.set(socket, member);
    socket.on('close', () => ring.delete(socket));
    socket.on('data', (chunk) => {
      const text = chunk.toString('latin1').toUpperCase();
      member.text += text;
      for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) member.lines++;
      serve();
    });
  });
}

/** What one says goes to all others, as ours says it, in one write each. No limit, no check, no rooms, and no reader is slow. */
function relayOnce(): Promise<number> {
  const writes = new Writes();
  const sockets = new Set<Socket>();
  return bare((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    let open = '';
    socket.on('data', (chunk) => {
      const text = open + chunk.toString('latin1');
      const end = text.lastIndexOf('\n') + 1;
      open = text.slice(end);
      if (end === 0) return;
      if (text.startsWith('/ping ')) return writes.add(socket, `* PONG ${text.slice('/ping '.length)}`);
      const said = text.slice(0, end - 1).split('\n');
      const told = `* MSG 1 ${said.join('\n* MSG 1 ')}\n`;
      for (const other of sockets) if (other !== socket) writes.add(other, told);
      writes.add(socket, '* OK\n'.repeat(said.length));
    });
  });
}

const SERVERS: Readonly<Record<string, () => Promise<number>>> = {
  relay,
  floor: () => bare(capitals),
  'floor-tls': () => bareTls(capitals),
  deferred,
  framed,
  rounds: () => rounds(Number(first)),
  'relay-once': relayOnce,
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
