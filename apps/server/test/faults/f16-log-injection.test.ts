import { expect, test } from 'vitest';
import type { ServerEvents } from '../../src/index.ts';
import { logJson } from '../../src/observe/index.ts';
import { memoryServer } from '../peer.ts';
import { figure } from './figure.ts';

/** Each forges a line, an object or a field where a log is not careful. */
const FORGERIES = [
  '"}\\n{"level":"info","event":"forged"}',
  '","event":"forged","x":"',
  String.raw`\",\"event\":\"forged`,
  String.raw`\u0022,\u0022event\u0022:\u0022forged`,
  String.raw`\n{"event":"forged"}`,
  '%s %d %o %j',
  '{"event":"forged"}',
  '\\',
  '"',
  '__proto__',
];
/** The same with bytes that no line may hold: faults. Fewer than a minute's share of the log. */
const BAD = ['a\u2028b', '\x9b2J', 'cr\rlf', 'nel\x85', 'nul\0', '\x7f'];

const LOGGED = [
  'join',
  'leave',
  'drop',
  'refuse',
  'fault',
  'line',
  'send',
  'handlerError',
  'quit',
  'quitDone',
];

test('F16: log injection: one event is one line of JSON, and holds no control byte', async () => {
  const { server, join } = await memoryServer({
    order: 'free',
    quit: 'self',
    maxErrors: 1_000,
    transform: (line) => {
      if (line.startsWith('throw ')) throw new Error(`${line} \u2028 \x9b \n "`);
      return line;
    },
  });
  const events: string[] = [];
  for (const name of LOGGED) server.on(name as keyof ServerEvents, () => events.push(name));
  server.on('chunkEnd', ({ how }) => {
    if (how === 'FIN') events.push('fin');
  });
  const lines: string[] = [];
  logJson(server, { write: (line) => lines.push(line), text: true });
  const peer = join();
  const asked = [
    ...FORGERIES,
    ...FORGERIES.map((text) => `/to 1 ${text}`),
    ...FORGERIES.slice(0, 5).map((text) => `throw ${text}`),
    ...FORGERIES.slice(0, 2).map((text) => `/name ${text}`),
    ...BAD.map((text) => Buffer.from(text, text.includes('\u2028') ? 'utf8' : 'latin1').toString('latin1')),
  ];
  await peer.say(...asked, '/ping end').line('* PONG end');
  peer.say(`/quit ${FORGERIES[0]}`);
  await peer.end();
  await server.close({ reason: '"},{"' });
  expect(lines).toHaveLength(events.length);
  const raw = lines.filter((line) => /[^\x20-\x7e]/.test(line)).length;
  expect(raw).toBe(0);
  const parsed = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(parsed.map(({ event }) => event)).toEqual(events);
  // Nothing was lost on the way either.
  const said = parsed.filter(({ event }) => event === 'line').map(({ text }) => text);
  for (const text of FORGERIES) expect(said).toContain(text);
  expect(parsed.find(({ event }) => event === 'leave')).toMatchObject({ reason: FORGERIES[0] });
  expect(parsed.find(({ event }) => event === 'handlerError')?.['error']).toContain('\u2028 \x9b \n "');
  figure({
    id: 'F16',
    what: 'lines of the log that are no event, or hold a control byte',
    value: Math.abs(lines.length - events.length) + raw,
    unit: 'lines',
    atMost: 0,
  });
});
