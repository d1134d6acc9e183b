import { once } from 'node:events';
import type { Socket } from 'node:net';
import { setImmediate as passOfTheLoop } from 'node:timers/promises';
import { VirtualClock } from '@proto/scheduler/testing';
import { describe, expect, test } from 'vitest';
import type { Server, ServerOptions } from '../../src/index.ts';
import { dial, memoryServer, type Peer, tcpServer } from '../peer.ts';

/** A server whose time a test moves; it is up to 1/64 of its shortest deadline late. */
async function house(options: ServerOptions): Promise<{
  readonly clock: VirtualClock;
  readonly server: Server;
  readonly join: () => Peer;
  readonly pass: (ms: number) => Promise<void>;
  readonly left: (peer: Peer) => Promise<string>;
  readonly dropped: readonly string[];
}> {
  const clock = new VirtualClock();
  const { server, join } = await memoryServer({ order: 'free', ...options }, clock);
  const reasons = new Map<number, string>();
  server.on('leave', ({ seat, reason }) => reasons.set(seat, reason));
  const dropped: string[] = [];
  server.on('drop', ({ reason }) => dropped.push(reason));
  const settle = async (): Promise<void> => {
    for (let turn = 0; turn < 8; turn++) await passOfTheLoop();
  };
  return {
    clock,
    server,
    join,
    dropped,
    /** Lets what is under way come to its end, then moves the time on. */
    pass: async (ms) => {
      await settle();
      await clock.advance(ms);
      await settle();
    },
    left: async (peer) => {
      await settle();
      return reasons.get(Number(peer.lines[0]?.split(' ')[2] ?? 1)) ?? 'here';
    },
  };
}

/** Reads so many bytes and not many more. */
async function take(socket: Socket, bytes: number): Promise<void> {
  for (let left = bytes; left > 0;) {
    const chunk = socket.read() as Buffer | null;
    if (chunk === null) await once(socket, 'readable');
    else left -= chunk.length;
  }
}

const LATE = 1.05;

describe('a line begun', () => {
  const options = { partialLineTimeoutMs: 10_000 };
  const farewell = [
    '* ERR LINE_TIMEOUT Line not ended within 10000 ms of its first byte. Closing',
    '* BYE line not ended in time',
  ];

  test.each([
    { name: 'in one chunk', drip: [] },
    { name: 'byte by byte', drip: ['b', 'c', 'd', 'e'] },
  ])('deadlines: it must end, $name: an absolute deadline', async ({ drip }) => {
    const { join, pass, left, dropped } = await house(options);
    const peer = join();
    peer.duplex.write('whole\na');
    for (const byte of drip) {
      await pass(2_000);
      peer.duplex.write(byte);
    }
    await pass(9_990 - 2_000 * drip.length);
    expect(await left(peer)).toBe('here');
    await pass(10 + 10_000 / 64);
    expect(await left(peer)).toBe('line not ended in time');
    expect(peer.lines.slice(1)).toEqual(['WHOLE', ...farewell]);
    expect(peer.ended).toBe(true);
    expect(dropped).toEqual(['line not ended in time']);
  });

  test('deadlines: each line has its own time', async () => {
    const { join, pass, left } = await house(options);
    const peer = join();
    for (let line = 0; line < 5; line++) {
      peer.duplex.write('end\nbegin');
      await pass(9_000);
    }
    peer.duplex.write('\n');
    await pass(60_000);
    expect(await left(peer)).toBe('here');
  });

  test('deadlines: it stands still while the client is not read', async () => {
    const { join, pass, left } = await house({ ...options, deliver: 'others', maxOutboxBytes: 40_000 });
    const [peer, other] = [join(), join()];
    peer.duplex.write('begun');
    await pass(4_000);
    peer.duplex.pause();
    other.say(...Array.from({ length: 25 }, () => 'x'.repeat(900)));
    await pass(0);
    peer.duplex.write(' and not');
    await pass(60_000);
    expect(await left(peer)).toBe('here');
    peer.duplex.resume();
    await pass(5_900);
    expect(await left(peer)).toBe('here');
    await pass(100 + 10_000 / 64);
    expect(await left(peer)).toBe('line not ended in time');
  });

  test('deadlines: lines accepted before are answered first, the part of a line never', async () => {
    const { join, pass } = await house({ ...options, order: 'strict', clients: 2 });
    const [first, second] = [join(), join()];
    second.duplex.write('one\ntwo\nthr');
    await pass(10_000 * LATE);
    first.say('a', 'b', 'c');
    await second.end();
    expect(second.lines.slice(-4)).toEqual([farewell[0], 'ONE', 'TWO', farewell[1]]);
  });

  test('deadlines: the end of the stream ends it too', async () => {
    const { join, pass } = await house({ ...options, order: 'strict', clients: 2 });
    const [first, second] = [join(), join()];
    second.say('one').duplex.end('part');
    await pass(60_000);
    first.say('a');
    await second.end();
    expect(second.lines.filter((line) => !/TURN|SKIP|WAIT|WELCOME|HERE/.test(line))).toEqual([
      'ONE',
      '* ERR FRAME_INCOMPLETE Cannot read frame: it was cut off after 4 bytes (at stream offset 8)',
      '* BYE end of input',
    ]);
  });

  test('deadlines: a line without end is one fault, and ends the connection after 1 MiB', async () => {
    const { join, pass, left, dropped } = await house({});
    const peer = join();
    for (let sent = 0; sent < 1_048_576; sent += 65_536) peer.duplex.write('x'.repeat(65_536));
    await pass(0);
    expect(await left(peer)).toBe('here');
    peer.duplex.write('x');
    await pass(0);
    expect(await left(peer)).toBe('line without end');
    expect(dropped).toEqual(['line without end']);
    expect(peer.lines.slice(1)).toEqual([
      '* ERR FRAME_TOO_LONG Cannot read frame: it is longer than 1024 bytes (at stream offset 1024)',
      '* ERR LINE_ENDLESS Line too long: 1048576 bytes without a line end. Closing',
      '* BYE line without end',
    ]);
  });
});

