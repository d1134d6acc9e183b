import { VirtualClock } from '@proto/scheduler/testing';
import { expect, test } from 'vitest';
import { readEntry } from '../../src/cluster/entry.ts';
import { Writer } from '../../src/cluster/writer.ts';

test('Writer: while as many entries are on their way as are worth it, records collect in one', () => {
  const appended: string[] = [];
  const append = (entry: string): Promise<void> => {
    appended.push(entry);
    return Promise.resolve();
  };
  const writer = new Writer({ node: 'a', log: { window: 2, append }, clock: new VirtualClock() });
  const said = (): (readonly string[])[] =>
    appended.map((text) => {
      const entry = readEntry(text);
      return 'records' in entry ? entry.records.map((record) => ('text' in record ? record.text : '')) : [];
    });
  for (const text of ['1', '2', '3', '4', '5']) {
    writer.put({ type: 'line', client: 1, text });
    writer.flush();
  }
  expect(said()).toEqual([['1'], ['2']]);
  expect(writer.pending).toBe(3);
  // What this pass has said so far goes when it ends, and not before.
  writer.cameBack(0);
  writer.put({ type: 'line', client: 1, text: '6' });
  writer.cameBack(1);
  expect(said()).toEqual([['1'], ['2'], ['3', '4', '5']]);
  writer.flush();
  expect(said()).toEqual([['1'], ['2'], ['3', '4', '5'], ['6']]);
  expect(writer.pending).toBe(2);
});
