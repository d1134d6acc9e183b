// Plays the lessons against a server, and writes each of them into its file here. All, or those with these numbers:
//   pnpm --filter @proto/page exec tsx --conditions=@proto/source lessons/record.ts 3 5
import { readdirSync, writeFileSync } from 'node:fs';
import { DEFAULT_PORT } from '@proto/protocol';
import { type Message, writeLine } from '@proto/watch';
import { commandSettings, serverOptions } from '../../server/src/command/command-options.ts';
import { configure } from '../../server/src/command/configuration.ts';
import { createServer } from '../../server/src/index.ts';
import type { Lesson } from '../stage/lesson.ts';
import { recorded } from '../stage/recorded.ts';
import { Stage } from '../stage/stage.ts';
import { thinned } from '../stage/thinned.ts';

/** With a longer delay of the event loop, the page would show a blocked server. In milliseconds. */
const MOST_LOOP_MS = 90;

const wanted = process.argv.slice(2);
for (const file of readdirSync(import.meta.dirname).toSorted()) {
  if (!/^\d\d-.*\.ts$/.test(file)) continue;
  const { lesson } = (await import(`./${file}`)) as { lesson: Lesson };
  if (wanted.length > 0 && !wanted.includes(String(lesson.number))) continue;
  const text = (await recording(lesson)).map(writeLine).join('');
  writeFileSync(new URL(`${lesson.number}.jsonl`, import.meta.url), text);
  process.stdout.write(`lesson ${lesson.number}: ${text.length} bytes\n`);
}

async function recording(lesson: Lesson): Promise<readonly Message[]> {
  const { number, title, flags, try: attempt, play } = lesson;
  const configuration = configure(flags, {});
  const server = createServer(serverOptions(commandSettings(configuration.options), configuration));
  const address = await server.listen();
  const began = performance.now();
  const stop = recorded(server);
  const stage = new Stage(server, DEFAULT_PORT, began);
  await stage.pause(600);
  await play(stage);
  const [hello, state, ...session] = thinned(stop());
  stage.close();
  await server.close();
  if (hello?.k !== 'hello' || state?.k !== 'state')
    throw new Error('A recording begins with hello and state');
  const loopMs = Math.max(...session.map((message) => (message.k === 'tick' ? message.loopMs : 0)));
  if (loopMs > MOST_LOOP_MS)
    throw new Error(`Lesson ${number}: the event loop was blocked for ${loopMs} ms. Record it again`);
  const about: Message = { k: 'lesson', t: state.t, number, title, try: attempt, flags };
  return [{ ...hello, address }, state, about, ...withCaptions(session, stage.captions)];
}

/** A caption comes after all that happened before it. */
function withCaptions(session: readonly Message[], captions: readonly Message[]): readonly Message[] {
  return [...session, ...captions].toSorted((a, b) => timeOf(a) - timeOf(b));
}

function timeOf(message: Message): number {
  return message.k === 'hello' ? 0 : message.t;
}
