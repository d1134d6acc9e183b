import fc from 'fast-check';
import { expect, test } from 'vitest';
import { escapeHtml } from '../../../src/load/plots/html-text.ts';
import { lineChart, roundTicks } from '../../../src/load/plots/line-chart.ts';

test('roundTicks: round marks from 0 to above the most', () => {
  expect(roundTicks(14, String).map(({ at }) => at)).toEqual([0, 5, 10, 15]);
  expect(roundTicks(0.0075, String).map(({ at }) => at)).toEqual([0, 0.002, 0.004, 0.006, 0.008]);
  fc.assert(
    fc.property(fc.double({ min: 0.001, max: 1e10, noNaN: true }), (most) => {
      const ticks = roundTicks(most, String);
      expect(ticks.at(-1)!.at).toBeGreaterThanOrEqual(most * (1 - 1e-6));
      expect(ticks.length).toBeGreaterThanOrEqual(3);
      expect(ticks.length).toBeLessThanOrEqual(6);
    }),
  );
  expect(roundTicks(0, String)).toEqual([{ at: 0, label: '0' }]);
});

const axis = { to: 10, ticks: [{ at: 0, label: '0' }], label: 'ms' };

test('lineChart: a curve has a gap where there is no value', () => {
  const point = (x: number, y: number | null) => ({ x, y, text: `${x}` });
  const points = [point(0, 0), point(5, 10), point(6, null), point(10, 5)];
  const svg = lineChart({
    title: 'a chart',
    curves: [{ name: 'one', style: 'now', points }],
    x: axis,
    y: axis,
  });
  expect(svg.match(/<path d="([^"]*)"/)?.[1]).toBe('M64 220L396 26M728 123L728 123');
  expect(svg.match(/<circle/g)).toHaveLength(3);
});

test('lineChart: shows text as text', () => {
  const points = [{ x: 1, y: 1, text: '"<b>' }];
  const svg = lineChart({
    title: '<&',
    curves: [{ name: '</svg>', style: 'now', points }],
    x: axis,
    y: axis,
  });
  expect(svg).toContain('aria-label="&lt;&amp;"');
  expect(svg).toContain('<title>&lt;/svg&gt;: &quot;&lt;b&gt;</title>');
});

test('escapeHtml: nothing of the text is markup', () => {
  expect(escapeHtml(`<a href="x" o='y'>&`)).toBe('&lt;a href=&quot;x&quot; o=&#39;y&#39;&gt;&amp;');
});