describe('an idle client', () => {
  const options = { idleTimeoutMs: 600_000 };

  test('deadlines: nothing received and nothing waiting', async () => {
    const { join, pass, left } = await house(options);
    const peer = join();
    await pass(599_000);
    peer.say('/ping');
    await pass(599_999);
    expect(await left(peer)).toBe('here');
    await pass(1 + 600_000 / 64);
    expect(await left(peer)).toBe('idle');
    expect(peer.lines.slice(-2)).toEqual([
      '* ERR IDLE_TIMEOUT Idle for 600000 ms: closing. Send /ping to stay connected',
      '* BYE idle',
    ]);
  });

  test('deadlines: who waits for a turn is not idle, and has its whole time once it has been served', async () => {
    const { join, pass, left } = await house({ ...options, order: 'strict', clients: 2 });
    const [first, second] = [join(), join()];
    second.say('waits');
    for (let minute = 0; minute < 30; minute++) {
      first.say('/ping');
      await pass(60_000);
    }
    expect(await left(second)).toBe('here');
    first.say('go');
    await second.line('WAITS');
    await pass(599_000);
    expect(await left(second)).toBe('here');
    await pass(1_000 + 2 * (600_000 / 64));
    expect(await left(second)).toBe('idle');
  });

  test('deadlines: a half-closed client that waits for its turn is not idle', async () => {
    const { join, pass, left } = await house({ ...options, order: 'strict', clients: 2 });
    const [first, second] = [join(), join()];
    second.say('waits').duplex.end();
    for (let minute = 0; minute < 30; minute++) {
      first.say('/ping');
      await pass(60_000);
    }
    expect(await left(second)).toBe('here');
    first.say('go');
    await second.line('* BYE end of input');
  });
});

describe('a client that has not read what it was sent', () => {
  test('deadlines: it is not idle', async () => {
    const { join, pass, left } = await house({ idleTimeoutMs: 600_000 });
    const deaf = join();
    deaf.duplex.pause();
    deaf.say(...Array.from({ length: 60 }, () => 'x'.repeat(1_000)));
    await pass(1_000_000);
    expect(await left(deaf)).toBe('here');
    deaf.duplex.resume();
    await pass(700_000);
    expect(await left(deaf)).toBe('idle');
  });
});

