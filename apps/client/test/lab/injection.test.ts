import { expect, test } from 'vitest';
import { parseInjection } from '../../src/lab/injection.ts';

test.each<[string, unknown]>([
  ['', { kind: 'list' }],
  ['off', { kind: 'off', name: undefined }],
  ['drip off', { kind: 'off', name: 'drip' }],
  ['drip 5', { kind: 'on', name: 'drip', number: 5 }],
  [' rst ', { kind: 'on', name: 'rst', number: 1 }],
  ['rst 5', { kind: 'wrong', text: 'Cannot set fault "rst 5": expected no number' }],
  ['drip', { kind: 'wrong', text: 'Cannot set fault "drip": expected an integer from 0 to 60000' }],
  ['drip 1 2', { kind: 'wrong', text: 'Cannot set fault "drip 1 2": expected drip MS and nothing else' }],
  [
    'toString',
    {
      kind: 'wrong',
      text: 'Cannot set fault "toString": expected drip, coalesce, cut, split-crlf, half-close, rst, deaf, garbage, long or off',
    },
  ],
])('parseInjection: %s', (rest, want) => expect(parseInjection(rest)).toEqual(want));
