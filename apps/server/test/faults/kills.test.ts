import { expect, test } from 'vitest';
import { dial, type Peer, tcpServer } from '../peer.ts';
import { figure, size } from './figure.ts';
import { FaultProxy, mulberry32 } from './proxy.ts';

const LINES = 60;

const portOf = (address: string): number => Number(address.slice(address.lastIndexOf(':') + 1));
const says = (name: string): string[] => Array.from({ length: LINES }, (_, index) => `${name}${index}`);

/** What one has heard of another, in order. */
const heard = (peer: Peer, seat: number): string[] =>
  peer.lines.flatMap((line) => new RegExp(`^\\* MSG ${seat} (.*)$`).exec(line)?.[1] ?? []);

/** How many of the lines got were not to be got, or were to be got and were not. */
function differences(got: readonly string[], want: readonly string[]): number {
  const length = Math.max(got.length, want.length);
  return Array.from({ length }).filter((_, index) => got[index] !== want[index]).length;
}

test('kills: a client of three that is killed at any point costs the other two no reply', async () => {
  const points = size(6, 50);
  const random = mulberry32(50);
  let lost = 0;
  for (let point = 0; point < points; point++) {
    const order = (['strict', 'fair', 'free'] as const)[point % 3] ?? 'strict';
    const { address, join } = await tcpServer({ order, deliver: 'all', clients: 3, maxQueuedLines: 8 });
    const killed = says('killed');
    const wire = killed.map((line) => `${line}\n`).join('');
    await using proxy = new FaultProxy(portOf(address), {
      seed: point,
      drip: point % 2 === 1,
      resetAfterBytes: Math.floor(random() * wire.length),
    });
    const victim = await dial(`127.0.0.1:${await proxy.listen()}`);
    victim.on('error', () => {});
    victim.resume();
    const one = await join();
    await one.line(/^\* WELCOME/);
    const other = await join();
    await other.line(/^\* WELCOME/);
    victim.write(wire);
    one.say(...says('one'));
    other.say(...says('other'));
    const seats = [one, other].map((peer) => Number(peer.lines[0]?.split(' ')[2]));
    const [oneSeat = 0, otherSeat = 0] = seats;
    const upper = (name: string): string[] => says(name).map((line) => line.toUpperCase());
    await one.until(() => one.replies.length >= LINES && heard(one, otherSeat).length >= LINES);
    await other.until(() => other.replies.length >= LINES && heard(other, oneSeat).length >= LINES);
    await one.say('/ping over').line('* PONG over');
    await other.say('/ping over').line('* PONG over');
    lost += differences(one.replies, upper('one')) + differences(other.replies, upper('other'));
    lost +=
      differences(heard(one, otherSeat), upper('other')) + differences(heard(other, oneSeat), upper('one'));
    // What the two heard of the third is how it began, and no part of a line.
    const victimSeat = 6 - oneSeat - otherSeat;
    const begun = heard(one, victimSeat);
    expect(begun).toEqual(upper('killed').slice(0, begun.length));
    expect(heard(other, victimSeat)).toEqual(begun);
    expect(lost).toBe(0);
  }
  figure({
    id: 'kills',
    what: `replies lost or doubled, ${points} kill points`,
    value: lost,
    unit: '',
    atMost: 0,
  });
});
