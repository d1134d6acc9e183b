// One task, in a process of its own; the value goes to the parent.
import { lines } from '@proto/codec';
import type { Task } from './memory.ts';

const MiB = 1024 * 1024;

function line(mebibytes: number): number {
  const decoder = lines({ maxFrameBytes: 64 * MiB }).decoder();
  const chunk = Buffer.alloc(1024, 'x');
  const begin = performance.now();
  for (let count = 0; count < mebibytes * 1024; count++) {
    if (decoder.push(chunk).read() !== undefined) throw new Error('Cannot measure: a line before its end');
  }
  const frame = decoder.push(Buffer.from('\n')).read();
  if (typeof frame !== 'string' || frame.length !== mebibytes * MiB)
    throw new Error('Cannot measure: no line');
  return (performance.now() - begin) / 1000;
}

// A new chunk each time, as a socket gives them.
function endless(): number {
  const decoder = lines({ maxFrameBytes: 1024 }).decoder();
  globalThis.gc?.();
  const before = process.memoryUsage.rss();
  let peak = before;
  let faults = 0;
  for (let count = 0; count < 16_384; count++) {
    for (const _ of decoder.push(Buffer.alloc(65_536, 'x'))) faults++;
    if (count % 64 === 0) peak = Math.max(peak, process.memoryUsage.rss());
    // A socket's chunks die at the pace of a socket; a loop of 10 GB/s would measure the collector.
    if (count % 64 === 0) globalThis.gc?.();
  }
  if (faults !== 1) throw new Error(`Cannot measure: ${faults} faults, expected 1`);
  return (peak - before) / MiB;
}

function used(): number {
  globalThis.gc?.();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

function kept(): number {
  const decoder = lines().decoder();
  const frames: unknown[] = [];
  const before = used();
  for (let count = 0; count < 10_000; count++) {
    const chunk = Buffer.alloc(65_536, `${'x'.repeat(20)}\n`);
    chunk[65_535] = 0x0a;
    let first: unknown;
    for (const frame of decoder.push(chunk)) first ??= frame;
    frames.push(first);
  }
  const held = used() - before;
  if (frames.some((frame) => frame !== 'x'.repeat(20))) throw new Error('Cannot measure: a frame is wrong');
  return held / MiB;
}

const TASKS: Readonly<Record<Task, () => number>> = {
  endless,
  kept,
  line16: () => line(16),
  line64: () => line(64),
};

const name = process.argv[2];
const task = Object.entries(TASKS).find(([key]) => key === name)?.[1];
if (task === undefined)
  throw new RangeError(`Cannot measure ${name}: expected ${Object.keys(TASKS).join(', ')}`);
process.send?.(task());
process.disconnect();
