import type { Socket } from 'node:net';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { ClientError } from '../src/dial/client-error.ts';
import { connect } from '../src/library/connect.ts';
import type { Ending } from '../src/library/ending.ts';
import { Backoff, Reconnect, type ReconnectParts } from '../src/mode/reconnect.ts';
import { pipe } from '../src/pipe/pipe.ts';
import { linesFrom, serve, upper } from './scripted-server.ts';

const WELCOME = '* WELCOME 1 1 main 1\n';

/** A reconnect to a port that does not sleep; what it says and how long it would have slept. */
function impatient(
  port: number,
  parts: Partial<ReconnectParts> = {},
): { reconnect: Reconnect; said: string[]; slept: number[] } {
  const [said, slept]: [string[], number[]] = [[], []];
  const reconnect = new Reconnect({
    open: () => connect({ port }),
    note: (line) => said.push(line),
    sleep: (ms) => Promise.resolve(slept.push(ms)),
    now: () => 0,
    backoff: new Backoff(() => 0.5),
    ...parts,
  });
  return { reconnect, said, slept };
}

describe('Backoff', () => {
  it('waits twice as long each time, at most 30 s, ten times', () => {
    const backoff = new Backoff(() => 0);
    const waits = Array.from({ length: 11 }, () => backoff.next());
    expect(waits).toEqual([250, 500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000, undefined]);
    backoff.reset();
    expect(backoff.next()).toBe(250);
  });

  it('less a random part of up to a half', () => {
    for (const random of [0, 0.3, 0.999]) {
      const first = new Backoff(() => random).next()!;
      expect(first).toBeLessThanOrEqual(250);
      expect(first).toBeGreaterThan(125);
      expect(first).toBe(250 * (1 - random / 2));
    }
  });
});

describe('Reconnect', () => {
  it('connect: goes on trying while nobody is there, and says when', async () => {
    await using server = await serve(upper);
    let tries = 0;
    const { reconnect, said, slept } = impatient(server.port, {
      open: () => (++tries < 3 ? connect({ port: 1 }) : connect({ port: server.port })),
    });
    await using client = await reconnect.connect();
    expect(await client.ask('a')).toBe('A');
    expect(said).toEqual([
      'Cannot connect to 127.0.0.1:1: nobody listens there. Start the server, or say another host:port. Trying again in 0.2 s',
      'Cannot connect to 127.0.0.1:1: nobody listens there. Start the server, or say another host:port. Trying again in 0.4 s',
    ]);
    expect(slept).toEqual([187.5, 375]);
  });

  it('connect: gives up after ten tries with what was wrong, and at once where it is of no use', async () => {
    const { reconnect, said } = impatient(1);
    await expect(reconnect.connect()).rejects.toMatchObject({ code: 'UNREACHABLE' });
    expect(said).toHaveLength(10);
    const denied = impatient(1, { open: () => Promise.reject(new ClientError('INSECURE', 'no')) });
    await expect(denied.reconnect.connect()).rejects.toMatchObject({ code: 'INSECURE' });
    expect(denied.said).toEqual([]);
  });

  it('stop: tries no more, in a wait or in the middle of connecting', async () => {
    const { reconnect, said } = impatient(1, {
      sleep: () => {
        reconnect.stop();
        return Promise.resolve();
      },
    });
    await expect(reconnect.connect()).rejects.toMatchObject({ code: 'UNREACHABLE' });
    expect(said).toHaveLength(1);
    await using server = await serve(() => {});
    const other = impatient(1, {
      open: (signal) => {
        const opened = connect({ port: server.port, signal });
        other.reconnect.stop();
        return opened;
      },
    });
    await expect(other.reconnect.connect()).rejects.toMatchObject({ code: 'ABORTED' });
    expect(other.said).toEqual([]);
  });

  it.each<[string, Partial<Ending>, boolean]>([
    ['cut', { error: new ClientError('CUT', '') }, true],
    ['goodbye that nobody here asked for', { bye: 'signal' }, true],
    ['a quit of ours', { bye: 'quit', asked: true }, false],
    ['closed here', { error: new ClientError('CLOSED', ''), asked: true }, false],
    ['not ours', { error: new ClientError('NOT_OURS', '') }, false],
    ['denied', { error: new ClientError('DENIED', '') }, false],
  ])('wants: %s', (_, ending, wants) => {
    const whole = { bye: undefined, unanswered: 0, asked: false, error: undefined, ...ending };
    expect(impatient(1).reconnect.wants(whole)).toBe(wants);
  });

  it('again: begins anew with the waits where the connection had lasted', async () => {
    let now = 0;
    await using server = await serve(upper);
    const { reconnect, slept } = impatient(server.port, { now: () => now });
    const ending = { bye: undefined, unanswered: 0, asked: false, error: new ClientError('CUT', 'cut') };
    for (const lasted of [1, 1, 60_000, 1]) {
      const client = await reconnect.connect();
      now += lasted;
      await client.close();
      await (await reconnect.again(ending)).close();
    }
    expect(slept).toEqual([187.5, 375, 187.5, 375]);
  });
});

