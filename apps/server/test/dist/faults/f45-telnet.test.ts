import { expect, test } from 'vitest';
import { figure, skip } from '../../faults/figure.ts';
import { isMissing } from '../binary.ts';
import { Child } from '../child.ts';
import { start } from '../command.ts';

/** Runs a command on a terminal of its own: what comes on stdin is typed, and what it shows goes to stdout. */
const ON_A_TERMINAL = `
import os, pty, select, sys
pid, fd = pty.fork()
if pid == 0: os.execvp(sys.argv[1], sys.argv[1:])
while True:
    ready, _, _ = select.select([fd, 0], [], [])
    try:
        for each in ready:
            read = os.read(each, 4096)
            if not read: sys.exit()
            os.write(1 if each == fd else fd, read)
    except OSError: sys.exit()
`;

const without = [isMissing('telnet'), isMissing('python3')].includes(true);
if (without) skip('F45', 'there is no telnet or no python3');

test.skipIf(without)('F45: telnet shows answers after Ctrl-C', async () => {
  const { child, port } = await start('--order', 'free');
  const telnet = new Child('python3', ['-c', ON_A_TERMINAL, 'telnet', '127.0.0.1', String(port)]);
  const shows = (text: string): Promise<void> => telnet.until(({ stdout }) => stdout.includes(text), text);
  await shows('* WELCOME 1 1 main 1');
  telnet.write('before\n');
  await shows('BEFORE');
  for (const round of [1, 2, 3]) {
    telnet.write('half a line\u0003');
    await telnet.until(({ stdout }) => stdout.split('^C').length > round, 'Ctrl-C');
    telnet.write(`after ${round}\n`);
    await shows(`AFTER ${round}`);
  }
  const answers = telnet.stdout.match(/AFTER \d/g) ?? [];
  expect(child.lines.some((line) => line.includes(' !'))).toBe(false);
  telnet.write('/quit\n');
  await shows('* BYE quit');
  figure({
    id: 'F45',
    what: 'answers that telnet shows after Ctrl-C, of 3',
    value: answers.length,
    unit: '',
    atLeast: 3,
  });
});
