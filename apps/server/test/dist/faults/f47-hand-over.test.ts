import { execFileSync } from 'node:child_process';
import { connect } from 'node:net';
import { describe, expect, test } from 'vitest';
import { figure, size, skip } from '../../faults/figure.ts';
import { isMissing } from '../binary.ts';
import { Child } from '../child.ts';
import { freePort, MAIN } from '../command.ts';

const CONNECTS = size(400, 5_000);
const RESTARTS = size(2, 8);
const AT_ONCE = 20;
const FLAGS = '--order free --quit self --linger-ms 100'.split(' ');

/** Holds a listening socket, as systemd does, and passes it to one server after another. A line on stdin: the next one. */
const PARENT = `
import os, signal, socket, subprocess, sys
count, *command = sys.argv[1:]
bound = socket.socket()
bound.bind(('127.0.0.1', 0))
bound.listen(4096)
print(bound.getsockname()[1], flush=True)
def become():
    os.dup2(bound.fileno(), 3)
    os.set_inheritable(3, True)
    os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS='1')
for _ in range(int(count)):
    server = subprocess.Popen(command, stdout=subprocess.PIPE, preexec_fn=become, close_fds=False)
    print('up' if server.stdout.readline().startswith(b'listening on ') else 'not up', flush=True)
    sys.stdin.readline()
    server.send_signal(signal.SIGTERM)
    server.stdout.read()
    print('ended with', server.wait(), flush=True)
`;

/** What became of connections: how many were refused, reset before their first line, and how many got one. */
interface Fate {
  refused: number;
  reset: number;
  heard: number;
}

/** Connects until it has done so `CONNECTS` times, at least. `restart` is called at equal distances. */
async function load(port: number, restart: () => Promise<void>): Promise<Fate> {
  const fate: Fate = { refused: 0, reset: 0, heard: 0 };
  const state = { begun: 0, isOver: false };
  const knock = async (): Promise<void> => {
    while (state.begun < CONNECTS || !state.isOver) {
      state.begun++;
      fate[await visit(port)]++;
    }
  };
  const knocking = Array.from({ length: AT_ONCE }, knock);
  for (let each = 1; each <= RESTARTS; each++) {
    const due = Math.floor((CONNECTS * each) / (RESTARTS + 1));
    while (state.begun < due) fate[await visit(port)]++;
    await restart();
  }
  state.isOver = true;
  await Promise.all(knocking);
  return fate;
}

/** Connects, waits for the first line, and goes. */
function visit(port: number): Promise<keyof Fate> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    socket.once('data', () => {
      resolve('heard');
      socket.end().resume();
    });
    socket.on('error', ({ code }: NodeJS.ErrnoException) =>
      resolve(code === 'ECONNREFUSED' ? 'refused' : 'reset'),
    );
    socket.once('close', () => resolve('reset'));
  });
}

describe.skipIf(isMissing('python3'))("systemd's socket", () => {
  test('F47: a restart under load refuses and resets no connection', async () => {
    const parent = new Child('python3', [
      '-c',
      PARENT,
      String(RESTARTS + 1),
      process.execPath,
      MAIN,
      ...FLAGS,
    ]);
    const count = (line: string): number => parent.lines.filter((each) => each === line).length;
    const up = (generation: number): Promise<void> =>
      parent.until(() => count('up') === generation, `server ${generation}`);
    await up(1);
    let generation = 1;
    const fate = await load(Number(parent.lines[0]), () => {
      parent.write('next\n');
      return up(++generation);
    });
    parent.write('next\n');
    expect(await parent.exit).toEqual({ code: 0, signal: null });
    expect(count('ended with 0')).toBe(RESTARTS + 1);
    expect(fate).toMatchObject({ refused: 0, reset: 0 });
    expect(fate.heard).toBeGreaterThanOrEqual(CONNECTS);
    figure({
      id: 'F47',
      what: 'refused, by a socket of the parent',
      value: fate.refused,
      unit: '',
      atMost: 0,
    });
    figure({
      id: 'F47',
      what: 'reset before the first line, by a socket of the parent',
      value: fate.reset,
      unit: '',
      atMost: 0,
    });
  });
});

/** A Node that can share a port: this one, or one from the npm registry, at full size and in CI. */
function sharingNode(): string | undefined {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > 23 || (major === 22 && minor >= 12)) return process.execPath;
  if (size(0, 1) === 0 && process.env['CI'] !== 'true') return undefined;
  const args = '--yes --loglevel error --package node@22 -- node -p process.execPath'.split(' ');
  return execFileSync('npx', args, { encoding: 'utf8' }).trim();
}

describe('--reuse-port', () => {
  const node = sharingNode();
  if (node === undefined) skip('F47', `Node ${process.versions.node} cannot share a port`);

  test.skipIf(node === undefined)('F47: each server listens before the one before it ends', async () => {
    const port = await freePort();
    const next = async (): Promise<Child> => {
      const child = new Child(node!, [MAIN, '--port', String(port), '--reuse-port', 'on', ...FLAGS]);
      await child.line(`listening on 127.0.0.1:${port}`);
      return child;
    };
    let last = await next();
    const fate = await load(port, async () => {
      const before = last;
      last = await next();
      before.kill('SIGTERM');
      expect(await before.exit).toEqual({ code: 0, signal: null });
    });
    expect(fate.refused).toBe(0);
    expect(fate.heard + fate.reset).toBeGreaterThanOrEqual(CONNECTS);
    figure({ id: 'F47', what: 'refused, by a shared port', value: fate.refused, unit: '', atMost: 0 });
    // Without a look for those that wait, 100 to 130 were; with net.ipv4.tcp_migrate_req, none.
    figure({
      id: 'F47',
      what: 'reset before the first line, by a shared port',
      value: fate.reset,
      unit: '',
      atMost: 50,
    });
  });
});
