import { describe, expect, test } from 'vitest';
import { Child } from './child.ts';
import { Client, connectDeaf } from './client.ts';
import { MAIN } from './command.ts';

interface Entry {
  readonly level: string;
  readonly event: string;
  readonly [key: string]: unknown;
}

const entries = ({ lines }: Child): Entry[] => lines.map((line) => JSON.parse(line) as Entry);

/** Starts the built command with a JSON log and HTTP, on any free ports. */
async function start(...flags: string[]): Promise<{ child: Child; port: number; http: string }> {
  const given = ['--port', '0', '--http', '127.0.0.1:0', '--log', 'json', '--clients', '1'];
  const child = new Child(process.execPath, [MAIN, ...given, ...flags]);
  // Two pipes: which is read first is not told.
  await child.until(({ lines, stderr }) => lines.length > 0 && /^serving /m.test(stderr), 'both first lines');
  const port = Number(/:(\d+)$/.exec(String(entries(child)[0]?.['address']))?.[1]);
  const http = /^serving (http:\/\/127\.0\.0\.1:\d+)\//m.exec(child.stderr)?.[1] ?? '';
  return { child, port, http };
}

describe('operation', () => {
  test('proto-server: --log json is nothing but JSON lines, --http is there from the first to the last', async () => {
    const { child, port, http } = await start('--turn-timeout-ms', '50');
    const client = await Client.in(port);
    const states = async (): Promise<number[]> =>
      Promise.all(['/healthz', '/readyz'].map(async (path) => (await fetch(http + path)).status));
    expect(await states()).toEqual([200, 200]);
    client.say('secret');
    await client.line('SECRET');
    const metrics = await (await fetch(`${http}/metrics`)).text();
    expect(metrics).toMatch(/^proto_clients 1$/m);
    expect(metrics).toMatch(/^process_open_fds \d+$/m);
    expect(metrics).toMatch(/^proto_event_loop_delay_seconds_count \d+$/m);
    await child.line(/"event":"skip"/);
    child.kill('SIGTERM');
    expect(await child.exit).toEqual({ code: 0, signal: null });
    const seen = entries(child).map(({ event }) => event);
    expect(seen.filter((event) => event !== 'skip')).toEqual(['listening', 'join', 'quit', 'quitDone']);
    expect(entries(child).at(-1)).toMatchObject({ reason: 'SIGTERM', told: 1, clean: 1 });
    expect(child.stdout).not.toContain('secret');
    await expect(fetch(`${http}/healthz`)).rejects.toThrow('fetch failed');
  });

  test('proto-server: not ready while it drains, and healthy', async () => {
    const { child, port, http } = await start('--quit', 'all', '--linger-ms', '60000', '--grace-ms', '60000');
    await connectDeaf(port);
    (await Client.in(port)).say('/quit');
    // Somebody does not end its side: the server reads on.
    await child.line(/"event":"quit"/);
    expect((await fetch(`${http}/readyz`)).status).toBe(503);
    expect((await fetch(`${http}/healthz`)).status).toBe(200);
  });

  test('proto-server: --http on an address that others reach is said so, on one that is taken is exit code 69', async () => {
    const { child, http } = await start('--http', '0.0.0.0:0');
    await child.until(
      ({ stderr }) =>
        /^--http 0\.0\.0\.0:0 can be reached from other machines and has no authentication/m.test(stderr),
      'who can reach it',
    );
    expect(http).toBe('');
    const taken = /^serving http:\/\/(0\.0\.0\.0:\d+)\//m.exec(child.stderr)?.[1] ?? '';
    const second = new Child(process.execPath, [MAIN, '--port', '0', '--http', taken]);
    expect(await second.exit).toEqual({ code: 69, signal: null });
    expect(second.stderr).toMatch(/^Cannot serve HTTP on 0\.0\.0\.0:\d+: the port is in use/);
    child.kill('SIGTERM');
    await child.exit;
  });
});
