import { connect } from '@nats-io/transport-node';
import { systemClock } from '@proto/scheduler';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { writeHead, writeRecord } from '../../src/cluster/entry.ts';
import { NatsLog } from '../../src/cluster/logs/nats.ts';
import { ClusterNode } from '../../src/cluster/node.ts';
import { RULES } from '../../src/room/rules.ts';
import { type Nats, startNats } from '../cluster/engines/nats.ts';
import { has } from '../cluster/engines/needs.ts';
import { DEFAULTS } from '../room/house.ts';
import { Child } from './child.ts';
import { Client } from './client.ts';
import { type Command, MAIN, portOf, start } from './command.ts';

let nats: Nats;
let clusters = 0;

function flagsOf(cluster: string, name: string): string[] {
  return ['--join', nats.urls.join(','), '--cluster', cluster, '--node', name];
}

/** A server that needn't come up. */
function child(cluster: string, name: string, ...flags: string[]): Child {
  return new Child(process.execPath, [MAIN, '--port', '0', ...flagsOf(cluster, name), ...flags]);
}

async function up(cluster: string, name: string): Promise<Command> {
  return start(...flagsOf(cluster, name), '--order', 'free');
}

/** A node of a release with other rules, in this process. */
async function otherRelease(cluster: string): Promise<ClusterNode> {
  const log = await NatsLog.open({ urls: nats.urls, cluster, warn: () => {}, openMs: 10_000 });
  const node = new ClusterNode({
    log,
    clock: systemClock,
    name: 'old',
    incarnation: 'old.1',
    rooms: DEFAULTS,
    rules: RULES + 1,
    alike: '{}',
    maxOutboxBytes: 1_048_576,
    failed: (error) => {
      throw error;
    },
  });
  await node.join();
  const { ledger } = node;
  node.journal(({ record }) => ledger.rooms.apply(record));
  onTestFinished(() => node.part());
  return node;
}

/** Puts text into the log of a cluster. */
async function put(cluster: string, text: string): Promise<void> {
  const connection = await connect({ servers: nats.urls[0]!.host });
  await connection.request(`proto.${cluster}.log`, text, { timeout: 10_000 });
  await connection.close();
}

/** What the address of `--http` answers. */
async function ready(server: Child): Promise<string> {
  await server.until(({ stderr }) => stderr.includes('serving http'));
  const address = /serving (http:[^,]*)\/healthz/.exec(server.stderr)?.[1];
  const response = await fetch(`${address}/readyz`);
  return `${response.status} ${await response.text()}`;
}