describe('a client that does not read', () => {
  const options = { outboxTimeoutMs: 60_000, deliver: 'others' as const, maxOutboxBytes: 1_000_000 };
  const flood = Array.from({ length: 60 }, () => 'x'.repeat(1_000));

  test('deadlines: it is dropped when nothing was taken, and the others hear of it', async () => {
    const { join, pass, left, dropped } = await house(options);
    const [deaf, other] = [join(), join()];
    await other.line(/^\* WELCOME/);
    deaf.duplex.pause();
    other.say(...flood);
    await pass(59_999);
    expect(await left(deaf)).toBe('here');
    await pass(1 + 60_000 / 64);
    expect(await left(deaf)).toBe('did not read');
    expect(deaf.duplex.destroyed).toBe(true);
    await other.line('* LEAVE 1 did not read');
    expect(dropped).toEqual(['did not read']);
  });

  test.each([
    { name: 'line', act: (peer: Peer) => peer.duplex.write('half'), other: { partialLineTimeoutMs: 60_000 } },
    { name: 'end', act: (peer: Peer) => peer.say('waits').duplex.end(), other: { endedTimeoutMs: 60_000 } },
    {
      name: 'end before',
      act: (peer: Peer) => peer.say('waits').duplex.end(),
      other: { endedTimeoutMs: 9_000 },
    },
  ])(
    'deadlines: it is dropped once, though the deadline of its $name has passed too',
    async ({ act, other }) => {
      const { server, join, pass, dropped } = await house({
        ...options,
        order: 'strict',
        clients: 3,
        ...other,
      });
      const deaf = join();
      await deaf.line(/^\* WELCOME/);
      deaf.duplex.pause();
      act(deaf);
      await pass(0);
      for (const line of flood) server.say(line);
      for (let minutes = 0; minutes < 3; minutes++) await pass(60_000);
      expect(dropped).toEqual([other.endedTimeoutMs === 9_000 ? 'ended and not served' : 'did not read']);
      expect(deaf.duplex.destroyed).toBe(true);
    },
  );

  test('deadlines: one that takes a little now and then is not', async () => {
    const { join, pass, left } = await house(options);
    const [slow, other] = [join(), join()];
    await other.line(/^\* WELCOME/);
    slow.duplex.pause();
    for (let minute = 0; minute < 10; minute++) {
      other.say(...flood.slice(0, 20));
      await pass(50_000);
      slow.duplex.resume();
      await slow.until(({ lines }) => lines.length >= 2 + 20 * (minute + 1));
      slow.duplex.pause();
    }
    expect(await left(slow)).toBe('here');
  });

  test('deadlines: over TCP, what is taken of a write under way counts', async () => {
    const clock = new VirtualClock();
    const { server, address, join } = await tcpServer(
      { order: 'free', outboxTimeoutMs: 60_000, maxLineBytes: 100_000, maxOutboxBytes: 100_000_000 },
      clock,
    );
    const reasons: string[] = [];
    server.on('leave', ({ reason }) => reasons.push(reason));
    const slow = await dial(address);
    slow.pause().write(`${'x'.repeat(100_000)}\n`.repeat(300));
    const honest = await join();
    /** Every line of the slow one has been answered, as far as they go. */
    const settle = async (): Promise<void> => {
      for (let ping = 0; ping < 200; ping++) await honest.say(`/ping ${pings}`).line(`* PONG ${pings++}`);
    };
    let pings = 0;
    await settle();
    for (let minute = 0; minute < 5; minute++) {
      // The kernel asks for more when a third of what it holds has gone, which may be 4 MB.
      await take(slow, 4_000_000);
      await settle();
      await clock.advance(50_000);
      await settle();
      expect(reasons).toEqual([]);
    }
    await clock.advance(130_000);
    await settle();
    expect(reasons).toEqual(['did not read']);
    slow.destroy();
  });

  test.each(['half-closed', 'has quit'])('deadlines: one that %s is bounded too', async (how) => {
    const { clock, join, pass } = await house({
      ...options,
      deliver: 'sender',
      quit: 'self',
      maxQueuedLines: 1_000,
    });
    const deaf = join();
    await deaf.line(/^\* WELCOME/);
    deaf.duplex.pause();
    deaf.say(...flood);
    if (how === 'has quit') deaf.say('/quit');
    else deaf.duplex.end();
    const closed = once(deaf.duplex, 'close');
    await pass(59_999);
    expect(deaf.duplex.destroyed).toBe(false);
    await pass(1 + 60_000 / 64);
    await closed;
    expect(clock.pending).toBe(0);
  });
});

describe('a process that stood still', () => {
  test('deadlines: what arrived meanwhile is read before anybody is blamed', async () => {
    const timeoutMs = 400;
    const { join } = await tcpServer({
      clients: 1,
      turnTimeoutMs: timeoutMs,
      idleTimeoutMs: timeoutMs,
      partialLineTimeoutMs: timeoutMs,
    });
    const peer = await join();
    await peer.line('* TURN 1');
    peer.duplex.write('/ping\nbeg');
    await peer.line('* PONG ');
    peer.duplex.write('un\n');
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1.5 * timeoutMs);
    await peer.line('BEGUN');
    expect(peer.lines.filter((line) => /SKIP|ERR|BYE/.test(line))).toEqual([]);
  });
});

describe('no deadline', () => {
  test('deadlines: never is never, and the one timer is that of the probes', async () => {
    const { clock, join, pass, left } = await house({});
    const peer = join();
    peer.duplex.write('begun');
    expect(clock.pending).toBe(1);
    await pass(86_400_000);
    expect(await left(peer)).toBe('here');
  });

  test('deadlines: one timer for all connections and one for the probes, none when the last has gone', async () => {
    const { clock, join, pass } = await house({ idleTimeoutMs: 1_000, partialLineTimeoutMs: 100 });
    const peers = Array.from({ length: 100 }, () => join());
    for (const { duplex } of peers) duplex.write('begun');
    await pass(0);
    expect(clock.pending).toBe(2);
    for (const { duplex } of peers) duplex.destroy();
    await pass(0);
    expect(clock.pending).toBe(0);
  });
});
