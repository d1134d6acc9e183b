import { connect, type Socket } from 'node:net';
import { once } from 'node:events';
import { describe, expect, test } from 'vitest';
import { readFlags } from '../src/command/flags.ts';
import { readTranscript } from '@proto/protocol/testing';
import { createServer, MemoryListener, type ServerOptions } from '../src/index.ts';
import { diffOf, type Named, transcripts } from './transcript.ts';

const all = transcripts();

function optionsOf({ flags }: Named): ServerOptions {
  return readFlags(flags).options;
}

async function onMemory(
  transcript: Named,
  cut?: (bytes: Buffer) => Buffer[],
  options = optionsOf(transcript),
): Promise<string> {
  const listener = new MemoryListener();
  await using server = createServer(options, listener);
  await server.listen();
  const peers = {
    connect: () => listener.connect(),
    reset: (duplex: { destroy(): void }) => duplex.destroy(),
  };
  return await diffOf(transcript, { ...peers, ...(cut && { cut }) });
}

async function onTcp(transcript: Named): Promise<string> {
  await using server = createServer({ ...optionsOf(transcript), port: 0 });
  const [host, port] = (await server.listen()).split(':') as [string, string];
  return await diffOf(transcript, {
    connect: async () => {
      const socket = connect({ host, port: Number(port), allowHalfOpen: true, noDelay: true });
      await once(socket, 'connect');
      return socket;
    },
    reset: (duplex) => (duplex as Socket).resetAndDestroy(),
  });
}

describe('docs/transcripts', () => {
  test('transcripts: there are some, and each connects and closes somebody', () => {
    expect(all.length).toBeGreaterThanOrEqual(7);
    for (const { steps } of all) {
      expect(steps.map(({ verb }) => verb)).toEqual(expect.arrayContaining(['connects', 'closed']));
    }
  });

  test.each(all)('transcripts: $name over memory', async (transcript) => {
    expect(await onMemory(transcript)).toBe('');
  });

  test.each(all)('transcripts: $name over TCP', async (transcript) => {
    expect(await onTcp(transcript)).toBe('');
  });

  test.each(all)('transcripts: $name byte by byte', async (transcript) => {
    const cut = (bytes: Buffer): Buffer[] => Array.from(bytes, (_, at) => bytes.subarray(at, at + 1));
    expect(await onMemory(transcript, cut)).toBe('');
  });

  test.each(all)('transcripts: $name with every cut in two', async (transcript) => {
    const longest = Math.max(...transcript.steps.map(({ bytes }) => bytes.length));
    for (let at = 1; at < longest; at++) {
      const cut = (bytes: Buffer): Buffer[] =>
        at < bytes.length ? [bytes.subarray(0, at), bytes.subarray(at)] : [bytes];
      expect(await onMemory(transcript, cut)).toBe('');
    }
  });

  test.each(all)(
    'transcripts: $name on a server that answers in lower case differs in its answers only',
    async (transcript) => {
      const transform = (text: string): string => text.toLowerCase();
      const diff = await onMemory(transcript, undefined, { ...optionsOf(transcript), transform });
      const rows = diff.split('\n').slice(2);
      const [expected, got] = ['-', '+'].map((sign) =>
        rows.filter((row) => row.startsWith(sign)).map((row) => row.slice(1)),
      );
      expect(expected?.length).toBeGreaterThan(0);
      expect(got).toEqual(expected?.map((row) => row.replace(/(?<=< (?:\* MSG \d+ )?)(?!\* ).*/, transform)));
      const source = applied(diff, transcript.source);
      const mended = { ...transcript, ...readTranscript(source), source };
      expect(await onMemory(mended, undefined, { ...optionsOf(transcript), transform })).toBe('');
    },
  );
});

/** What `patch` makes of a text. */
function applied(diff: string, source: string): string {
  const rows = source.split('\n');
  for (const hunk of diff.split(/^@@ /m).slice(1)) {
    const [head = '', ...changes] = hunk.trimEnd().split('\n');
    const [, taken = 0, at = 0] = (/^-\d+,(\d+) \+(\d+),/.exec(head) ?? []).map(Number);
    const without = (sign: string): string[] =>
      changes.filter((row) => !row.startsWith(sign)).map((row) => row.slice(1));
    expect(rows.splice(at - 1, taken, ...without('-'))).toEqual(without('+'));
  }
  return rows.join('\n');
}
