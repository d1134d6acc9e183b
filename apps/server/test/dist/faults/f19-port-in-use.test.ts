import { expect, test } from 'vitest';
import { figure } from '../../faults/figure.ts';
import { Child } from '../child.ts';
import { MAIN, start } from '../command.ts';

test('F19: a port in use is one line and 69', async () => {
  const { port } = await start();
  const began = performance.now();
  const second = new Child(process.execPath, [MAIN, '--port', String(port)]);
  expect(await second.exit).toEqual({ code: 69, signal: null });
  figure({
    id: 'F19',
    what: 'the second one ends',
    value: performance.now() - began,
    unit: 'ms',
    atMost: 1_000,
  });
  expect(second.stdout).toBe('');
  expect(second.stderr).toBe(
    `Cannot listen on 127.0.0.1:${port}: the port is in use. Stop the other server, or pick another port (0: any free one)\n`,
  );
});
