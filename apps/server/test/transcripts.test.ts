import { connect, type Socket } from 'node:net';
import { once } from 'node:events';
import { describe, expect, test } from 'vitest';
import { readFlags } from '../src/flags.ts';
import { createServer, MemoryListener, type ServerOptions } from '../src/index.ts';
import { play, type Transcript, transcripts } from './transcript.ts';

const all = transcripts();

function optionsOf({ flags }: Transcript): ServerOptions {
  return readFlags(flags).options;
}

async function onMemory(transcript: Transcript, cut?: (bytes: Buffer) => Buffer[]): Promise<void> {
  const listener = new MemoryListener();
  await using server = createServer(optionsOf(transcript), listener);
  await server.listen();
  const peers = {
    connect: () => listener.connect(),
    reset: (duplex: { destroy(): void }) => duplex.destroy(),
  };
  await play(transcript, { ...peers, ...(cut && { cut }) });
}

async function onTcp(transcript: Transcript): Promise<void> {
  await using server = createServer({ ...optionsOf(transcript), port: 0 });
  const [host, port] = (await server.listen()).split(':') as [string, string];
  await play(transcript, {
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

  test.each(all)('transcripts: $name over memory', (transcript) => onMemory(transcript));

  test.each(all)('transcripts: $name over TCP', (transcript) => onTcp(transcript));

  test.each(all)('transcripts: $name byte by byte', (transcript) =>
    onMemory(transcript, (bytes) => Array.from(bytes, (_, at) => bytes.subarray(at, at + 1))),
  );

  test.each(all)('transcripts: $name with every cut in two', async (transcript) => {
    const longest = Math.max(...transcript.steps.map(({ text }) => text.length + 1));
    for (let at = 1; at < longest; at++) {
      await onMemory(transcript, (bytes) =>
        at < bytes.length ? [bytes.subarray(0, at), bytes.subarray(at)] : [bytes],
      );
    }
  });

  test('transcripts: a line that differs is named', async () => {
    const [first] = all as [Transcript];
    const steps = first.steps.map((step) =>
      step.verb === '<' ? { ...step, text: step.text.toLowerCase() } : step,
    );
    await expect(onMemory({ ...first, steps })).rejects.toThrow(/txt:\d+: client \d+ expected "\* welcome/);
  });
});
