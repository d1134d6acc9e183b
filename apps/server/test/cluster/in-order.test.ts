import { VirtualClock } from '@proto/scheduler/testing';
import { describe, expect, test } from 'vitest';
import { InOrder, type Source } from '../../src/cluster/logs/in-order.ts';
import { seeded } from './sim.ts';

/** A log that another one reads. What a source is asked may fail. */
class Engine implements Source {
  readonly clock = new VirtualClock();
  readonly entries: string[] = [];
  readonly got: string[] = [];
  readonly told: string[] = [];
  trimmed = 0;
  asked = 0;
  answers: () => boolean = () => true;
  readonly inOrder: InOrder;

  constructor(after = 0) {
    const reader = {
      entry: (position: number, entry: string) => this.got.push(`${position} ${entry}`),
      lost: () => this.told.push('lost'),
      wentBack: () => this.told.push('went back'),
    };
    this.inOrder = new InOrder(after, reader, this, this.clock);
  }

  async bounds(): Promise<{ first: number; last: number }> {
    await this.#wait();
    return { first: this.trimmed + 1, last: this.entries.length };
  }

  async fetch(from: number, upTo: number): Promise<string[]> {
    await this.#wait();
    if (from <= this.trimmed) return [];
    return this.entries.slice(from - 1, Math.min(upTo, from + 9));
  }

  /** Appends entries; `tell` says how often each comes by itself. */
  append(count: number, tell: () => number = () => 1): void {
    for (let n = 0; n < count; n++) {
      const position = this.entries.push(`e${this.entries.length + 1}`);
      for (let times = tell(); times > 0; times--) this.inOrder.offer(position, `e${position}`);
    }
  }

  expectAll(): void {
    expect(this.got).toEqual(this.entries.map((entry, index) => `${index + 1} ${entry}`));
  }

  #wait(): Promise<void> {
    this.asked++;
    return new Promise((resolve, reject) => {
      this.clock.setTimeout(() => (this.answers() ? resolve() : reject(new Error('no answer'))), 1);
    });
  }
}

