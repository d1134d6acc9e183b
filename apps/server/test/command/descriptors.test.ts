import { expect, test } from 'vitest';
import { limitText, mostConnections } from '../../src/command/descriptors.ts';
import { ListenError } from '../../src/transport/listener.ts';

test('mostConnections: 64 less than the limit of the process, and none of that is one clear error', () => {
  expect(mostConnections(1_024)).toBe(960);
  expect(mostConnections(65)).toBe(1);
  expect(mostConnections(Infinity)).toBe(Infinity);
  expect(() => mostConnections(64)).toThrow(ListenError);
  expect(() => mostConnections(64)).toThrow(`Cannot start: ${limitText(64)}. Raise it above 64`);
  expect(limitText(64)).toBe(
    'this process may open 64 files (ulimit -n), and 64 are reserved for other uses',
  );
});

test('mostConnections: a page has its own, two for each of its clients', () => {
  const page = { page: 'watch' } as const;
  expect(mostConnections(1_024, page)).toBe(960 - 8 - 2 * 32);
  expect(() => mostConnections(136, page)).toThrow(
    `Cannot start: ${limitText(136, page)}. Raise it above 136`,
  );
  expect(mostConnections(1_024, { page: 'none' })).toBe(960);
});
