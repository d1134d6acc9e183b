import { expect, test } from 'vitest';
import { readFlags } from '../../../server/src/command/flags.ts';
import { createServer, MemoryListener } from '../../../server/src/index.ts';
import { diffOf, type Named, transcripts } from '../../../server/test/transcript.ts';
import { type Message, writeLine, MessageReader } from '@proto/watch';
import { Facts } from '../../src/model/facts.ts';
import type { Why } from '../../src/model/scene.ts';
import { why } from '../../src/model/why.ts';
import { recorded } from '../../stage/recorded.ts';

/** The messages to a watcher while a transcript of the documentation is played. */
async function played(transcript: Named): Promise<readonly Message[]> {
  const listener = new MemoryListener();
  const server = createServer(readFlags(transcript.flags).options, listener);
  const stop = recorded(server);
  await server.listen();
  const peers = {
    connect: () => listener.connect(),
    reset: (duplex: { destroy(): void }) => duplex.destroy(),
  };
  expect(await diffOf(transcript, peers)).toBe('');
  await server.close();
  return stop();
}

test.each(transcripts())(
  'why: through $name it always says something, also about the past',
  async (transcript) => {
    const messages = await played(transcript);
    const facts = new Facts();
    const then: { readonly t: number; readonly room: string; readonly answer: Why }[] = [];
    for (const [at, message] of messages.entries()) {
      facts.take(message);
      const next = messages[at + 1];
      if (next === undefined || !('t' in next) || next.t <= facts.last) continue;
      for (const room of ['main', ...facts.rooms.keys()])
        then.push({ t: facts.last, room, answer: why(facts, room, facts.last) });
    }
    expect(then.length).toBeGreaterThan(3);
    for (const { t, room, answer } of then) {
      expect(answer.head.length).toBeGreaterThan(0);
      expect(answer.more).not.toBe('');
      expect({ t, room, answer: why(facts, room, t) }).toEqual({ t, room, answer });
    }
  },
);

test.each(transcripts())(
  'Facts: through $name every message has its answer, unless it was lost',
  async (transcript) => {
    const facts = new Facts();
    const text = (await played(transcript)).map(writeLine).join('');
    const { messages, damages } = new MessageReader().push(text);
    expect(damages).toEqual([]);
    for (const message of messages) facts.take(message);
    const lines = [...facts.clients.values()].flatMap((client) => client.lines);
    const open = lines.filter(
      ({ kind, answeredAt, lostAt }) =>
        kind !== 'command' && answeredAt === undefined && lostAt === undefined,
    );
    expect(lines.length).toBeGreaterThan(0);
    expect(open).toEqual([]);
  },
);
