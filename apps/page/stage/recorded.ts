import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Message, MessageReader } from '@proto/watch';
import type { Server } from '../../server/src/index.ts';
import { LoopDelay } from '../../server/src/observe/loop-delay.ts';
import { record } from '../../server/src/observe/watch/record.ts';

/** Records a server as `--record` does, with a finer view of what waits. Returns a function that stops it, and returns the recording. */
export function recorded(server: Server): () => readonly Message[] {
  const folder = mkdtempSync(join(tmpdir(), 'proto-session-'));
  const file = join(folder, 'session.jsonl');
  const loop = new LoopDelay();
  const stop = record(server, { file, maxBytes: 2 ** 26, loopMs: loop.reader(), lookMs: 50, warn });
  return () => {
    stop();
    loop.stop();
    const { messages } = new MessageReader().push(readFileSync(file, 'utf8'));
    rmSync(folder, { recursive: true });
    return messages;
  };
}

function warn(line: string): void {
  throw new Error(line);
}
