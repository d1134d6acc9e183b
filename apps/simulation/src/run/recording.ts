import { record } from '../../../server/src/observe/watch/record.ts';
import type { Plan } from '../plan/plan.ts';
import type { WorldClock } from '../world/clock.ts';
import { converse } from './conversation.ts';

/** Lets a plan happen again, and writes a recording of its first server, by the time of the world. The live page opens it. */
export async function recordPlan(plan: Plan, file: string): Promise<void> {
  let stop: (() => void) | undefined;
  let back: (() => void) | undefined;
  await converse(plan, (world) => {
    back = inWorldTime(world.clock);
    stop = record(world.nodes[0]!.server, {
      file,
      maxBytes: 64 * 1024 * 1024,
      loopMs: () => 0,
      warn: (line) => void process.stderr.write(`${line}\n`),
    });
    return () => stop?.();
  });
  back?.();
}

/** What asks the machine for the time is told that of the world. Returns what ends this. */
function inWorldTime(clock: WorldClock): () => void {
  const now = performance.now.bind(performance);
  const today = Date.now.bind(Date);
  const { setInterval: every, clearInterval: off } = globalThis;
  const began = today();
  performance.now = () => clock.time;
  Date.now = () => began + clock.time;
  globalThis.setInterval = ((act: () => void, ms: number) => {
    const timer = { callOff: () => {}, unref: () => timer };
    const again = (): void => {
      act();
      timer.callOff = clock.setTimeout(again, ms);
    };
    timer.callOff = clock.setTimeout(again, ms);
    return timer;
  }) as never;
  globalThis.clearInterval = ((timer: { callOff?: () => void } | undefined) => timer?.callOff?.()) as never;
  return () => {
    performance.now = now;
    Date.now = today;
    globalThis.setInterval = every;
    globalThis.clearInterval = off;
  };
}
