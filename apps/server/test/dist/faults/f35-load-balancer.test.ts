import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { figure, size, skip } from '../../faults/figure.ts';
import { isMissing } from '../binary.ts';
import { Child } from '../child.ts';
import { Client } from '../client.ts';
import { start } from '../command.ts';

const FRONTS = ['proxy-v2', 'proxy-v1', 'smtp'] as const;

/** HAProxy before a server: with a header of the PROXY protocol, with checks, and with checks that speak SMTP. */
function balancer(folder: string, port: number): string {
  const server = `server s 127.0.0.1:${port} check inter 50 fall 1000000`;
  const option = { 'proxy-v2': 'send-proxy-v2', 'proxy-v1': 'send-proxy', smtp: 'send-proxy-v2' };
  const parts = FRONTS.map((name) =>
    [
      `listen ${name}`,
      `  bind unix@${join(folder, name)}`,
      ...(name === 'smtp' ? ['  option smtpchk HELO localhost'] : []),
      `  ${server} ${option[name]}`,
    ].join('\n'),
  );
  const defaults = 'defaults\n  mode tcp\n  timeout connect 2s\n  timeout client 10s\n  timeout server 10s\n';
  return `${defaults}${parts.join('\n')}\n`;
}

const isAbsent = isMissing('haproxy');
if (isAbsent) skip('F35', 'there is no haproxy');

test.skipIf(isAbsent)(
  'F35: HAProxy in front of a server with its defaults does not shut it down',
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'proto-haproxy-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const { child, port } = await start();
    const file = join(folder, 'haproxy.cfg');
    writeFileSync(file, balancer(folder, port));
    const haproxy = new Child('haproxy', ['-db', '-f', file]);
    while (!FRONTS.every((name) => existsSync(join(folder, name)))) await delay(20);
    const until = performance.now() + size(0, 60_000);
    let through = 0;
    do {
      for (const name of FRONTS.slice(0, 2)) {
        const socket = connect(join(folder, name)).on('error', () => {});
        socket.write('quit\nhello\nquit\n');
        socket.resume();
        await once(socket, 'close');
        through++;
      }
    } while (through < 40 || performance.now() < until);
    const quits = child.lines.filter((line) => / quits /.test(line)).length;
    figure({
      id: 'F35',
      what: `quits that ${through} visits and all checks caused`,
      value: quits,
      unit: '',
      atMost: 0,
    });
    expect([quits, child.stderr]).toEqual([0, '']);
    expect(child.lines.some((line) => line.includes('it spoke PROXY'))).toBe(true);
    const client = await Client.in(port);
    await client.say('/ping').line('* PONG ');
    haproxy.kill('SIGKILL');
  },
);
