import { expect, test } from 'vitest';
import { figure, size } from '../../faults/figure.ts';
import { Child } from '../child.ts';
import { Client } from '../client.ts';
import { start } from '../command.ts';

/** A client in a process of its own, which says a number when it has its turn. */
const HOLDER = `
  const socket = require('node:net').connect(Number(process.argv[1]), '127.0.0.1');
  socket.on('data', (chunk) => process.stdout.write(chunk));
`;

test('F10: the turn of a client that is killed passes at once', async () => {
  const { port } = await start('--clients', '1');
  const next = await Client.in(port);
  const gaps: number[] = [];
  for (let time = 0; time < size(2, 20); time++) {
    const holder = new Child(process.execPath, ['-e', HOLDER, String(port)]);
    await holder.line(/^\* WELCOME/);
    // The turn goes to the holder, and comes to rest there.
    next.lines.length = 0;
    next.say(`before ${time}`);
    await next.line(new RegExp(`^\\* TURN ${time + 2}$`));
    next.say(`after ${time}`);
    await next.sync();
    const before = performance.now();
    holder.kill('SIGKILL');
    await next.line(`AFTER ${time}`);
    gaps.push(performance.now() - before);
    expect(next.lines.some((line) => line.startsWith(`* LEAVE ${time + 2} `))).toBe(true);
    await holder.exit;
  }
  const median = gaps.toSorted((one, other) => one - other)[Math.floor(gaps.length / 2)] ?? Number.NaN;
  figure({
    id: 'F10',
    what: 'from the kill to the next turn, median',
    value: median,
    unit: 'ms',
    atMost: 10,
  });
});
