import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { NatsLog } from '../../src/cluster/logs/nats.ts';
import { SNAPSHOTS } from '../../src/cluster/snapshots.ts';
import { type Nats, startNats } from '../cluster/engines/nats.ts';
import { has } from '../cluster/engines/needs.ts';
import { Child } from './child.ts';
import { Client } from './client.ts';
import { type Command, MAIN, start } from './command.ts';

let nats: Nats;
let clusters = 0;

/** Servers that share their rooms, each a process of its own. */
async function serversOf(names: readonly string[], ...flags: string[]): Promise<Command[]> {
  const cluster = `test-${++clusters}`;
  const all: Command[] = [];
  for (const name of names)
    all.push(await start('--join', nats.urls.join(','), '--cluster', cluster, '--node', name, ...flags));
  return all;
}

describe.skipIf(!has(['nats-server', '--version'], 'servers that share their rooms', 'nats-server'))(
  'servers that share their rooms',
  () => {
    beforeAll(async () => {
      nats = await startNats(1);
    });
    afterAll(() => nats.stop());

    test('join: a server that is killed takes only its own clients along, and no accepted line is lost', async () => {
      const [a, b, c] = await serversOf(['a', 'b', 'c'], '--order', 'free');
      const [one, two, three] = [
        await Client.in(a!.port),
        await Client.in(b!.port),
        await Client.in(c!.port),
      ];
      one.say('hello');
      await one.line('HELLO');
      for (let n = 0; n < 500; n++) two.say(`b${n}`);
      a!.child.kill('SIGKILL');
      for (let n = 500; n < 1_000; n++) two.say(`b${n}`);
      await two.line('B999');
      await three.line('* LEAVE 1 node gone');
      const answers = two.lines.filter((line) => line.startsWith('B'));
      expect(answers).toEqual(Array.from({ length: 1_000 }, (_, n) => `B${n}`));
    });

    test('join: a long log gets a snapshot', async () => {
      const [a] = await serversOf(['a'], '--order', 'free');
      const cluster = `test-${clusters}`;
      const log = await NatsLog.open({ urls: nats.urls, cluster, warn: () => {}, openMs: 10_000 });
      onTestFinished(() => log.close());
      const first = await log.newest();
      const one = await Client.in(a!.port);
      const lines = Array.from({ length: 1_000 }, () => 'x'.repeat(1_000));
      for (let bytes = 0; bytes < SNAPSHOTS.bytes; bytes += 1_000_000) {
        one.say(...lines);
        await one.sync();
        one.lines.length = 0;
      }
      let newest = first;
      while (newest?.position === first?.position) {
        expect(a!.child.stderr).not.toContain('No snapshot was taken');
        newest = await log.newest();
      }
      expect(JSON.parse(newest!.state)).toMatchObject({ position: newest!.position });
    });

    test('join: a server with other options does not come up, and says in what it differs', async () => {
      const [a] = await serversOf(['a'], '--clients', '2');
      const flags = [
        '--port',
        '0',
        '--join',
        nats.urls.join(','),
        '--cluster',
        `test-${clusters}`,
        '--clients',
        '3',
      ];
      const other = new Child(process.execPath, [MAIN, ...flags]);
      expect(await other.exit).toEqual({ code: 78, signal: null });
      expect(other.stderr).toContain('node a is up, and its options differ: clients is 2 there and 3 here');
      const one = await Client.in(a!.port);
      await one.line('* WAIT 1 2');
    });
  },
);
