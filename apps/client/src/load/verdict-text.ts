import { numberText } from './figures/number-text.ts';
import { type Judged, judgedText } from './figures/thresholds.ts';
import type { LoadReport } from './report.ts';

/** What was wrong with the answers: `2 missing, 1 cut`. */
export function wrongText({ failures, sent }: LoadReport): string {
  const kinds = Object.entries(failures).map(([kind, count]) => `${numberText(count)} ${kind}`);
  if (kinds.length > 0) return kinds.join(', ');
  return sent === 0 ? 'nothing was sent' : 'nothing: every answer was right';
}

/** What the failures came from, one after the other. */
export function causeTexts({ causes }: LoadReport): readonly string[] {
  return Object.entries(causes).map(([text, count]) =>
    count === 1 ? text : `${numberText(count)} times: ${text}`,
  );
}

/** What came of a threshold: `p99 at most 50.0 ms: was 61.2 ms, not met`. */
export function thresholdText(judged: Judged): string {
  return `${judgedText(judged)}${judged.ok ? '' : ', not met'}`;
}
