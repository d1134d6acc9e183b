import type { Event } from '@proto/protocol';
import { describe, expect, test } from 'vitest';
import { complete } from '../../src/terminal/completion.ts';
import { after, NOWHERE, type Standing } from '../../src/terminal/standing.ts';

const ME: Event = { verb: 'WELCOME', seat: 2, clients: 3, room: 'main', version: 1 };
const stand = (...events: Event[]): Standing => [ME, ...events].reduce(after, NOWHERE);
const join = (seat: number, name = '-'): Event => ({ verb: 'JOIN', seat, name, address: 'x' });

describe('complete', () => {
  const standing = stand(join(3, 'Bob'), join(13, 'ann'), join(31));

  test.each<[string, string[], string]>([
    ['', [], ''],
    ['hello', [], 'hello'],
    ['/p', ['/pass ', '/ping '], '/p'],
    ['/X', ['/xray '], '/X'],
    ['/to ', ['Bob ', 'ann ', '3 ', '13 ', '31 '], ''],
    ['/to b', ['Bob '], 'b'],
    ['/to 3', ['3 ', '31 '], '3'],
    ['/to bob h', [], '/to bob h'],
    ['/fault c', ['coalesce ', 'cut '], 'c'],
    ['/xray l', ['legend '], 'l'],
    ['/constructor x', [], '/constructor x'],
  ])('complete: %s', (line, hits, part) => {
    expect(complete(line, standing)).toEqual([hits, part]);
  });
});
