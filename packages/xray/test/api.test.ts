import { expect, it } from 'vitest';
import * as door from '../src/index.ts';

it('door: these names and no others', () => {
  expect(Object.keys(door).toSorted((a, b) => (a < b ? -1 : 1))).toEqual([
    'LEGEND',
    'XRAY_CLOCKS',
    'XRay',
    'escape',
    'escapeJson',
    'formatJson',
    'formatSeen',
  ]);
});
