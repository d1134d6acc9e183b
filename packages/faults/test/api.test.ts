import { expect, it } from 'vitest';
import * as door from '../src/index.ts';

it('door: these names and no others', () => {
  expect(Object.keys(door).toSorted((a, b) => (a < b ? -1 : 1))).toEqual([
    'APART_MS',
    'INJECTED_FAULTS',
    'INJECTED_FAULT_NAMES',
    'RESET_AFTER_MS',
    'WritePlan',
    'describeInjected',
    'injectedNumber',
    'isInjectedFault',
    'usageOf',
  ]);
});
