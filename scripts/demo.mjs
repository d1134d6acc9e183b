// A server and three clients in one process, over real TCP on a free port: what the README shows.
// Every step waits for what it has set off, so that the transcript is the same each time.
import { once } from 'node:events';
import { connect } from '../apps/client/dist/index.js';
import { createServer } from '../apps/server/dist/index.js';

process.stdout.on('error', () => process.exit()); // `npm run demo | head`

const print = (who, text) => process.stdout.write(`${who.padEnd(8)}  ${text}\n`);

/** A server on a free port and its three clients, who have just come in. */
async function open(options) {
  const server = createServer({ port: 0, clients: 3, ...options });
  const turns = [];
  server.on('turn', (turn) => turn.state === 'served' && turns.push(turn));
  const address = await server.listen();
  const { order, deliver } = server.settings;
  print('server', `listening on ${address}, order ${order}, deliver ${deliver}`);
  const [host, port] = address.split(':');
  const clients = [];
  for (const seat of [1, 2, 3]) {
    const joined = once(server, 'join');
    clients.push(await connect({ host, port: Number(port) }));
    const [{ address: from }] = await joined;
    print('server', `client ${seat} connected from ${from}, ${seat} of 3`);
  }
  return { server, clients, turns };
}

/** Sends a line, and waits until the server has read it. The answer comes when its turn does. */
async function send({ server, clients }, seat, line) {
  print(`client ${seat}`, `> ${line}`);
  const read = once(server, 'line');
  const answer = clients[seat - 1].ask(line);
  await read;
  return { seat, answer };
}

/** The next relayed line a client gets. */
async function relayed(client) {
  for await (const { event } of client) {
    if (event?.verb === 'MSG') return `${event.seat}: ${event.text}`;
  }
  throw new Error('Cannot relay: the connection has ended');
}

/** One client quits, and that closes everybody. */
async function quit({ server, clients }, seat) {
  print(`client ${seat}`, '> quit');
  await clients[seat - 1].quit();
  for (const [index, client] of clients.entries()) {
    const { bye } = await client.ended;
    print(`client ${index + 1}`, `< * BYE ${bye}`);
  }
  const { clean } = await server.closed;
  print('server', `closed: ${clean.length} of 3 clients cleanly, the port is free`);
}

/** Prints the answers to the next turns, in the order in which the server served them. */
async function answers({ turns }, sent, count) {
  while (turns.length < count) await new Promise(setImmediate);
  for (const { number, seat } of turns.splice(0, count)) {
    const [{ answer }] = sent.splice(
      sent.findIndex((each) => each.seat === seat),
      1,
    );
    print(`client ${seat}`, `< ${await answer}   (turn ${number})`);
  }
}

async function takeTurns() {
  const room = await open({ order: 'strict' });
  const sent = [];
  sent.push(await send(room, 3, 'third, and too early'));
  sent.push(await send(room, 2, 'second'));
  sent.push(await send(room, 2, 'fifth'));
  for (const { turn, waitedFor, waiting } of room.server.status()) {
    print('server', `turn ${turn}: waiting for client ${waitedFor}; ${waiting} lines wait behind it`);
  }
  sent.push(await send(room, 1, 'first'));
  await answers(room, sent, 3);
  sent.push(await send(room, 1, 'fourth'));
  await answers(room, sent, 2);
  await quit(room, 2);
}

async function relay() {
  const room = await open({ order: 'free', deliver: 'others' });
  const [, second, third] = room.clients;
  const heard = [relayed(second), relayed(third)];
  await send(room, 1, 'hello, you two');
  print('client 2', `< from ${await heard[0]}`);
  print('client 3', `< from ${await heard[1]}`);
  const whispered = relayed(second);
  await send(room, 3, '/to 2 between us');
  print('client 2', `< from ${await whispered}`);
  await quit(room, 3);
}

await takeTurns();
process.stdout.write('\n');
await relay();
