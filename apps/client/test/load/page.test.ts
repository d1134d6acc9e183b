import { expect, test } from 'vitest';
import { pageOf } from '../../src/load/page.ts';
import { PLAN, reported } from './results.ts';

const REPORT = reported([1, 2, 3]);

test('pageOf: has all three charts and needs nothing else', () => {
  const page = pageOf(REPORT, undefined);
  expect(page.match(/<svg /g)).toHaveLength(3);
  expect(page.match(/<h2>.*<\/h2>/g)).toEqual([
    '<h2>Latency by percentile</h2>',
    '<h2>Rate over time</h2>',
    '<h2>p99 over time</h2>',
    '<h2>Figures</h2>',
  ]);
  expect(page).not.toMatch(/<script|<link|<img|@import|url\(|https?:|NaN|undefined|null/);
  expect(page).toContain('prefers-color-scheme: dark');
});

test('pageOf: shows two runs side by side, and says that they had other options', () => {
  const earlier = { name: 'old.json', report: reported([2, 4], {}, { plan: { ...PLAN, size: 8 } }) };
  const page = pageOf(REPORT, earlier);
  expect(page.match(/class="curve before"/g)).toHaveLength(3);
  expect(page.match(/class="curve now"/g)).toHaveLength(3);
  expect(page).toContain('<th>old.json</th><th>this run</th><th>change</th>');
  expect(page).toContain('<tr><th>max, ms</th><td>4.00</td><td>3.00</td><td>-25.0 %</td></tr>');
  expect(page).toContain('The runs had other options: size 32, before 8');
});

test('pageOf: what a server or a file name says is text', () => {
  const report = reported([1], { failures: { ended: 1 }, causes: { '<script>alert(1)</script>': 2 } });
  const page = pageOf(report, { name: '"><img src=x>', report });
  expect(page).not.toMatch(/<script|<img/);
  expect(page).toContain('<li class="bad">2 times: &lt;script&gt;alert(1)&lt;/script&gt;</li>');
});

test('pageOf: says so where nothing was measured', () => {
  const page = pageOf(reported([], { elapsedMs: 0 }), undefined);
  expect(page.match(/No line was measured/g)).toHaveLength(3);
  expect(page).not.toMatch(/<svg|NaN|Infinity/);
});

test('pageOf: says how latency counts', () => {
  expect(pageOf(REPORT, undefined)).toContain('Latency counts from the write of a line.');
  const plan = { ...PLAN, rate: 5 };
  expect(pageOf(reported([1], {}, { plan }), undefined)).toContain('free of coordinated omission');
});
