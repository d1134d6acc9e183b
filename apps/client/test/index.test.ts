import { expect, it } from 'vitest';
import * as client from '../src/index.ts';

it('index: exports these names', () => {
  expect(Object.keys(client).toSorted()).toEqual(['ClientError', 'connect']);
});
