import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join as pathOf } from 'node:path';
import { inspect } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { logJson, serverMetrics, showOnConsole } from '../../src/observe/index.ts';
import { record } from '../../src/observe/watch/record.ts';
import { memoryServer } from '../peer.ts';
import { uncaught } from '../uncaught.ts';
import { figure } from './figure.ts';

function thrower(): never {
  throw new Error('I cannot be shown');
}

const revoked = Proxy.revocable({}, {});
revoked.revoke();

/** What a handler may throw that is no good error. */
const ODD: Readonly<Record<string, unknown>> = {
  undefined,
  null: null,
  symbol: Symbol('odd'),
  bigint: 5n,
  text: 'odd',
  noPrototype: Object.create(null),
  noStack: Object.assign(new Error('odd'), { stack: null }),
  stackOfNumbers: Object.assign(new Error('odd'), { stack: 5 }),
  symbolAsMessage: Object.assign(new Error('odd'), { message: Symbol('odd'), name: Symbol('odd') }),
  stackThrows: Object.defineProperty(new Error('odd'), 'stack', { get: thrower }),
  messageThrows: Object.defineProperty(new Error('odd'), 'message', { get: thrower }),
  toStringThrows: { toString: thrower },
  inspectThrows: { [inspect.custom]: thrower },
  toPrimitiveThrows: { [Symbol.toPrimitive]: thrower },
  revokedProxy: revoked.proxy,
  proxyThrows: new Proxy(new Error('odd'), { get: thrower, getPrototypeOf: thrower, ownKeys: thrower }),
  endless: Object.assign(new Error('odd'), { message: 'odd '.repeat(1_000_000) }),
};
const NAMES = Object.keys(ODD);

test('F39: whatever a handler throws, its line gets ERR HANDLER, and no observer ends the server', async () => {
  const errors = uncaught();
  const { server, join } = await memoryServer({
    order: 'free',
    transform: (line) => {
      if (!(line in ODD)) return line.toUpperCase();
      throw ODD[line];
    },
  });
  const folder = mkdtempSync(pathOf(tmpdir(), 'proto-f39-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const said: Record<'console' | 'json', string[]> = { console: [], json: [] };
  const stops = [
    showOnConsole(server, { write: (line) => said.console.push(line), colour: false }),
    logJson(server, { write: (line) => said.json.push(line), text: true }),
    record(server, { file: pathOf(folder, 'log'), maxBytes: 1e8, loopMs: () => 0, warn: () => {} }),
  ];
  const metrics = serverMetrics(server);
  const peer = join();
  for (const name of NAMES) {
    peer.say(name, `after ${name}`);
    await peer.line(`AFTER ${name.toUpperCase()}`);
  }
  expect(peer.lines.filter((line) => line.startsWith('* ERR HANDLER'))).toHaveLength(NAMES.length);
  expect(await errors()).toEqual([]);
  expect(await metrics.metrics()).toMatch(new RegExp(`^proto_handler_errors_total ${NAMES.length}$`, 'm'));
  for (const stop of stops) stop();
  // Both logs say ten a minute of them; each is one line of a bounded length.
  for (const lines of Object.values(said)) {
    expect(lines.filter((line) => /handler/i.test(line)).length).toBeGreaterThanOrEqual(10);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(20_000);
  }
  expect(readFileSync(pathOf(folder, 'log'), 'utf8').match(/"k":"handlerError"/g)).toHaveLength(NAMES.length);
  figure({
    id: 'F39',
    what: 'odd errors that ended the server',
    value: (await errors()).length,
    unit: '',
    atMost: 0,
  });
});
