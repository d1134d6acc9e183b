import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test, type TestContext } from 'vitest';
import { CardPlayer } from './card-player.ts';
import { Example, examples, freePort, pack, type Tarballs, withoutNumbers } from './example.ts';
import { has } from './has.ts';
import { Program } from './program.ts';

let tarballs: Tarballs;
beforeAll(() => {
  tarballs = pack();
}, 180_000);
afterAll(() => tarballs.remove());

/** An example as a stranger has it: copied, installed, and checked. */
async function installed(name: string, context: TestContext): Promise<Example> {
  const example = new Example(name, context);
  await example.install(tarballs);
  await example.check();
  return example;
}

describe.concurrent('examples', { timeout: 180_000 }, () => {
  test('nmea: a log, and a port that sends it byte by byte, give what the README shows', async (context) => {
    const example = await installed('nmea', context);
    const program = example.start();
    expect(await program.ended).toBe(0);
    expect(program.output).toBe(example.shown);

    const log = readFileSync(join(example.folder, 'harbour.nmea'));
    const server = createServer((socket) => {
      socket.setNoDelay(true);
      for (const byte of log) socket.write(Uint8Array.of(byte));
      socket.end();
    }).listen(0, '127.0.0.1');
    context.onTestFinished(() => void server.close());
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const reader = example.start(`127.0.0.1:${port}`);
    expect(await reader.ended).toBe(0);
    expect(reader.output).toBe(example.shown);
  });

  test('scpi: the conversation is the one in the README', async (context) => {
    const example = await installed('scpi', context);
    const program = example.start();
    expect(await program.ended).toBe(0);
    expect(program.output).toBe(example.shown);
  });

  test.skipIf(!has('redis-server --version', 'the example redis'))(
    'redis: a real server answers as the README says, and the client has 60 lines',
    async (context) => {
      const example = await installed('redis', context);
      const port = await freePort();
      const args = ['--bind', '127.0.0.1', '--port', `${port}`, '--save', ''];
      const redis = new Program('redis-server', args, { cwd: example.folder, path: [] });
      context.onTestFinished(() => redis.kill('SIGKILL'));
      await redis.line(/Ready to accept connections/);
      const program = example.start(`127.0.0.1:${port}`);
      expect(await program.ended).toBe(0);
      expect(program.output).toBe(example.shown);
      const source = readFileSync(join(example.folder, 'redis.ts'), 'utf8');
      expect(source.trimEnd().split('\n').length).toBeLessThanOrEqual(60);
    },
  );

  test('greedy: small tenants wait for a tenth as many jobs, and the picture has a dot for each job', async (context) => {
    const example = await installed('greedy', context);
    const program = example.start();
    expect(await program.ended).toBe(0);
    expect(withoutNumbers(program.output)).toBe(withoutNumbers(example.shown));
    const waits = [...program.output.matchAll(/small tenant waits for (\d+) jobs/g)].map(([, jobs]) =>
      Number(jobs),
    );
    const [fifo = 0, fair = 0] = waits;
    expect(fifo).toBeGreaterThan(10 * fair);
    const picture = readFileSync(join(example.folder, 'waits.svg'), 'utf8');
    expect(picture.match(/<circle class="small" [^>]*r="3.5"/g)).toHaveLength(2 * 30);
    expect(picture.match(/<circle class="greedy" [^>]*r="1.5"/g)).toHaveLength(2 * 200);
  });

  test('llm-proxy: three minutes of three tenants pass as the README shows', async (context) => {
    const example = await installed('llm-proxy', context);
    const program = example.start();
    expect(await program.ended).toBe(0);
    expect(program.output).toBe(example.shown);
  });

  test('tidy: what was accepted is saved and answered, and the exit code tells what was not', async (context) => {
    const example = await installed('tidy', context);
    const begin = async (
      ...args: string[]
    ): Promise<{ program: Program; pid: number; url: string; port: number }> => {
      const program = example.start(...args);
      const [, port] = (await program.line(/^nc 127\.0\.0\.1 (\d+)/m))!;
      const [, pid] = /^pid (\d+)/.exec(program.output)!;
      const [url] = /http:\S+/.exec(program.output)!;
      return { program, pid: Number(pid), url, port: Number(port) };
    };

    const { program, pid, url, port } = await begin('60000');
    const post = async (body: string): Promise<string> => {
      const { status } = await fetch(url, { method: 'POST', body });
      return status === 201 ? body : `${body}: ${status}`;
    };
    const posted = Array.from({ length: 20 }, (_, at) => post(`http ${at}`));
    const lines = Array.from({ length: 20 }, (_, at) => `tcp ${at}`);
    const socket = connect(port, '127.0.0.1');
    socket.write(`${lines.join('\n')}\n`);
    const told = text(socket);
    await once(socket, 'data');
    process.kill(pid, 'SIGTERM');
    expect(await told).toMatch(/^(?:saved \d+\n){20}bye\n$/);
    // Connections that nobody had taken yet are refused.
    const accepted = (await Promise.allSettled(posted)).flatMap((one) =>
      one.status === 'fulfilled' ? one.value : [],
    );
    expect(await program.ended).toBe(0);
    // It says now and then how many orders are saved.
    const saysOfItself = (printed: string): string =>
      withoutNumbers(printed).replaceAll('N orders saved\n', '');
    expect(saysOfItself(program.output)).toBe(saysOfItself(example.shown).replace('SIGINT', 'SIGTERM'));
    const saved = readFileSync(join(example.folder, 'orders.log'), 'utf8').trimEnd().split('\n');
    expect(saved.toSorted()).toEqual(
      [...accepted, ...lines].map((order) => JSON.stringify(order)).toSorted(),
    );

    const stall = async (
      graceMs: string,
      signals: number,
    ): Promise<[code: number | undefined, output: string]> => {
      const stalled = await begin(graceMs);
      const half = connect(Number(new URL(stalled.url).port), '127.0.0.1').on('error', () => {});
      half.write('POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 9\r\n\r\nhalf');
      // Connections are taken in order: when this one is answered, the other was taken.
      await fetch(stalled.url);
      process.kill(stalled.pid, 'SIGTERM');
      await stalled.program.line(/closing/);
      if (signals === 2) process.kill(stalled.pid, 'SIGTERM');
      return [await stalled.program.ended, stalled.program.output];
    };
    const cutOff = expect.stringContaining('somebody was cut off');
    expect(await stall('300', 1)).toEqual([1, cutOff]);
    expect(await stall('60000', 2)).toEqual([143, cutOff]);
  });

  test('cards: turns are strict, a choice waits for its turn, a turn passes on when its player leaves', async (context) => {
    const example = await installed('cards', context);
    const program = example.start('0');
    const [url] = (await program.line(/http:\S+(?= in three windows)/))!;
    expect(withoutNumbers(program.output)).toBe(withoutNumbers(example.shown));
    expect(await (await fetch(url)).text()).toContain('<title>Last card</title>');
    const sitDown = async (): Promise<[CardPlayer, CardPlayer, CardPlayer]> => {
      const players = [1, 2, 3].map(() => new CardPlayer(url, context)) as [
        CardPlayer,
        CardPlayer,
        CardPlayer,
      ];
      for (const player of players) await player.join();
      for (const player of players) await player.until((view) => view !== undefined);
      return players;
    };
    const [ann, bob, cy] = await sitDown();
    expect([ann, bob, cy].map(({ name }) => name)).toEqual(['Ann', 'Bob', 'Cy']);
    expect(ann.view?.players).toEqual([
      ['Ann', 5],
      ['Bob', 5],
      ['Cy', 5],
    ]);
    expect(await ann.choose('draw', 'not a secret')).toBe(404);

    expect(await cy.choose('draw')).toBe(204);
    expect(await bob.choose('draw')).toBe(204);
    expect(ann.view).toMatchObject({ turn: 'Ann', news: 'The cards are dealt' });
    await ann.choose('draw');
    expect(await ann.until((view) => view?.news === 'Cy draws')).toMatchObject({
      turn: 'Ann',
      hand: { length: 6 },
    });

    ann.leave();
    await bob.until((view) => view?.news === 'Ann has left');
    expect(bob.view).toMatchObject({
      turn: 'Bob',
      players: [
        ['Bob', 6],
        ['Cy', 6],
      ],
    });
    bob.leave();
    expect(await cy.until((view) => view?.winner !== undefined)).toMatchObject({ winner: 'Cy' });

    const players = await sitDown();
    for (let winner: string | undefined; winner === undefined;) {
      const holder = players.find(({ name, view }) => view?.turn === name)!;
      const { hand, top, turn } = holder.view!;
      const isFitting = (card: string): boolean =>
        card.at(-1) === top.at(-1) || card.slice(0, -1) === top.slice(0, -1);
      await holder.choose(hand.find(isFitting) ?? 'draw');
      await Promise.all(
        players.map((each) => each.until((view) => view?.turn !== turn || view?.winner !== undefined)),
      );
      ({ winner } = holder.view!);
    }
    const [{ view }] = players;
    expect(view?.players).toContainEqual([view?.winner, 0]);
  });

  test.skipIf(!has('nats-server --version', 'the example two-nodes'))(
    'two-nodes: what a client of one server types, the clients of the other get; both end with a goodbye',
    async (context) => {
      const example = await installed('two-nodes', context);
      const [portOfA, portOfB] = [await freePort(), await freePort()];
      const program = example.start(`${portOfA}`, `${portOfB}`);
      await program.line(/Ctrl-C here/);
      expect(program.output.replaceAll(`${portOfA}`, '6677').replaceAll(`${portOfB}`, '6687')).toBe(
        example.shown,
      );
      const listener = connect(portOfB, '127.0.0.1');
      const got = text(listener);
      await once(listener, 'data');
      const [client] = /npx .+(?= {4}#)/.exec(program.output)!;
      await example.run('sh', '-c', `echo good evening | ${client}`);
      program.kill('SIGTERM');
      expect(await got).toMatch(/^\* MSG 2 good evening\n(?:\* .*\n)*\* BYE SIGTERM\n$/m);
      // It ends NATS last, which is in a group of its own and would be left.
      await program.ended;
    },
  );
});

test('examples: each is in the list', () => {
  const list = readFileSync('examples/README.md', 'utf8');
  const listed = [...list.matchAll(/\]\(([a-z-]+)\)/g)].map(([, name]) => name);
  expect(listed.toSorted()).toEqual(examples().toSorted());
});
