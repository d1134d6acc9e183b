import { expect, test } from 'vitest';
import * as client from '../src/index.ts';

test('index: exports these names', () => {
  expect(Object.keys(client).toSorted()).toEqual(['ClientError', 'connect']);
});