describe('InOrder', () => {
  test('InOrder: what comes in order is given at once, and nothing is asked', async () => {
    const engine = new Engine();
    engine.append(100);
    engine.expectAll();
    await engine.clock.advance(1_400);
    expect(engine.asked).toBe(0);
  });

  test('InOrder: what did not come is fetched when a later one comes', async () => {
    const engine = new Engine();
    engine.append(30, () => 0);
    engine.append(1);
    await engine.clock.advance(20);
    engine.expectAll();
  });

  test('InOrder: what did not come is fetched after 1.5 s of silence', async () => {
    const engine = new Engine();
    engine.append(3);
    engine.append(3, () => 0);
    await engine.clock.advance(1_490);
    expect(engine.got).toHaveLength(3);
    await engine.clock.advance(20);
    engine.expectAll();
  });

  test('InOrder: 200 seeded runs of losses, doubles, delays and failures give everything once, in order', async () => {
    for (let seed = 1; seed <= 200; seed++) {
      const random = seeded(seed);
      const engine = new Engine();
      engine.answers = () => random() < 0.7;
      for (let round = 0; round < 30; round++) {
        engine.append(Math.floor(random() * 40), () => Math.floor(random() * 3));
        const late = 1 + Math.floor(random() * engine.entries.length);
        if (engine.entries.length > 0) engine.inOrder.offer(late, `e${late}`);
        await engine.clock.advance(Math.floor(random() * 50));
      }
      await engine.clock.advance(10_000);
      engine.expectAll();
      expect(engine.told).toEqual([]);
    }
  });

  test('InOrder: told that there may be more, it fetches all there is', async () => {
    const engine = new Engine();
    engine.append(95, () => 0);
    engine.inOrder.hear();
    await engine.clock.advance(20);
    engine.expectAll();
  });

  test('InOrder: 200 seeded runs of positions that are none, or not there, change nothing, and it stops looking', async () => {
    const wrong = [NaN, Infinity, -Infinity, 0, -1, 0.5, 1e15, 1e300, Number.MAX_SAFE_INTEGER];
    for (let seed = 1; seed <= 200; seed++) {
      const random = seeded(seed);
      const engine = new Engine();
      engine.answers = () => random() < 0.9;
      for (let round = 0; round < 30; round++) {
        engine.append(Math.floor(random() * 3), () => Math.floor(random() * 2));
        const position = wrong[Math.floor(random() * wrong.length)]!;
        if (random() < 0.3) engine.inOrder.hear();
        else engine.inOrder.offer(random() < 0.5 ? position : engine.got.length + 1.5, 'wrong');
        await engine.clock.advance(Math.floor(random() * 20));
      }
      engine.answers = () => true;
      await engine.clock.advance(5_000);
      engine.expectAll();
      const { asked } = engine;
      await engine.clock.advance(15_000);
      // Ten times: where it ends, and whether the entry that was given last is there.
      expect([engine.asked - asked, engine.told]).toEqual([20, []]);
    }
  });

  test('InOrder: more may come early than it keeps', async () => {
    const engine = new Engine();
    engine.append(1, () => 0);
    engine.append(5_000);
    await engine.clock.advance(2_000);
    engine.expectAll();
  });

  test('InOrder: says once that what it wants was trimmed', async () => {
    const engine = new Engine(2);
    engine.append(9, () => 0);
    engine.trimmed = 3;
    await engine.clock.advance(10_000);
    expect([engine.told, engine.got, engine.clock.pending]).toEqual([['lost'], [], 0]);
  });

  test('InOrder: a log that ends before what was read went back if that lasts', async () => {
    const engine = new Engine();
    engine.append(9);
    // Each time it's back before it counts.
    for (const last of ['e10', 'e11']) {
      engine.entries.length = 5;
      await engine.clock.advance(8_000);
      engine.entries.push('e6', 'e7', 'e8', 'e9', 'e10', 'e11');
      engine.entries.length = Number(last.slice(1));
      await engine.clock.advance(3_000);
      expect([engine.told, engine.got.at(-1)]).toEqual([[], `${last.slice(1)} ${last}`]);
    }
    engine.entries.length = 5;
    await engine.clock.advance(20_000);
    expect([engine.told, engine.clock.pending]).toEqual([['went back'], 0]);
  });

  test('InOrder: 100 seeded runs of an end that is too early for less than 10 s, again and again, tell nothing', async () => {
    for (let seed = 1; seed <= 100; seed++) {
      const random = seeded(seed);
      const engine = new Engine();
      engine.append(9);
      for (let round = 0; round < 10; round++) {
        const kept = [...engine.entries];
        engine.entries.length = 3;
        engine.inOrder.look();
        await engine.clock.advance(10 + Math.floor(random() * 9_000));
        engine.entries.splice(0, Infinity, ...kept);
        // Nobody asks whether it's back: entries come by themselves, or nothing answers.
        const comes = random() < 0.5;
        engine.answers = () => comes;
        const passes = comes && random() < 0.7 ? 2_000 : 20_000;
        for (let ms = 0; ms < passes; ms += 500) {
          if (comes) engine.append(1);
          await engine.clock.advance(500);
        }
        engine.answers = () => true;
      }
      expect(engine.told).toEqual([]);
    }
  });

  test('InOrder: a log that went back and has grown since is found out by what is there now', async () => {
    const engine = new Engine();
    engine.append(9);
    engine.entries.length = 5;
    engine.entries.push('other 6', 'other 7', 'other 8', 'other 9', 'other 10');
    engine.inOrder.back();
    await engine.clock.advance(100);
    expect([engine.told, engine.got.length, engine.clock.pending]).toEqual([['went back'], 9, 0]);
  });

  test('InOrder: the same if all that was seen of it is a silence', async () => {
    const engine = new Engine();
    engine.append(9);
    engine.entries.length = 5;
    engine.answers = () => false;
    await engine.clock.advance(4_000);
    engine.answers = () => true;
    for (const entry of ['other 6', 'other 7', 'other 8', 'other 9', 'e10', 'e11'])
      engine.inOrder.offer(engine.entries.push(entry), entry);
    await engine.clock.advance(1_000);
    expect(engine.told).toEqual(['went back']);
  });

  test('InOrder: the same if it has grown while nobody answered for a while', async () => {
    const engine = new Engine();
    engine.append(9);
    engine.entries.length = 5;
    engine.inOrder.back();
    await engine.clock.advance(1_000);
    for (const entry of ['other 6', 'other 7', 'other 8', 'other 9', 'e10'])
      engine.inOrder.offer(engine.entries.push(entry), entry);
    await engine.clock.advance(100);
    expect(engine.told).toEqual(['went back']);
  });

  test('InOrder: a log that is back with what was given goes on', async () => {
    const engine = new Engine();
    engine.append(9);
    engine.inOrder.back();
    await engine.clock.advance(100);
    engine.append(1);
    // Trimmed: nothing can be said.
    engine.trimmed = 10;
    engine.inOrder.back();
    await engine.clock.advance(100);
    engine.append(1);
    await engine.clock.advance(20_000);
    engine.expectAll();
    expect(engine.told).toEqual([]);
  });

  test('InOrder: once closed, nothing is given and nothing waits', async () => {
    const engine = new Engine();
    engine.append(5, () => 0);
    engine.inOrder.look();
    engine.inOrder.close();
    await engine.clock.runAll();
    engine.inOrder.offer(1, 'e1');
    expect([engine.got, engine.told, engine.clock.pending]).toEqual([[], [], 0]);
  });
});
