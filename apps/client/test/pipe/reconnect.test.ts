import type { Socket } from 'node:net';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { setImmediate as nextPass } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { pipe } from '../../src/pipe/pipe.ts';
import { impatient } from '../impatient.ts';
import { linesFrom, serve, upper } from '../scripted-server.ts';

const WELCOME = '* WELCOME 1 1 main 1\n';

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
        await nextPass();
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

  test('pipe: goes on with the next line on the next connection, and does not send a line twice', async () => {
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
    expect(err).toMatch(/\nCannot get [12] lines? answered: the connection was cut after them\n$/);
  });

  test('pipe: ends with 0 where every line was answered in the end', async () => {
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

  test('pipe: does not connect again after a quit', async () => {
    const input = new PassThrough();
    input.write('a\nquit\n');
    const { code, said, connections } = await run(upper, input);
    expect({ code, said, connections }).toEqual({ code: 0, said: [], connections: 1 });
  });
});
