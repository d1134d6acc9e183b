import { fileURLToPath } from 'node:url';
import { askApart } from '../apart.ts';
import { type Figure, judge, median } from '../figure.ts';

/** What `measured.ts` can be asked for, each in a process of its own so that nothing else is in the figure. */
export type Task = 'endless' | 'kept' | 'line16' | 'line64';

const MEASURED = fileURLToPath(new URL('measured.ts', import.meta.url));

function ask(task: Task): Promise<number> {
  return askApart<number>(MEASURED, task);
}

async function asked(task: Task, times: number): Promise<number[]> {
  const values: number[] = [];
  for (let time = 0; time < times; time++) values.push(await ask(task));
  return values;
}

function memory(name: string, task: Task, atMost: number, detail: string): Figure {
  return {
    name,
    async measure() {
      const values = await asked(task, 3);
      const spread = [Math.min(...values), Math.max(...values)] as const;
      return [judge({ name, value: median(values), unit: 'MiB', spread, atMost, detail })];
    },
  };
}

const linear: Figure = {
  name: 'one line of 64 MiB in 1 KiB chunks / of 16 MiB',
  async measure() {
    const ratios: number[] = [];
    const seconds: number[] = [];
    for (let round = 0; round < 7; round++) {
      const small = await ask('line16');
      const large = await ask('line64');
      ratios.push(large / small);
      seconds.push(large);
    }
    return [
      judge({
        name: this.name,
        value: median(ratios),
        unit: 'x the time',
        spread: [Math.min(...ratios), Math.max(...ratios)],
        atMost: 5,
        detail: `64 MiB in ${median(seconds).toFixed(3)} s`,
      }),
    ];
  },
};

/** What must not grow. */
export const memoryFigures: readonly Figure[] = [
  linear,
  memory('1 GiB under a limit of 1,024, no terminator', 'endless', 32, 'resident memory above the start'),
  memory('10,000 frames of 20 bytes out of 10,000 chunks', 'kept', 48, 'chunks of 64 KiB, heap and buffers'),
];
