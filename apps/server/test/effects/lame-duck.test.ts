import { VirtualClock } from '@proto/scheduler/testing';
import { describe, expect, test } from 'vitest';
import type { Server } from '../../src/index.ts';
import { logJson, showOnConsole } from '../../src/observe/index.ts';
import { memoryServer } from '../peer.ts';

const state = ({ isReady, isAccepting, isDraining }: Server): object => ({
  isReady,
  isAccepting,
  isDraining,
});

describe('a lame duck', () => {
  test('Server: drain() is not ready at once, lets clients in until the time has passed, and then closes', async () => {
    const clock = new VirtualClock();
    const { server, join } = await memoryServer({ order: 'free', drainMs: 5_000 }, clock);
    const shown: string[] = [];
    showOnConsole(server, { write: (line) => shown.push(line), colour: false });
    const logged: string[] = [];
    logJson(server, { write: (line) => logged.push(line), text: false });
    expect(state(server)).toEqual({ isReady: true, isAccepting: true, isDraining: false });
    const closed = server.drain({ reason: 'SIGTERM' });
    expect(state(server)).toEqual({ isReady: false, isAccepting: true, isDraining: true });
    expect(shown).toContain('draining (SIGTERM): not ready, but clients are let in for 5000 ms more');
    expect(JSON.parse(logged.at(-1)!)).toMatchObject({ event: 'drain', reason: 'SIGTERM', ms: 5_000 });
    await clock.advance(4_999);
    const peer = join().say('hello');
    await peer.line('HELLO');
    await clock.advance(1);
    expect(state(server)).toEqual({ isReady: false, isAccepting: false, isDraining: false });
    await peer.end();
    expect(peer.lines.at(-1)).toBe('* BYE SIGTERM');
    expect(await closed).toMatchObject({ reason: 'SIGTERM', forced: [] });
  });

  test('Server: close() skips the rest of a drain, and ends no grace period', async () => {
    const clock = new VirtualClock();
    const { server, join } = await memoryServer(
      { order: 'free', drainMs: 5_000, transform: (line) => Promise.resolve(line) },
      clock,
    );
    const peer = await join().line(/^\* WELCOME/);
    const draining = server.drain({ reason: 'one' });
    expect(server.drain({ reason: 'two' })).toBe(draining);
    peer.say('kept');
    await peer.line('kept');
    const closed = server.close({ reason: 'three' });
    // Nothing is left of it that would close once more, and by force.
    expect(server.isDraining).toBe(false);
    await peer.end();
    expect(await closed).toMatchObject({ reason: 'three', forced: [] });
  });

  test('Server: a quit by a client ends a drain', async () => {
    const clock = new VirtualClock();
    const { server, join } = await memoryServer({ order: 'free', drainMs: 5_000, quit: 'all' }, clock);
    const peer = await join().line(/^\* WELCOME/);
    void server.drain();
    peer.say('/quit enough');
    await peer.end();
    expect(await server.closed).toMatchObject({ reason: 'enough', seat: 1 });
    expect(server.isDraining).toBe(false);
  });

  test.each([
    { options: { drainMs: 0 }, why: 'it is 0 ms' },
    { options: { drainMs: 5_000, close: true }, why: 'it closes already' },
  ])('Server: drain() closes at once if $why', async ({ options: { drainMs, close } }) => {
    const { server } = await memoryServer({ drainMs });
    if (close) void server.close();
    const drains: unknown[] = [];
    server.on('drain', (drain) => drains.push(drain));
    await server.drain();
    expect(drains).toEqual([]);
  });

  test.each([
    {
      options: { drainMs: -1 },
      want: 'Cannot close with drainMs -1: expected an integer from 0 to 86400000',
    },
    {
      options: { graceMs: 0.5 },
      want: 'Cannot close with graceMs 0.5: expected an integer from 0 to 86400000',
    },
    { options: { reason: 'a\nb' }, want: /^Cannot close with reason / },
  ])('Server: drain($options) is refused, and nothing drains', async ({ options, want }) => {
    const { server } = await memoryServer({ drainMs: 5_000 });
    await expect(server.drain(options)).rejects.toThrow(want);
    expect(server.isReady).toBe(true);
  });
});
