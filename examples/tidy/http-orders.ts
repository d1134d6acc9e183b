import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { QuitMember } from '@proto/scheduler';
import type { Store } from './store.ts';

const MOST_CHARACTERS = 1_000;

interface Answer {
  readonly status: number;
  readonly text: string;
}

/** Takes orders over HTTP: `POST /` with the order as the body. */
export function httpOrders(store: Store): Server {
  const server = createServer((request, response) => {
    const answer = ({ status, text }: Answer): void => {
      // A client that keeps its connection would keep a server that closes.
      if (!server.listening) response.setHeader('connection', 'close');
      response.writeHead(status).end(`${text}\n`);
    };
    take(request, store).then(answer, (error: Error) => answer({ status: 503, text: error.message }));
  });
  return server;
}

async function take(request: IncomingMessage, store: Store): Promise<Answer> {
  if (request.method !== 'POST') return { status: 405, text: 'Send an order as the body of a POST' };
  let order = '';
  for await (const text of request.setEncoding('utf8')) {
    order += text;
    if (order.length > MOST_CHARACTERS)
      return { status: 413, text: `An order has up to ${MOST_CHARACTERS} characters` };
  }
  return { status: 201, text: `saved ${await store.save(order)}` };
}

/** Lets nobody in, and answers those who are in. */
export function httpMember(server: Server): QuitMember {
  return {
    drain: () => new Promise((resolve) => void server.close(() => resolve())),
    destroy: () => server.closeAllConnections(),
  };
}
