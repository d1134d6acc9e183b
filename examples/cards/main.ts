import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Table, tell } from './table.ts';

const PAGE = readFileSync(new URL('page.html', import.meta.url));
const PORT = Number(process.argv[2] ?? 8080);

/** Where a player sits, by a secret that only the player's page knows. */
const seats = new Map<string, { readonly table: Table; readonly name: string }>();
let newest = new Table();

function join(stream: ServerResponse): void {
  stream.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
  if (!newest.isOpen) newest = new Table();
  const table = newest;
  const name = table.join(stream);
  const secret = randomUUID();
  seats.set(secret, { table, name });
  tell(stream, 'seat', { name, secret });
  table.show();
  stream.once('close', () => {
    seats.delete(secret);
    table.leave(name);
  });
}

function choose(query: URLSearchParams, response: ServerResponse): void {
  const seat = seats.get(query.get('secret') ?? '');
  seat?.table.choose(seat.name, query.get('move') ?? 'draw');
  response.writeHead(seat === undefined ? 404 : 204).end();
}

function answer(request: IncomingMessage, response: ServerResponse): void {
  const [path, query] = request.url?.split('?') ?? [];
  switch (`${request.method} ${path}`) {
    case 'GET /':
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(PAGE);
      break;
    case 'GET /game':
      join(response);
      break;
    case 'POST /move':
      choose(new URLSearchParams(query), response);
      break;
    default:
      response.writeHead(404).end();
  }
}

const server = createServer(answer);
server.once('error', (error) => {
  console.error(`Cannot listen: ${error.message}`);
  process.exitCode = 1;
});
server.listen(PORT, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  console.log(`Open http://127.0.0.1:${port} in three windows`);
});
