import { setTimeout as delay } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { figure, size, skip } from '../../faults/figure.ts';
import { isMissing } from '../binary.ts';
import { Child } from '../child.ts';
import { Client, connectDeaf } from '../client.ts';
import { freePort, MAIN, portOf } from '../command.ts';
import { controlGroup } from '../control-group.ts';
import { memoryOf } from '../memory-of.ts';

const MB = 1_048_576;
const CLIENTS = size(60, 1_500);
const FLOOD = Buffer.from(`${'x'.repeat(1_000)}\n`.repeat(256), 'latin1');

/** Starts the command where there is little memory. */
async function startSmall(...flags: string[]) {
  const group = controlGroup(128 * MB);
  const http = await freePort();
  const command = [
    '--max-old-space-size=64',
    MAIN,
    ...`--port 0 --http 127.0.0.1:${http} --quit self`.split(' '),
    // With few clients, as with many on a small machine.
    ...(size(1, 0) === 1 ? ['--max-memory-bytes', String(2 * MB)] : []),
    ...flags,
  ];
  const enter = group === undefined ? '' : `echo $$ > ${group.processes}; `;
  const child = new Child('sh', ['-c', `${enter}exec "$0" "$@"`, process.execPath, ...command]);
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await child.exit;
  });
  await child.until(({ lines }) => lines.length > 0, 'its first line');
  const limits =
    group === undefined ? 'a heap of 64 MB' : `a heap of 64 MB, cgroup ${group.version} of 128 MB`;
  return { child, port: portOf(child.lines[0]), limits, metric: (name: string) => metric(http, name) };
}

async function metric(port: number, name: string): Promise<number> {
  const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  return Number(text.split(`\n${name} `)[1]?.split('\n', 1)[0]);
}

/** Sends more than a queue holds, over and over, and reads nothing. */
async function hog(port: number, goesOn: () => boolean): Promise<void> {
  do {
    const socket = await connectDeaf(port);
    socket.on('end', () => socket.destroy());
    socket.write(FLOOD);
    const over = new Promise((resolve) => socket.once('close', resolve));
    while (goesOn() && !socket.destroyed) await Promise.race([over, delay(200)]);
    socket.destroy();
  } while (goesOn());
}

test.runIf(process.platform === 'linux')(
  'F46: many fill their queues where there is little memory: it lives, and who behaves is answered',
  async () => {
    const { child, port, limits, metric: read } = await startSmall('--order', 'strict', '--clients', '9999');
    const honest = await Client.in(port);
    const until = performance.now() + size(0, 60_000);
    let isOver = false;
    const goesOn = (): boolean => !isOver;
    const hogs = Array.from({ length: CLIENTS }, () => hog(port, goesOn));
    let slowest = 0;
    let answers = 0;
    do {
      const began = performance.now();
      await honest.sync();
      slowest = Math.max(slowest, performance.now() - began);
      answers++;
      await delay(10);
    } while (performance.now() < until || (await read('proto_drops_total{reason="memory was short"}')) === 0);
    const [held, most] = [await read('proto_memory_bytes'), await read('proto_max_memory_bytes')];
    expect(held).toBeLessThanOrEqual(most);
    expect(await read('proto_memory_pushbacks_total')).toBeGreaterThan(0);
    expect(answers).toBeGreaterThan(0);
    const resident = memoryOf(child.pid).most;
    isOver = true;
    await Promise.all(hogs);
    await honest.sync();
    expect(child.stderr).toMatch(/^serving [^\n]*\n$/);
    figure({
      id: 'F46',
      what: `resident at most, ${CLIENTS} filling queues, ${limits}`,
      value: resident / MB,
      unit: 'MiB',
      atMost: 160,
    });
    figure({ id: 'F46', what: 'slowest answer meanwhile', value: slowest, unit: 'ms', atMost: 1_000 });
  },
);

/** Clients that send lines over and over, and read nothing. Their buffers are small, so the kernel takes few answers. */
const DEAF = `
import select, socket, sys
port, clients = int(sys.argv[1]), int(sys.argv[2])
flood = (b'y' * 1000 + b'\\n') * 64

def connected():
    each = socket.socket()
    each.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    each.connect(('127.0.0.1', port))
    each.setblocking(False)
    return each

deaf = [connected() for _ in range(clients)]
print('connected', flush=True)
while not select.select([sys.stdin], [], [], 0.02)[0]:
    for at, each in enumerate(deaf):
        try:
            each.send(flood)
        except BlockingIOError:
            pass
        except OSError:
            each.close()
            deaf[at] = connected()
`;

test.runIf(process.platform === 'linux')(
  'F46: many fill their outboxes where there is little memory: it lives, and who reads gets every answer',
  async () => {
    if (isMissing('python3')) return skip('F46', 'python3 is not installed');
    const { child, port, limits, metric: read } = await startSmall('--order', 'free');
    const honest = await Client.in(port);
    const deaf = new Child('python3', ['-c', DEAF, String(port), String(CLIENTS)]);
    await deaf.line('connected');
    let said = 0;
    const until = performance.now() + size(0, 60_000);
    const dropped = (): Promise<number> => read('proto_drops_total{reason="memory was short"}');
    do {
      honest.say(...Array.from({ length: 10 }, (_, line) => `line ${said + line}`));
      said += 10;
      await honest.line(`LINE ${said - 1}`);
    } while (performance.now() < until || (await dropped()) === 0);
    const got = honest.lines.filter((each) => /^LINE \d+$/.test(each));
    expect(got).toEqual(Array.from({ length: said }, (_, line) => `LINE ${line}`));
    expect(child.stderr).toMatch(/^serving [^\n]*\n$/);
    figure({
      id: 'F46',
      what: `resident at most, ${CLIENTS} filling outboxes, ${limits}`,
      value: memoryOf(child.pid).most / MB,
      unit: 'MiB',
      atMost: 160,
    });
    figure({
      id: 'F46',
      what: `answers lost of ${said} to who reads meanwhile`,
      value: said - got.length,
      unit: '',
      atMost: 0,
    });
  },
);
