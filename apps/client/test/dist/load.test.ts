import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
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

test.each([[], ['--threads', '3']])(
  'proto-client load: says that the server waits for more clients, and does not wait: %j',
  async (...threads) => {
    await using server = await startServer('--order', 'strict', '--clients', '50');
    const { code, out, err } = await run(['load', `:${server.port}`, ...threads]);
    expect({ code, out, err }).toEqual({
      code: 1,
      out: '',
      err: 'Cannot send: the server waits for 50 clients; 10 are here. Give --clients 50, or start the server with --clients 10\n',
    });
  },
);

test.each([[], ['--threads', '2']])(
  'proto-client load: says why the server turns some clients away, and goes on with the others: %j',
  async (...threads) => {
    await using server = await startServer('--order', 'free', '--max-clients', '5', '--quit', 'self');
    const { code, out } = await run(['load', `:${server.port}`, '--lines', '50', ...threads]);
    expect(code).toBe(1);
    expect(out).toMatch(/^clients +5 of 10, 1 line of 32 bytes per write$/m);
    expect(out).toMatch(/^lines +250 answered of 250 sent, /m);
    expect(out).toMatch(
      /^wrong +5 notice SERVER_FULL, 5 ended\n +5 times: the server said "\* ERR SERVER_FULL .+"$/m,
    );
  },
);

test('proto-client load: a refused token is one line and 77, at once', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'load-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const [right, wrong] = ['right', 'wrong'].map((name) => join(folder, name));
  for (const file of [right!, wrong!]) writeFileSync(file, `${file}-0123456789abcdef`, { mode: 0o600 });
  await using server = await startServer('--order', 'free', '--token-file', right!);
  expect(await run(['load', `:${server.port}`, '--token-file', wrong!])).toEqual({
    code: 77,
    out: '',
    err: 'Cannot get in: the server refused the token\n',
  });
});

test('proto-client load: compares, draws, writes a page, and fails by a threshold', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'load-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const [old, page] = [join(folder, 'old.json'), join(folder, 'page.html')];
  await using server = await startServer('--order', 'free');
  const load = (...flags: string[]) => run(['load', `:${server.port}`, '--lines', '100', ...flags]);
  const before = await load('--json');
  expect(before).toMatchObject({ code: 0, err: '' });
  writeFileSync(old, before.out);
  const flags = ['--compare', old, '--html', page, '--plots', 'on', '--ascii'];
  const { code, out, err } = await load(...flags, '--fail', 'p99=1us,rate=1');
  expect(code).toBe(1);
  expect(err).toMatch(/^Threshold not met: p99 at most 0\.001 ms: was [\d.]+ ms\n$/);
  expect(out).toMatch(/^compared +with old\.json\n +before +now\n +rate, lines\/s /m);
  expect(out).toMatch(/^lines by latency, ms\n *\d[\d.]* to +[\d.]+ \|/m);
  expect(out).toMatch(/^p99 over time, ms\n/m);
  expect(out).toMatch(/^[\x20-\x7e\n]+$/);
  expect(readFileSync(page, 'utf8')).toContain('class="curve before"');
});

test('proto-client load: in a pipe there are no plots unless asked for', async () => {
  await using server = await startServer('--order', 'free');
  const { out } = await run(['load', `:${server.port}`, '--lines', '10']);
  expect(out).toMatch(/^this side .+\n$/m);
  expect(out).not.toContain('over time');
});

test('proto-client load: says nothing more to a reader that has seen enough', async () => {
  await using server = await startServer('--order', 'free');
  const child = spawn(process.execPath, [MAIN, 'load', `:${server.port}`, '--lines', '10', '--plots', 'on']);
  child.stdout.destroy();
  const [err, [code]] = await Promise.all([text(child.stderr), once(child, 'close')]);
  expect({ code, err }).toEqual({ code: 0, err: '' });
});

test.each([
  ['--html', join('nosuch', 'x.html'), 73, /^Cannot write --html ".*": there is no such folder\n$/],
  ['--compare', MAIN, 66, /^Cannot use --compare ".*": expected a report, as load --json prints it\n$/],
  ['--compare', 'nosuch.json', 66, /^Cannot read --compare "nosuch\.json": there is no such file\n$/],
])('proto-client load: %s %s is one line, before anything is sent', async (flag, file, code, err) => {
  expect(await run(['load', flag, file])).toEqual({ code, out: '', err: expect.stringMatching(err) });
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
    expect(shown).toMatch(/\r +\rclients +2, 1 line of 32 bytes per write/);
    expect(shown).toMatch(/^lines by latency, ms\r$/m);
  },
);

test.runIf(has('script', '--version', 'Ctrl-C on a terminal'))(
  'proto-client load: Ctrl-C ends the row being drawn, and the result begins on one of its own',
  async () => {
    await using server = await serve(upper);
    const command = `${process.execPath} ${MAIN} load :${server.port} --duration-ms 60000 --clients 2`;
    const script = spawn('script', ['-qec', command, '/dev/null']);
    let shown = '';
    script.stdout.on('data', (part: Buffer) => {
      const before = shown;
      shown += part.toString();
      if (!before.includes(' wrong') && shown.includes(' wrong')) script.stdin.write('\u0003');
    });
    await once(script, 'close');
    expect(shown).toMatch(/\] +\d+ % .* 0 wrong[^\n]*\^C\r\n/);
    expect(shown).toMatch(/^\r? *\r?clients +2, 1 line of 32 bytes per write\r$/m);
    expect(shown).toMatch(/^ +stopped after \d+\.\d s of the 60\.0 s asked for\r$/m);
  },
);
