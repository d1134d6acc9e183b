import { expect, test } from 'vitest';
import { figure, size } from '../../faults/figure.ts';
import { Child } from '../child.ts';
import { Client } from '../client.ts';
import { MAIN, start } from '../command.ts';

test('F23: after SIGKILL every client sees the end, and a restart binds at once', async () => {
  const clients = size(20, 100);
  let { child, port } = await start('--order', 'free', '--events', 'on');
  const times: number[] = [];
  let inUse = 0;
  for (let time = 0; time < size(3, 20); time++) {
    const all = await Promise.all(Array.from({ length: clients }, () => Client.in(port)));
    for (const client of all) client.say('in mid-conversation');
    child.kill('SIGKILL');
    await child.exit;
    const began = performance.now();
    child = new Child(process.execPath, [MAIN, '--order', 'free', '--port', String(port)]);
    await child.until(({ lines, stderr }) => lines.length > 0 || stderr !== '', 'its first line');
    times.push(performance.now() - began);
    if (/in use/.test(child.stderr)) inUse++;
    await Promise.all(all.map((client) => client.over()));
    // A stream that ends without BYE was cut.
    expect(all.filter(({ lines }) => lines.some((line) => line.startsWith('* BYE')))).toEqual([]);
    const again = await Client.in(port);
    again.say('back');
    await again.line('BACK');
  }
  expect(inUse).toBe(0);
  figure({ id: 'F23', what: 'port in use', value: inUse, unit: '', atMost: 0 });
  const median = times.toSorted((a, b) => a - b)[times.length >> 1] ?? Infinity;
  figure({ id: 'F23', what: 'back, start of Node included', value: median, unit: 'ms', atMost: 200 });
});
