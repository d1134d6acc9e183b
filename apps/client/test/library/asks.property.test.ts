import { setImmediate as nextPass } from 'node:timers/promises';
import fc from 'fast-check';
import type { Socket } from 'node:net';
import { expect, test } from 'vitest';
import { type ClientError, connect } from '../../src/index.ts';
import { linesFrom, serve } from '../scripted-server.ts';

/** What the server does for the next line it reads; then the last one, for ever. */
type Deed =
  | 'answer'
  | 'event and answer'
  | 'ok'
  | 'refuse'
  | 'nothing'
  | 'end'
  | 'goodbye'
  | 'reset'
  | 'half'
  | 'escape';

/** What the client does next. */
type Act = 'ask' | 'say' | 'turn' | 'iterate' | 'end' | 'quit' | 'close' | 'abort';

const deed = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom<Deed>('answer', 'event and answer', 'ok', 'refuse') },
  { weight: 1, arbitrary: fc.constantFrom<Deed>('nothing', 'end', 'goodbye', 'reset', 'half', 'escape') },
);
const act = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom<Act>('ask', 'ask', 'say', 'turn') },
  { weight: 1, arbitrary: fc.constantFrom<Act>('iterate', 'end', 'quit', 'close', 'abort') },
);

/** Carries out a deed; whether the connection goes on. */
function carryOut(socket: Socket, what: Deed, line: string): boolean {
  const answer = `${line.toUpperCase()}\n`;
  switch (what) {
    case 'answer':
      return socket.write(answer) || true;
    case 'event and answer':
      return socket.write(`* TURN 1\n* MSG 2 HELLO\n${answer}`) || true;
    case 'ok':
      return socket.write('* OK\n') || true;
    case 'refuse':
      return socket.write('* ERR HANDLER it failed\n') || true;
    case 'nothing':
      return true;
    case 'end':
      socket.end();
      return false;
    case 'goodbye':
      socket.end('* BYE enough\n');
      return false;
    case 'reset':
      socket.resetAndDestroy();
      return false;
    case 'half':
      socket.end(answer.slice(0, -1));
      return false;
    default:
      socket.write('\u001b[2J\n');
      return false;
  }
}

test('ask: settles, whatever the server does and whoever ends it: once, in order, with its own answer', async () => {
  let deeds: readonly Deed[] = [];
  await using server = await serve(async (socket) => {
    socket.write('* WELCOME 1 1 main 1\n');
    let heard = 0;
    for await (const line of linesFrom(socket)) {
      if (line === 'quit') break;
      if (!carryOut(socket, deeds[heard++] ?? 'answer', line)) return;
    }
    socket.end('* BYE end\n');
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(deed, { maxLength: 12 }),
      fc.array(act, { maxLength: 20 }),
      async (does, acts) => {
        deeds = does;
        const abort = new AbortController();
        const client = await connect({ port: server.port, signal: abort.signal, maxEvents: 4 });
        const asked: Promise<{ line: string; text?: string; code?: string }>[] = [];
        const settled: number[] = [];
        let lines = 0;
        for (const what of acts) {
          const line = `line ${lines++}`;
          if (what === 'ask') {
            const index = asked.length;
            asked.push(
              client.ask(line).then(
                (text) => (settled.push(index), { line, text }),
                (error: ClientError) => (settled.push(index), { line, code: error.code }),
              ),
            );
          } else if (what === 'say') client.say(line).catch(() => {});
          else if (what === 'iterate') void drain(client);
          else if (what === 'end') client.halfClose();
          else if (what === 'quit') client.quit().catch(() => {});
          else if (what === 'close') void client.close();
          else if (what === 'abort') abort.abort();
          else await nextPass();
        }
        client.halfClose();
        // A server that owes an answer and has ended nothing is waited for: it ends when it has read all.
        await client.ended;
        await nextPass();
        expect(settled.length).toBe(asked.length);
        const outcomes = await Promise.all(asked);
        // What is asked behind the end is refused at once, whatever is still owed.
        const sent = settled.filter((index) => outcomes[index]?.code !== 'CLOSED');
        expect(sent).toEqual(sent.toSorted((a, b) => a - b));
        for (const { line, text, code } of outcomes) {
          // An answer that was left out is made up for by the next one: nobody can know.
          if (text !== undefined && !does.includes('nothing'))
            expect([line.toUpperCase(), '']).toContain(text);
          if (text === undefined)
            expect(['REFUSED', 'UNANSWERED', 'CUT', 'CLOSED', 'ABORTED', 'BAD_LINE']).toContain(code);
        }
        await expect(client.ask('late')).rejects.toMatchObject({ code: 'CLOSED' });
      },
    ),
    { numRuns: 150 },
  );
});

async function drain(client: AsyncIterable<unknown>): Promise<void> {
  try {
    for await (const _ of client);
  } catch {
    // The asks say it too.
  }
}
