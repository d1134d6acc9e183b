import { expect, test } from 'vitest';
import { laneHeight, scaleOf, ticksOf } from '../../src/ui/lanes/scale.ts';
import { angleOf, CENTRE, heightOf, pointAt, RADIUS, wordsAt } from '../../src/ui/ring/geometry.ts';

test('angleOf: the first seat is on top, the others follow clockwise', () => {
  const top = pointAt(angleOf(0, 4), RADIUS);
  const right = pointAt(angleOf(1, 4), RADIUS);
  expect(top.x).toBeCloseTo(CENTRE.x);
  expect(top.y).toBeCloseTo(CENTRE.y - RADIUS);
  expect(right.x).toBeCloseTo(CENTRE.x + RADIUS);
});

test('pointAt: aside is to the right of the ray', () => {
  expect(pointAt(0, 10, 5)).toEqual({ x: CENTRE.x + 10, y: CENTRE.y + 5 });
});

test('wordsAt: words stand away from the ring, so that no seat lies on them', () => {
  expect(wordsAt(0)).toMatchObject({ anchor: 'start' });
  expect(wordsAt(Math.PI)).toMatchObject({ anchor: 'end' });
  expect(wordsAt(-Math.PI / 2).y).toBeLessThan(CENTRE.y - RADIUS - 23);
});

test('heightOf: leaves place for words below the lowest seat', () => {
  for (let n = 1; n <= 24; n++) {
    const lowest = Math.max(...Array.from({ length: n }, (_, i) => wordsAt(angleOf(i, n)).y + 14));
    expect(heightOf(n)).toBeGreaterThanOrEqual(lowest);
  }
});

test('ticksOf: whole steps, as many as can be read, and none before the beginning', () => {
  expect(ticksOf({ from: 0, to: 12_000, width: 650 })).toEqual([
    0, 2_000, 4_000, 6_000, 8_000, 10_000, 12_000,
  ]);
  expect(ticksOf({ from: -3_000, to: 9_000, width: 268 })[0]).toBe(0);
  for (const width of [200, 268, 650, 1_400]) {
    const [first = 0, second = Infinity] = ticksOf({ from: 0, to: 120_000, width });
    expect(((second - first) / 120_000) * width).toBeGreaterThan(30);
  }
});

test('scaleOf: puts a moment on the canvas', () => {
  expect(scaleOf(1_000, 3_000, 0, 400).x(2_000)).toBe(200);
});

test('laneHeight: the lanes of few and of many take about as much of the page', () => {
  const heights = [1, 3, 4, 6, 8].map((n) => n * laneHeight(n, false));
  expect(Math.max(...heights)).toBeLessThanOrEqual(250);
});
