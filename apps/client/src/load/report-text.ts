import { compare, otherLoad } from './figures/comparison.ts';
import type { LatencySummary } from './figures/latencies.ts';
import { bytesText, countText, msText, numberText, secondsText } from './figures/number-text.ts';
import type { LoadPlan } from './plan.ts';
import type { LoadReport } from './report.ts';
import { causeTexts, thresholdText, wrongText } from './verdict-text.ts';

/** A report that this one is compared with, and where it comes from. */
export interface Earlier {
  readonly name: string;
  readonly report: LoadReport;
}

/** From when on a run that was longer or shorter than asked for says why, ms. */
const OFF_MS = 100;

type Row = readonly [name: string, text: string];

/** A report for people. */
export function formatReport(report: LoadReport, plan: LoadPlan, earlier?: Earlier): string {
  const { clients, sent, answered, measured, elapsedMs, linesPerSecond, bytesPerSecond } = report;
  const { size, rate, linesPerWrite, warmUpMs } = plan;
  const asked = rate === undefined ? '' : ` of ${numberText(rate)} requested`;
  const span = measured === 0 ? 'none measured' : `${secondsText(elapsedMs)} measured`;
  const rows: Row[] = [
    [
      'clients',
      `${clients === plan.clients ? '' : `${numberText(clients)} of `}${numberText(plan.clients)}, ${countText(linesPerWrite, 'line')} of ${countText(size, 'byte')} per write`,
    ],
    ['lines', `${numberText(answered)} answered of ${numberText(sent)} sent, ${span}`],
    ...under(offText(report, plan)),
    ...under(
      warmUpMs > 0 ? `${numberText(answered - measured)} of them in the warm-up, not measured` : undefined,
    ),
    [
      'rate',
      measured === 0
        ? 'no line was measured'
        : `${numberText(linesPerSecond)} lines/s${asked}, ${bytesText(bytesPerSecond)}/s each way`,
    ],
    ...latencyRows('latency', report.latencyMs),
    ...(report.latenessMs === undefined ? [] : latencyRows('sent late', report.latenessMs)),
    ['wrong', wrongText(report)],
    ...causeTexts(report).map((text): Row => ['', text]),
    ...report.thresholds.map((judged, index): Row => [
      index === 0 ? 'thresholds' : '',
      thresholdText(judged),
    ]),
    ['this side', `busy ${Math.round(report.busy * 100)} % of the time${limitText(report)}`],
    ...comparisonRows(report, earlier),
  ];
  return rows.map(([name, text]) => `${name.padEnd(10)} ${text}\n`).join('');
}

function under(text: string | undefined): Row[] {
  return text === undefined ? [] : [['', text]];
}

/** Why a run took longer than it was told to, or not as long. */
function offText(
  { elapsedMs, measured, stop }: LoadReport,
  { durationMs, lines }: LoadPlan,
): string | undefined {
  if (durationMs === undefined || measured === 0) return undefined;
  const asked = `the ${secondsText(durationMs)} asked for`;
  if (stop === undefined) {
    const isShort = lines === Infinity && elapsedMs <= durationMs - OFF_MS;
    return isShort ? `ended before ${asked}: no connection was left` : undefined;
  }
  if (stop.afterMs <= durationMs - OFF_MS) return `stopped after ${secondsText(stop.afterMs)} of ${asked}`;
  const more = elapsedMs - durationMs;
  if (more < OFF_MS) return undefined;
  const late = stop.afterMs - durationMs;
  const why =
    late >= OFF_MS
      ? `this side was held up and sent for ${secondsText(stop.afterMs)}`
      : `${countText(stop.owed, 'line')} had no answer yet`;
  return `${secondsText(more)} longer than ${asked}: ${why}`;
}

function limitText({ wasLimit }: LoadReport): string {
  return wasLimit ? ': this side may be the limit. Use more --threads' : '';
}

function latencyRows(name: string, summary: LatencySummary | null): Row[] {
  if (summary === null) return [[name, 'no line was measured']];
  const { p50, p90, p99, p999, max, mean, stdev } = summary;
  return [
    [name, `${figures({ p50, p90, p99, 'p99.9': p999, max })} ms`],
    ['', `${figures({ mean, stdev })} ms`],
  ];
}

function figures(values: Readonly<Record<string, number>>): string {
  return Object.entries(values)
    .map(([name, ms]) => `${name} ${msText(ms)}`)
    .join('  ');
}

function comparisonRows(report: LoadReport, earlier: Earlier | undefined): Row[] {
  if (earlier === undefined) return [];
  const table = [{ name: '', before: 'before', now: 'now', change: '' }, ...compare(earlier.report, report)];
  const width = (of: 'name' | 'before' | 'now' | 'change'): number =>
    Math.max(...table.map((row) => row[of].length));
  const [name, before, now, change] = [width('name'), width('before'), width('now'), width('change')];
  const rows = table.map((row) =>
    [
      row.name.padEnd(name),
      row.before.padStart(before),
      row.now.padStart(now),
      row.change.padStart(change),
    ].join('  '),
  );
  const others = otherLoad(earlier.report.plan, report.plan);
  return [
    ['compared', `with ${earlier.name}`],
    ...(others.length === 0 ? [] : under(`another load: ${others.join('; ')}`)),
    ...rows.map((text): Row => ['', text.trimEnd()]),
  ];
}
