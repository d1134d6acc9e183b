import { expect, it } from 'vitest';
import * as door from '../src/index.ts';

it('door: these names and no others', () => {
  expect(Object.keys(door).toSorted((a, b) => (a < b ? -1 : 1))).toEqual([
    'MOST_APART_MS',
    'MOST_FOLLOWED',
    'MOST_LINE_UNITS',
    'MOST_NODES',
    'MOST_OPERATION_BYTES',
    'MOST_PARTS',
    'MOST_PEOPLE',
    'MOST_ROOMS',
    'MOST_STEP_TURNS',
    'MessageReader',
    'WATCH_VERSION',
    'parseBridgeOp',
    'parseBridgeSaid',
    'parseMessage',
    'parseWatchOp',
    'writeLine',
  ]);
});
