import { PassThrough, Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import { connect } from '../../src/library/connect.ts';
import { pipe } from '../../src/pipe/pipe.ts';
import { has } from '../needs.ts';
import { startNaiveServer } from '../naive-server.ts';

describe.runIf(has('python3', '--version', 'the naive server'))('--classic on the naive server', () => {
  test('pipe: lines in, answers out, and the end of the input ends it with 0', async () => {
    await using server = await startNaiveServer();
    const runs = ['one\ntwo', 'eins\nzwei\n', 'un\r\ndeux\r\n'].map(async (input) => {
      const client = await connect({ port: server.port, classic: true });
      const [output, errors] = [new PassThrough(), new PassThrough()];
      const replies = text(output);
      const code = await pipe(
        client,
        { input: Readable.from([input], { objectMode: false }), output, errors },
        { maxLineBytes: 1024 },
      );
      output.end();
      return { code, replies: await replies };
    });
    expect(await Promise.all(runs)).toEqual([
      { code: 0, replies: 'ONE\nTWO\n' },
      { code: 0, replies: 'EINS\nZWEI\n' },
      { code: 0, replies: 'UN\nDEUX\n' },
    ]);
  });
});
