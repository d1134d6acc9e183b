import { compare, otherLoad } from './figures/comparison.ts';
import { Latencies } from './figures/latencies.ts';
import { msText, numberText, secondsText } from './figures/number-text.ts';
import { percentileCurve, percentileTicks } from './figures/percentiles.ts';
import { PAGE_STYLE } from './page-style.ts';
import { escapeHtml } from './plots/html-text.ts';
import { type Curve, lineChart, type Point, roundTicks } from './plots/line-chart.ts';
import type { LoadReport } from './report.ts';
import type { Earlier } from './report-text.ts';
import { causeTexts, thresholdText, wrongText } from './verdict-text.ts';

/** A run as the page shows it. */
interface Shown {
  readonly name: string;
  readonly style: string;
  readonly report: LoadReport;
}

/** A report as one page that needs nothing else: no script, no other file, light or dark as the reader has it. */
export function pageOf(report: LoadReport, earlier: Earlier | undefined): string {
  const now: Shown = { name: 'this run', style: 'now', report };
  const shown =
    earlier === undefined ? [now] : [{ name: earlier.name, style: 'before', report: earlier.report }, now];
  const title = `Load on ${report.target}`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${escapeHtml(title)}</title>
<style>${PAGE_STYLE}</style>
</head>
<body>
<header>
<h1>${escapeHtml(title)}</h1>
<p>${escapeHtml(headline(report))}</p>
<p class="${isRight(report) ? 'good' : 'bad'}">Wrong: ${escapeHtml(wrongText(report))}</p>
${list(causeTexts(report).map((text) => ['bad', text]))}
${list(report.thresholds.map((judged) => [judged.ok ? 'good' : 'bad', thresholdText(judged)]))}
${otherLoadText(report, earlier)}
</header>
${legend(shown)}
${section('Latency by percentile', percentileChart(shown), 'Each step to the right is ten times rarer.')}
${section('Rate over time', overTimeChart(shown, 'rate', 'lines/s'), '')}
${section('p99 over time', overTimeChart(shown, 'p99', 'ms'), 'The 99th percentile of each interval, to two digits.')}
<section>
<h2>Figures</h2>
${figures(report, earlier)}
<p class="note">${escapeHtml(howCounted(report))}</p>
</section>
</body>
</html>
`;
}

function headline({ at, plan, elapsedMs, sent, answered }: LoadReport): string {
  const told = Object.entries(plan).map(([name, value]) => `${name} ${String(value)}`);
  const when = at.slice(0, 19).replace('T', ' ');
  return `${when} UTC. ${numberText(answered)} lines answered of ${numberText(sent)} sent, ${secondsText(elapsedMs)} measured. Options: ${told.join(', ')}.`;
}

function isRight({ failures, sent }: LoadReport): boolean {
  return sent > 0 && Object.keys(failures).length === 0;
}

function otherLoadText(report: LoadReport, earlier: Earlier | undefined): string {
  const others = earlier === undefined ? [] : otherLoad(earlier.report.plan, report.plan);
  return others.length === 0 ? '' : list([['bad', `The runs had other options: ${others.join('; ')}`]]);
}

function howCounted({ plan, wasLimit, busy }: LoadReport): string {
  const from =
    plan['rate'] === undefined
      ? 'Latency counts from the write of a line. Each client waits for its answers, so a server that stalls also gets fewer lines (coordinated omission). A run with a rate is free of it.'
      : 'Latency counts from when a line was due, so it is free of coordinated omission.';
  const side = ` The side of the load was busy ${Math.round(busy * 100)} % of the time${wasLimit ? ', and may have been the limit' : ''}.`;
  return from + side;
}

function list(items: readonly (readonly [style: string, text: string])[]): string {
  if (items.length === 0) return '';
  return `<ul>${items.map(([style, text]) => `<li class="${style}">${escapeHtml(text)}</li>`).join('')}</ul>`;
}

function legend(shown: readonly Shown[]): string {
  if (shown.length < 2) return '';
  const items = shown.map(({ name, style }) => `<span class="key ${style}"></span> ${escapeHtml(name)}`);
  return `<p class="legend">${items.join(' ')}</p>`;
}

function section(title: string, chart: string, note: string): string {
  const below = note === '' ? '' : `<p class="note">${escapeHtml(note)}</p>\n`;
  return `<section>\n<h2>${title}</h2>\n${chart}\n${below}</section>`;
}

const NO_SAMPLE = '<p class="note">No line was measured.</p>';

function percentileChart(shown: readonly Shown[]): string {
  const curves = shown.map(({ name, style, report }): Curve => {
    const points = percentileCurve(Latencies.parse(report.histogram)).map(({ nines, percentile, ms }) => ({
      x: nines,
      y: ms,
      text: `${Number(percentile.toFixed(4))} % within ${msText(ms)} ms`,
    }));
    return { name, style, points };
  });
  const all = curves.flatMap(({ points }) => points);
  if (all.length === 0) return NO_SAMPLE;
  const to = Math.max(1, ...all.map(({ x }) => x));
  const ticks = roundTicks(Math.max(...all.map(({ y }) => y ?? 0)), tickText);
  return lineChart({
    title: 'Latency by percentile',
    curves,
    x: { to, ticks: percentileTicks(to), label: 'percentile' },
    y: { to: ticks.at(-1)!.at, ticks, label: 'latency, ms' },
  });
}

function overTimeChart(shown: readonly Shown[], what: 'rate' | 'p99', unit: string): string {
  const curves = shown.map(({ name, style, report }): Curve => {
    const { intervalMs, linesPerSecond, p99Ms } = report.overTime;
    const values = what === 'rate' ? linesPerSecond : p99Ms;
    const points = values.map((y, index): Point => {
      const middle = Math.min(report.elapsedMs, (index + 0.5) * intervalMs);
      const text =
        y === null
          ? ''
          : `${what === 'rate' ? numberText(y) : msText(y)} ${unit} after ${secondsText(middle)}`;
      return { x: middle, y, text };
    });
    return { name, style, points };
  });
  const to = Math.max(...shown.map(({ report }) => report.elapsedMs));
  if (to === 0) return NO_SAMPLE;
  const most = Math.max(...curves.flatMap(({ points }) => points.map(({ y }) => y ?? 0)));
  const ticks = roundTicks(most, what === 'rate' ? numberText : tickText);
  return lineChart({
    title: what === 'rate' ? 'Rate over time' : 'p99 over time',
    curves,
    x: {
      to,
      ticks: roundTicks(to, (ms) => String(ms / 1000)).filter(({ at }) => at <= to),
      label: 'seconds',
    },
    y: {
      to: Math.max(ticks.at(-1)!.at, Number.MIN_VALUE),
      ticks,
      label: what === 'rate' ? unit : `p99, ${unit}`,
    },
  });
}

/** A mark of an axis, without digits that say nothing. */
function tickText(value: number): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: 4 });
}

function figures(report: LoadReport, earlier: Earlier | undefined): string {
  const rows = compare((earlier ?? { report }).report, report);
  const head =
    earlier === undefined
      ? '<th>this run</th>'
      : `<th>${escapeHtml(earlier.name)}</th><th>this run</th><th>change</th>`;
  const body = rows.map(({ name, before, now, change }) => {
    const cells = earlier === undefined ? [now] : [before, now, change];
    return `<tr><th>${escapeHtml(name)}</th>${cells.map((cell) => `<td>${escapeHtml(cell)}</td>`).join('')}</tr>`;
  });
  return `<table>\n<thead><tr><th></th>${head}</tr></thead>\n<tbody>\n${body.join('\n')}\n</tbody>\n</table>`;
}
