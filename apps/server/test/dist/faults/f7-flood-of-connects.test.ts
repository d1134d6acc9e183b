import { expect, test } from 'vitest';
import { figure, size } from '../../faults/figure.ts';
import { Client, connectDeaf } from '../client.ts';
import { start } from '../command.ts';

test('F7: a flood of connects is refused one by one, in a handful of log lines', async () => {
  const [limit, flood] = [size(30, 1_000), size(300, 10_000)];
  const { child, port } = await start('--order', 'free', '--max-clients', String(limit));
  const insider = await Client.in(port);
  let [inside, refused] = [1, 0];
  const full = `* ERR SERVER_FULL Cannot let you in: ${limit} clients are connected. Try again later\n* BYE refused\n`;
  const knock = async (): Promise<void> => {
    const socket = await connectDeaf(port);
    const said = await new Promise<string>((resolve) => {
      let text = '';
      socket.setEncoding('latin1').on('data', (chunk: string) => {
        text += chunk;
        if (text.startsWith('* WELCOME')) resolve('in');
      });
      socket.once('end', () => {
        socket.end();
        resolve(text);
      });
      socket.resume();
    });
    if (said === 'in') inside++;
    else if (said === full) refused++;
  };
  for (let sent = 1; sent < flood; sent += 100) {
    await Promise.all(Array.from({ length: Math.min(100, flood - sent) }, knock));
    await insider.sync();
  }
  expect({ inside, refused }).toEqual({ inside: limit, refused: flood - limit });
  child.kill('SIGTERM');
  await child.exit;
  const lines = child.lines.filter((line) => /SERVER_FULL/.test(line));
  expect(lines.length).toBeGreaterThan(0);
  figure({ id: 'F7', what: 'in', value: inside, unit: '', atLeast: limit, atMost: limit });
  figure({
    id: 'F7',
    what: 'refused',
    value: refused,
    unit: '',
    atLeast: flood - limit,
    atMost: flood - limit,
  });
  figure({ id: 'F7', what: 'log lines of it', value: lines.length, unit: '', atMost: 10 });
  expect(lines.length).toBeLessThanOrEqual(10);
});
