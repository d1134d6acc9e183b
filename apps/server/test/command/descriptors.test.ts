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
