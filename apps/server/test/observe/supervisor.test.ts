import { describe, expect, test } from 'vitest';
import { sendBy, Supervisor, takeSupervision } from '../../src/observe/supervisor.ts';
import { memoryServer } from '../peer.ts';

const PID = 4_711;

/** A supervisor that takes a message when the test says so. */
function slow(): {
  sent: string[][];
  send: (message: readonly string[]) => Promise<void>;
  take: () => Promise<void>;
} {
  const sent: string[][] = [];
  const taken: (() => void)[] = [];
  return {
    sent,
    send: (message) => {
      sent.push([...message]);
      return new Promise((resolve) => {
        taken.push(resolve);
      });
    },
    take: async () => {
      taken.shift()?.();
      await new Promise(setImmediate);
    },
  };
}

const quiet = (): void => {};

describe('takeSupervision', () => {
  test.each([
    { env: {}, want: undefined },
    { env: { NOTIFY_SOCKET: '' }, want: undefined },
    { env: { WATCHDOG_USEC: '1000000' }, want: undefined },
    { env: { NOTIFY_SOCKET: '@x' }, want: { socket: '@x', aliveMs: undefined } },
    { env: { NOTIFY_SOCKET: '/x', WATCHDOG_USEC: '3000000' }, want: { socket: '/x', aliveMs: 1_500 } },
    { env: { NOTIFY_SOCKET: '/x', WATCHDOG_USEC: '1' }, want: { socket: '/x', aliveMs: 1 } },
    { env: { NOTIFY_SOCKET: '/x', WATCHDOG_USEC: '0' }, want: { socket: '/x', aliveMs: undefined } },
    { env: { NOTIFY_SOCKET: '/x', WATCHDOG_USEC: '1s' }, want: { socket: '/x', aliveMs: undefined } },
    {
      env: { NOTIFY_SOCKET: '/x', WATCHDOG_USEC: '2000', WATCHDOG_PID: '4711' },
      want: { socket: '/x', aliveMs: 1 },
    },
    {
      env: { NOTIFY_SOCKET: '/x', WATCHDOG_USEC: '2000', WATCHDOG_PID: '1' },
      want: { socket: '/x', aliveMs: undefined },
    },
  ])('takeSupervision: $env', ({ env, want }) => {
    const variables: Record<string, string | undefined> = { PATH: '/bin', ...env };
    expect(takeSupervision(variables, PID)).toEqual(want);
    expect(variables).toEqual({ PATH: '/bin' });
  });
});

describe('Supervisor', () => {
  test('Supervisor: says when a server listens, drains and closes', async () => {
    const sent: (readonly string[])[] = [];
    const send = (message: readonly string[]): Promise<void> => {
      sent.push(message);
      return Promise.resolve();
    };
    const { server, join } = await memoryServer({ drainMs: 60_000, graceMs: 1_000, lingerMs: 300 });
    const supervisor = new Supervisor({ socket: '@x', aliveMs: undefined }, quiet, send);
    supervisor.watch(server);
    server.emit('listening', { address: 'here\n\tMAINPID=1' });
    await join().line(/^\* WELCOME/);
    void server.drain();
    void server.close();
    await new Promise(setImmediate);
    expect(sent).toEqual([
      ['READY=1', String.raw`STATUS=listening on here\n\tMAINPID=1`],
      ['STOPPING=1', 'STATUS=draining', 'EXTEND_TIMEOUT_USEC=61300000'],
      ['STOPPING=1', 'STATUS=closing, 1 client told', 'EXTEND_TIMEOUT_USEC=1300000'],
    ]);
  });

  test('Supervisor: 16 messages are on their way at most', async () => {
    const { sent, send, take } = slow();
    const supervisor = new Supervisor({ socket: '@x', aliveMs: undefined }, quiet, send);
    for (let each = 0; each < 100; each++) supervisor.status(String(each));
    expect(sent).toEqual(Array.from({ length: 16 }, (_, each) => [`STATUS=${each}`]));
    await take();
    supervisor.status('one more');
    supervisor.status('and none');
    expect(sent.slice(16)).toEqual([['STATUS=one more']]);
  });

  test('Supervisor: reloads that come while it reloads are one more', async () => {
    const sent: string[] = [];
    const send = (message: readonly string[]): Promise<void> => {
      sent.push(message.join(' '));
      return Promise.resolve();
    };
    const supervisor = new Supervisor({ socket: '@x', aliveMs: undefined }, quiet, send);
    let reloads = 0;
    const reload = async (): Promise<void> => {
      reloads++;
      await new Promise(setImmediate);
    };
    await Promise.all(Array.from({ length: 1_000 }, () => supervisor.reload(reload)));
    await new Promise(setImmediate);
    expect(reloads).toBe(2);
    const [first, ...rest] = sent;
    expect(first).toMatch(/^RELOADING=1 MONOTONIC_USEC=[1-9]\d+$/);
    expect(rest).toEqual(['READY=1', expect.stringMatching(/^RELOADING=1 /), 'READY=1']);
  });

  test('Supervisor: says once why nothing can be sent, and goes on', async () => {
    const lines: string[] = [];
    const send = sendBy('@x', '/nowhere');
    const both = new Promise<void>((resolve) => {
      let sends = 0;
      const counted: typeof send = (message) =>
        send(message).finally(() => void (++sends === 2 && setImmediate(resolve)));
      const supervision = { socket: '@x', aliveMs: undefined };
      const supervisor = new Supervisor(supervision, (line) => lines.push(line), counted);
      supervisor.status('one');
      supervisor.status('two');
    });
    await both;
    expect(lines).toEqual([
      'Cannot tell the supervisor: there is no systemd-notify. Install systemd, or leave out Type=notify',
    ]);
  });
});
