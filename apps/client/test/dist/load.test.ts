import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { has } from '../needs.ts';
import { faultyServer } from '../load/faulty-server.ts';
import { serve, upper } from '../scripted-server.ts';
import { startServer } from './our-server.ts';
import { MAIN, run } from './run.ts';

interface Report {
  readonly ok: boolean;
  readonly clients: number;
  readonly sent: number;
  readonly answered: number;
  readonly failures: Record<string, number>;
  readonly latencyMs: Record<string, number>;
  readonly latenessMs?: Record<string, number>;
  readonly busy: number;
}

test.each([
  ['free order', ['--order', 'free'], ['--lines-per-write', '64', '--lines', '6400']],
  ['strict order', ['--order', 'strict', '--clients', '10'], ['--lines-per-write', '8', '--lines', '400']],
  ['in several threads', ['--order', 'free'], ['--threads', '3', '--lines', '500']],
  ['at a rate', ['--order', 'fair'], ['--rate', '4000', '--lines', '100', '--arrival', 'poisson']],
  ['with no events', ['--order', 'free', '--events', 'off'], ['--events', 'off', '--lines', '500']],
])('proto-client load: our server answers every line right: %s', async (_, flags, options) => {
  await using server = await startServer(...flags);
  const { code, out, err } = await run(['load', `:${server.port}`, ...options, '--json']);
  const report = JSON.parse(out) as Report;
  expect({ code, err, failures: report.failures }).toEqual({ code: 0, err: '', failures: {} });
  expect(report.clients).toBe(10);
  expect(report.answered).toBe(10 * Number(options[options.indexOf('--lines') + 1]));
  expect(report.latencyMs['count']).toBe(report.answered);
  const { p50 = 0, p90 = 0, p99 = 0, p999 = 0, max = 0 } = report.latencyMs;
  expect([p50, p90, p99, p999, max]).toEqual([p50, p90, p99, p999, max].toSorted((a, b) => a - b));
  expect(p50).toBeGreaterThan(0);
  expect(report.busy).toBeGreaterThan(0);
  expect(report.latenessMs !== undefined).toBe(options.includes('--rate'));
});

test('proto-client load: ends with 1 when a reply was wrong, and says of which kind', async () => {
  await using server = await faultyServer('double', 1000);
  const argv = ['load', `:${server.port}`, '--clients', '2', '--lines', '2000', '--lines-per-write', '10'];
  const { code, out, err } = await run(argv);
  expect(code).toBe(1);
  expect(out).toMatch(/^wrong +4 doubled$/m);
  expect(err).toBe('Run failed: see "wrong" above\n');
});

test.each<[string, readonly string[], number, RegExp]>([
  ['a wrong option', ['--clients', '0'], 64, /^Cannot start with --clients "0": .*\. See load --help\n$/],
  ['nobody there', ['nobody..invalid'], 69, /^Cannot connect to nobody\.\.invalid:6677: [^\n]+\n$/],
])('proto-client load: %s is one line', async (_, argv, code, err) => {
  expect(await run(['load', ...argv])).toEqual({ code, out: '', err: expect.stringMatching(err) });
});

test('proto-client load: nobody there, with threads, is one line too', async () => {
  const { code, err } = await run(['load', 'nobody..invalid', '--threads', '2']);
  expect({ code, err }).toEqual({ code: 69, err: expect.stringMatching(/^Cannot connect to [^\n]+\n$/) });
});

test('proto-client load: what is no line server is one line and 76', async () => {
  await using server = await serve((socket) => void socket.end('SSH-2.0-\u001b[2J\r\n'));
  const { code, out, err } = await run(['load', `:${server.port}`]);
  expect({ code, out }).toEqual({ code: 76, out: '' });
  expect(err).toMatch(/^Cannot talk to this server: expected \* WELCOME, got "SSH[\x20-\x7e]+"\n$/);
});

test.runIf(has('script', '--version', 'the progress bar on a terminal'))(
  'proto-client load: draws a bar on a terminal, and takes it away',
  async () => {
    await using server = await serve(upper);
    const command = `${process.execPath} ${MAIN} load :${server.port} --duration-ms 900 --clients 2`;
    const { stdout: shown } = await promisify(execFile)('script', ['-qec', command, '/dev/null']);
    expect(shown).toMatch(/\r\[#+-+\] +\d+ % +[\d,]+ lines\/s {2}0 wrong/);
    expect(shown).toMatch(/\r +\rclients +2, 1 lines of 32 bytes per write/);
  },
);
