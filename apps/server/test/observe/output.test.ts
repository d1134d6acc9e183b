import { Writable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { Output } from '../../src/observe/output.ts';

/** A stream that takes nothing until it is told to. */
class Stuck extends Writable {
  readonly writes: string[] = [];
  #goOn: (() => void) | undefined;

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.writes.push(chunk.toString());
    this.#goOn = done;
  }

  get text(): string {
    return this.writes.join('');
  }

  /** Takes what waits, and settles when all of it has been taken. */
  async take(): Promise<void> {
    while (this.writableLength > 0) {
      this.#goOn?.();
      await turnOver();
    }
  }
}

const turnOver = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const lost = (lines: number): string => `lost ${lines}`;

describe('output', () => {
  test('Output: 1. the lines of one pass of the event loop are one write', async () => {
    const stream = new Stuck();
    const { write } = new Output(stream, { lost });
    for (const line of ['a', 'b', 'c']) write(line);
    expect(stream.writes).toEqual([]);
    await turnOver();
    expect(stream.writes).toEqual(['a\nb\nc\n']);
  });

  test('Output: 2. holds its bound and one line, whatever comes while nobody reads', async () => {
    const stream = new Stuck();
    const output = new Output(stream, { lost, maxUnreadBytes: 1_000 });
    for (let line = 0; line < 5_000; line++) {
      output.write('x'.repeat(99));
      if (line % 100 === 0) await turnOver();
    }
    await turnOver();
    expect(stream.writableLength).toBeLessThanOrEqual(1_100);
    expect(output.linesLost).toBe(5_000 - 11);
  });

  test('Output: 3. says how many lines were lost in their place, without waiting for another line', async () => {
    const stream = new Stuck();
    const { write } = new Output(stream, { lost, maxUnreadBytes: 10 });
    for (const line of ['12345', '12345', 'lost', 'lost too']) write(line);
    await turnOver();
    await stream.take();
    expect(stream.text).toBe('12345\n12345\nlost 2\n');
    write('later');
    await turnOver();
    await stream.take();
    expect(stream.text).toBe('12345\n12345\nlost 2\nlater\n');
  });

  test('Output: flush writes at once, and a stream that is gone takes nothing', async () => {
    const stream = new Stuck();
    const output = new Output(stream, { lost });
    output.write('now');
    output.flush();
    expect(stream.writes).toEqual(['now\n']);
    stream.destroy();
    output.write('too late');
    await turnOver();
    expect(stream.writes).toEqual(['now\n']);
    expect(output.linesLost).toBe(1);
  });

  test('Output: 4. what a stream fails to take is counted', async () => {
    const stream = new Writable({ write: (_chunk, _encoding, done) => done(new Error('full')) });
    stream.on('error', () => {});
    const output = new Output(stream, { lost });
    for (const line of ['a', 'b', 'c']) output.write(line);
    await turnOver();
    output.write('d');
    await turnOver();
    expect(output.linesLost).toBe(4);
  });
});
