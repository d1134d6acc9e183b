import type { FairQueue } from '@proto/scheduler/queue';

const HEADS = ['tenant', 'calls', 'run', 'wait', 'oldest', 'tokens', ''];

/** What a tenant sees of all: who has what, and why nothing of it runs. */
export function page(queue: FairQueue): string {
  const tasks = queue.tasks();
  const rows = [...queue.stats().keys].map(([tenant, { served, running, waiting, cost, held }]) => {
    const waits = tasks.filter(({ key, state }) => key === tenant && state === 'waiting');
    const oldest = Math.max(0, ...waits.map(({ forMs }) => forMs));
    const why = held === 'rate' ? 'its minute is used up' : held === 'caller' ? 'the model said 429' : '';
    const seconds = waiting === 0 ? '' : `${Math.round(oldest / 1_000)} s`;
    return [tenant, `${served}`, `${running}`, `${waiting}`, seconds, `${cost}`, why];
  });
  return [HEADS, ...rows].map((cells) => line(cells)).join('\n');
}

function line([tenant = '', ...cells]: readonly string[]): string {
  const why = cells.pop() ?? '';
  return `${tenant.padEnd(8)}${cells.map((cell) => cell.padStart(8)).join('')}  ${why}`.trimEnd();
}