describe.skipIf(!has(['nats-server', '--version'], 'servers that may not come up', 'nats-server'))(
  'servers that join',
  () => {
    let cluster: string;
    beforeAll(async () => {
      nats = await startNats(1);
    });
    afterAll(() => nats.stop());

    test('join: one with other rules waits, is not ready, and comes up when the last old one parts', async () => {
      cluster = `join-${++clusters}`;
      const old = await otherRelease(cluster);
      const waits = child(cluster, 'new', '--http', '127.0.0.1:0');
      await waits.until(({ stderr }) => stderr.includes('waiting: '));
      expect(waits.stderr).toContain(
        `waiting: node old is up with rules ${RULES + 1}, and this release has rules ${RULES}. It comes up when no server with other rules is up\n`,
      );
      expect(await ready(waits)).toBe('503 not accepting: joining the other servers\n');
      expect(waits.stdout).toBe('');
      await old.part();
      const one = await Client.in(portOf(await waits.line(/^listening/)));
      await one.line(/^\* WELCOME 1 /);
      expect(await ready(waits)).toBe('200 ready\n');
    });

    test('join: a signal ends one that waits with 0', async () => {
      cluster = `join-${++clusters}`;
      const old = await otherRelease(cluster);
      const waits = child(cluster, 'new', '--http', '127.0.0.1:0');
      await waits.until(({ stderr }) => stderr.includes('waiting: '));
      waits.kill('SIGTERM');
      expect(await waits.exit).toEqual({ code: 0, signal: null });
      expect(old.status().nodes).toEqual(['old']);
    });

    test('join: of two servers with one name the newer ends with 78, and the older goes on', async () => {
      cluster = `join-${++clusters}`;
      const older = await up(cluster, 'a');
      const one = await Client.in(older.port);
      const newer = await up(cluster, 'a');
      expect(await newer.child.exit).toEqual({ code: 78, signal: null });
      expect(newer.child.stderr).toContain(
        'Cannot go on: another server called a is up. Give this one a name of its own with --node\n',
      );
      one.say('still here');
      await one.line('STILL HERE');
    });

    test('join: one that was killed and started again at once serves at once', async () => {
      cluster = `join-${++clusters}`;
      const killed = await up(cluster, 'a');
      killed.child.kill('SIGKILL');
      await killed.child.exit;
      const again = await up(cluster, 'a');
      const one = await Client.in(again.port);
      one.say('hello');
      await one.line('HELLO');
      // The one that was killed leaves, and this one stays.
      const [, other] = [await Client.in(again.port), await up(cluster, 'b')];
      await (await Client.in(other.port)).line(/^\* WELCOME/);
      expect(again.child.stderr).not.toContain('Cannot go on');
    });

    test('join: a server of a newer release is passed over; one that comes after it ends with 78', async () => {
      cluster = `join-${++clusters}`;
      const a = await up(cluster, 'a');
      let seq = 0;
      const newer = setInterval(() => void put(cluster, `2 newer.1 ${seq++}\nU 2\n`), 100);
      onTestFinished(() => clearInterval(newer));
      await a.child.until(({ stderr }) => stderr.includes('passed over'));
      expect(a.child.stderr).toMatch(
        /^entry \d+ of the log is passed over: it has format 2, and this release reads only 1$/m,
      );
      const b = child(cluster, 'b', '--order', 'free');
      expect(await b.exit).toEqual({ code: 78, signal: null });
      expect(b.stderr).toContain(
        'Cannot go on: the log is in use by a release with another format. Use the release of the other servers, or another --cluster\n',
      );
      const one = await Client.in(a.port);
      one.say('hello');
      await one.line('HELLO');
    });

    test('join: one entry of a newer release, from before, stops nobody', async () => {
      cluster = `join-${++clusters}`;
      const a = await up(cluster, 'a');
      await put(cluster, '2 newer.1 0\nU 2\n');
      const b = await up(cluster, 'b');
      const one = await Client.in(b.port);
      for (const line of ['one', 'two']) {
        one.say(line);
        await one.line(line.toUpperCase());
      }
      expect(a.child.stderr + b.child.stderr).not.toContain('Cannot');
    });

    test('join: a damaged entry is one warning, and all go on', async () => {
      cluster = `join-${++clusters}`;
      const [a, b] = [await up(cluster, 'a'), await up(cluster, 'b')];
      await put(cluster, `${writeHead('stranger.1', 0)}nonsense\n`);
      for (const { child: each } of [a, b]) await each.until(({ stderr }) => stderr.includes('passed over'));
      expect(a.child.stderr).toMatch(
        /^entry \d+ of the log is passed over: it's damaged at character \d+: no record begins with "nonsense"$/m,
      );
      const one = await Client.in(b.port);
      one.say('hello');
      await one.line('HELLO');
    });

    test('join: entries that name nodes of another cluster count for nothing', async () => {
      cluster = `join-${++clusters}`;
      const a = await up(cluster, 'a');
      const foreign = writeHead('other.1', 7) + writeRecord({ type: 'quit', client: undefined, reason: 'x' });
      await put(cluster, foreign);
      const other = await up(`${cluster}-other`, 'b');
      const [one, two] = [await Client.in(a.port), await Client.in(other.port)];
      await one.line('* WELCOME 1 1 main 1');
      await two.line('* WELCOME 1 1 main 1');
      one.say('hello');
      await one.line('HELLO');
      expect(a.child.stderr).toBe(other.child.stderr);
    });
  },
);
