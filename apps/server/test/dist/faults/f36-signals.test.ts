import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { figure, skip } from '../../faults/figure.ts';
import { isMissing } from '../binary.ts';
import { Child } from '../child.ts';
import { Client } from '../client.ts';
import { MAIN, portOf, start } from '../command.ts';

const SIGNALS = ['SIGHUP', 'SIGUSR1', 'SIGUSR2'] as const;
const FREE = ['--order', 'free', '--quit', 'self'];

const RUN = fileURLToPath(new URL('../../../../../scripts/run.mjs', import.meta.url));

/** The TCP ports that a process listens on. */
function listening(pid: number): number[] {
  const states = ['tcp', 'tcp6'].flatMap((table) =>
    readFileSync(`/proc/${pid}/net/${table}`, 'latin1').split('\n').slice(1, -1),
  );
  return states
    .map((row) => row.trim().split(/\s+/))
    .filter(([, , , state]) => state === '0A')
    .map(([, local]) => Number.parseInt(local?.split(':').at(-1) ?? '0', 16));
}

test.each(SIGNALS)('F36: %s ends nothing, idle and under load', async (signal) => {
  const { child, port } = await start(...FREE);
  const client = await Client.in(port);
  child.kill(signal);
  await client.say('idle').line('IDLE');
  for (let index = 0; index < 200; index++) {
    client.say(`line ${index}`);
    if (index % 20 === 0) child.kill(signal);
  }
  await client.line('LINE 199');
  const answers = client.lines.filter((line) => line.startsWith('LINE ')).length;
  expect([child.stderr, answers]).toEqual(['', 200]);
  // The port of Node's debugger.
  expect(listening(child.pid)).not.toContain(9229);
  if (signal === 'SIGHUP') await child.line(/^nothing to reload/);
  child.kill('SIGTERM');
  expect(await child.exit).toEqual({ code: 0, signal: null });
  figure({ id: 'F36', what: `lines lost by ${signal}`, value: 200 - answers, unit: '', atMost: 0 });
});

const script = isMissing('python3');
if (script) skip('F36', 'there is no python3');

/** Runs a command on a terminal of its own, shows the first line, and hangs the terminal up when stdin ends. */
const ON_A_TERMINAL = `
import os, pty, sys
pid, fd = pty.fork()
if pid == 0: os.execvp(sys.argv[1], sys.argv[1:])
seen = b''
while b'listening on ' not in seen or not seen.endswith(b'\\n'): seen += os.read(fd, 1)
print(pid, seen.decode().split('\\n')[-2].strip(), flush=True)
sys.stdin.read()
os.close(fd)
print('hung up', flush=True)
`;

/** A server on a terminal of its own, and what hangs that up. */
async function onATerminal(...command: string[]): Promise<{ client: Client; hangUp: () => Promise<void> }> {
  const args = ['-c', ON_A_TERMINAL, process.execPath, ...command, '--port', '0', ...FREE];
  const terminal = new Child('python3', args, { NO_COLOR: '1' });
  const [pid, ...line] = (await terminal.line(/ listening on /)).split(' ');
  onTestFinished(() => {
    try {
      process.kill(Number(pid), 'SIGKILL');
    } catch {
      // It has ended.
    }
  });
  return {
    client: await Client.in(portOf(line.join(' '))),
    hangUp: async () => {
      terminal.endInput();
      await terminal.line('hung up');
    },
  };
}

test.skipIf(script)('F36: a terminal that hangs up ends nothing', async () => {
  const { client, hangUp } = await onATerminal(MAIN);
  await hangUp();
  for (let index = 0; index < 20; index++) await client.say(`still ${index}`).line(`STILL ${index}`);
  expect(client.isEnded).toBe(false);
});

test.skipIf(script)('F36: a server of `npm start` quits with its terminal', async () => {
  const { client, hangUp } = await onATerminal(RUN, 'start');
  await hangUp();
  await client.end();
  expect(client.lines.at(-1)).toBe('* BYE SIGTERM');
});
