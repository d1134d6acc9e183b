import { expect, test } from 'vitest';
import { limitText, mostClients, mostConnections } from '../../src/command/descriptors.ts';
import { ListenError } from '../../src/transport/listener.ts';

test('mostConnections: 64 less than the limit of the process, and a few of them are for those who are told why they are not let in', () => {
  expect([mostConnections(1_024), mostClients(1_024)]).toEqual([960, 944]);
  expect([mostConnections(81), mostClients(81)]).toEqual([17, 1]);
  expect([mostConnections(Infinity), mostClients(Infinity)]).toEqual([Infinity, Infinity]);
  expect(() => mostConnections(80)).toThrow(ListenError);
  expect(() => mostConnections(80)).toThrow(`Cannot start: ${limitText(80)}. Raise it above 80`);
  expect(limitText(80)).toBe(
    'this process may open 80 files (ulimit -n), and 80 are reserved for other uses',
  );
});

test('mostConnections: a page has its own, two for each of its clients', () => {
  const page = { page: 'watch' } as const;
  expect(mostConnections(1_024, page)).toBe(960 - 8 - 2 * 32);
  expect(() => mostConnections(152, page)).toThrow(
    `Cannot start: ${limitText(152, page)}. Raise it above 152`,
  );
  expect(mostConnections(1_024, { page: 'none' })).toBe(960);
});
