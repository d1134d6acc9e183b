import { afterAll, expect, test } from 'vitest';
import type { ServerOptions } from '../../src/index.ts';
import { memoryServer } from '../peer.ts';
import { figure } from './figure.ts';

const LOOPBACK = '127.0.0.1';
const EXPOSED = '0.0.0.0';

/** Clients 1 and 2 are in one room, 3 in another; 1 quits. Whom that closes, and whether the server goes on. */
const TABLE = [
  { host: LOOPBACK, quit: undefined, closed: [1, 2, 3], goesOn: false },
  { host: LOOPBACK, quit: 'all', closed: [1, 2, 3], goesOn: false },
  { host: LOOPBACK, quit: 'room', closed: [1, 2], goesOn: true },
  { host: LOOPBACK, quit: 'self', closed: [1], goesOn: true },
  { host: EXPOSED, quit: undefined, closed: [1], goesOn: true },
  { host: EXPOSED, quit: 'all', closed: [1, 2, 3], goesOn: false },
  { host: EXPOSED, quit: 'room', closed: [1, 2], goesOn: true },
  { host: EXPOSED, quit: 'self', closed: [1], goesOn: true },
] as const;

let held = 0;

test.each(TABLE)(
  'F18: on $host with quit $quit a quit closes $closed',
  async ({ host, quit, closed, goesOn }) => {
    const options: ServerOptions = { host, order: 'free', clients: 1, ...(quit && { quit }) };
    const { server, join } = await memoryServer(options);
    const isClosed = (index: number): boolean => (closed as readonly number[]).includes(index + 1);
    const peers = [join(), join(), join()] as const;
    await peers[2].line(/^\* WELCOME/);
    await peers[2].say('/join other').line('* WELCOME 1 1 other 1');
    peers[0].say('/quit enough');
    await Promise.all(peers.filter((_, index) => isClosed(index)).map((peer) => peer.end()));
    for (const [index, peer] of peers.entries()) {
      if (isClosed(index)) expect(peer.lines.at(-1)).toBe('* BYE enough');
      else await peer.say('still here').line('STILL HERE');
      expect(peer.ended).toBe(isClosed(index));
    }
    expect(server.isAccepting).toBe(goesOn);
    held++;
  },
);

afterAll(() =>
  figure({ id: 'F18', what: 'cells of the table as said', value: held, unit: '', atLeast: TABLE.length }),
);