describe('pipe with reconnect', () => {
  /** Lines in one by one, each when the one before it was dealt with. */
  async function run(
    script: (socket: Socket, connection: number) => Promise<void> | void,
    input: PassThrough,
    meanwhile = '',
  ) {
    let connections = 0;
    await using server = await serve((socket) => script(socket, ++connections));
    const { reconnect, said } = impatient(server.port, {
      // The rest of the input comes while there is no connection.
      sleep: async () => {
        if (meanwhile !== '') input.end(meanwhile);
        await nextTurn();
      },
    });
    const [output, errors] = [new PassThrough(), new PassThrough()];
    const [out, err] = [text(output), text(errors)];
    const first = await reconnect.connect();
    const code = await pipe(first, { input, output, errors }, { maxLineBytes: 1024, reconnect });
    output.end();
    errors.end();
    return { code, out: await out, err: await err, said, connections };
  }

  it('goes on with the next line on the next connection, and does not send a line twice', async () => {
    const input = new PassThrough();
    const heard: string[] = [];
    const script = async (socket: Socket, connection: number): Promise<void> => {
      socket.write(WELCOME);
      for await (const line of linesFrom(socket)) {
        heard.push(line);
        if (line === 'b') {
          socket.resetAndDestroy();
          return;
        }
        socket.write(`${line.toUpperCase()}${connection}\n`);
      }
      socket.end('* BYE end\n');
    };
    input.write('a\nb\n');
    const { code, out, err, said, connections } = await run(script, input, 'c\nd');
    expect(heard).toEqual(['a', 'b', 'c', 'd']);
    expect(out).toMatch(/^(A1\n)?C2\nD2\n$/);
    expect({ code, connections, said: said.length }).toEqual({ code: 1, connections: 2, said: 1 });
    expect(said[0]).toMatch(/^Cannot go on: .*\. Trying again in 0\.2 s$/);
    expect(err).toMatch(/\nCannot have [12] lines? answered: the connection was cut behind them\n$/);
  });

  it('ends with 0 where every line was answered in the end', async () => {
    const input = new PassThrough();
    const script = async (socket: Socket, connection: number): Promise<void> => {
      socket.write(WELCOME);
      for await (const line of linesFrom(socket)) {
        socket.write(`${line.toUpperCase()}\n`);
        if (connection > 1) continue;
        socket.end('* BYE signal\n');
        return;
      }
      socket.end('* BYE end\n');
    };
    input.write('a\n');
    const { code, out, said } = await run(script, input, 'b\n');
    expect({ code, out }).toEqual({ code: 0, out: 'A\nB\n' });
    expect(said).toEqual([
      'Cannot go on: the server ended the connection and said "signal". Trying again in 0.2 s',
    ]);
  });

  it('does not connect again after a quit', async () => {
    const input = new PassThrough();
    input.write('a\nquit\n');
    const { code, said, connections } = await run(upper, input);
    expect({ code, said, connections }).toEqual({ code: 0, said: [], connections: 1 });
  });
});
