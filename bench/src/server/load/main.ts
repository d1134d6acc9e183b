// The load, in a process of its own: does what it is asked to over IPC, one thing at a time.
import { openAnswers } from './answers.ts';
import { openIdle } from './idle.ts';
import { openRelay } from './relay.ts';
import type { Opened, Reply, Request, Task } from './task.ts';

const open = new Map<string, Opened>();

function start(task: Task): Promise<Opened> {
  if (task.kind === 'answers') return openAnswers(task);
  return task.kind === 'relay' ? openRelay(task) : openIdle(task);
}

async function carryOut(request: Request): Promise<Reply> {
  if (request.do === 'open') {
    open.set(request.key, await start(request.task));
    return {};
  }
  const opened = open.get(request.key);
  if (opened === undefined) throw new RangeError(`Cannot ${request.do} ${request.key}: it is not open`);
  if (request.do === 'close') {
    open.delete(request.key);
    opened.close();
    return {};
  }
  const before = process.cpuUsage();
  const round = await opened.round(request.ms);
  const { user, system } = process.cpuUsage(before);
  return { round: { ...round, cpuSeconds: (user + system) / 1e6 } };
}

process.on('message', (request: Request) => {
  carryOut(request).then(
    (reply) => process.send?.(reply),
    (error: unknown) => process.send?.({ error: String(error) } satisfies Reply),
  );
});
process.on('disconnect', () => process.exit());
process.on('uncaughtException', (error) => {
  process.send?.({ error: error.message } satisfies Reply);
});
