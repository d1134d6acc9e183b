import { binsOf } from './figures/bins.ts';
import { Latencies } from './figures/latencies.ts';
import { msText, numberText, secondsText } from './figures/number-text.ts';
import { OverTime } from './figures/over-time.ts';
import type { Result } from './figures/tally.ts';
import { ASCII, type Bar, barRows, BLOCKS, columnRows } from './plots/text-plots.ts';

/** Where the pictures are shown. */
export interface PictureFrame {
  readonly columns: number;
  /** Without block elements. */
  readonly ascii: boolean;
}

/** Rows of a chart over time. */
const HEIGHT = 4;

/** The widest pictures: beyond, a bar is no longer seen with its label. */
const MOST_COLUMNS = 120;

/** Columns for the axis of a chart over time and its label. */
const AXIS_COLUMNS = 16;

/** The result of a run as text plots: a histogram of the latencies, and rate and p99 over time. Empty without a sample. */
export function pictures(result: Result, { columns, ascii }: PictureFrame): string {
  const latencies = Latencies.parse(result.latencies);
  if (latencies.count === 0) return '';
  const width = Math.min(columns, MOST_COLUMNS);
  const charset = ascii ? ASCII : BLOCKS;
  const { elapsedMs } = result;
  const most = Math.max(1, width - AXIS_COLUMNS);
  const course = OverTime.parse(result.overTime).course(elapsedMs, most);
  const overTime = (values: readonly (number | null)[], text: (value: number) => string): string[] => {
    const top = text(Math.max(...values.map((value) => value ?? 0)));
    const ends = ['0 s', secondsText(elapsedMs)] as const;
    return columnRows({ values, top, ends }, { columns: width, height: HEIGHT, charset });
  };
  return [
    '',
    'lines by latency, ms',
    ...barRows(bars(latencies), width, charset),
    '',
    'rate over time, lines/s',
    ...overTime(course.linesPerSecond, numberText),
    '',
    `p99 over time, ms`,
    ...overTime(course.p99Ms, msText),
    '',
  ].join('\n');
}

function bars(latencies: Latencies): Bar[] {
  const bins = binsOf(latencies.recorded());
  const width = (text: (bin: { from: number; to: number }) => string): number =>
    Math.max(...bins.map((bin) => text(bin).length));
  const [from, to] = [width((bin) => msText(bin.from)), width((bin) => msText(bin.to))];
  return bins.map((bin) => ({
    label: `${msText(bin.from).padStart(from)} to ${msText(bin.to).padStart(to)}`,
    value: bin.count,
    text: numberText(bin.count),
  }));
}
