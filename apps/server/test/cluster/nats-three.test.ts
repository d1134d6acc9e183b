import { jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { Log } from '../../src/cluster/log.ts';
import { NatsLog } from '../../src/cluster/logs/nats.ts';
import { appendAll, Reading, until } from './conformance.ts';
import { type Nats, startNats } from './engines/nats.ts';
import { has } from './engines/needs.ts';

const isHere = has(['nats-server', '--version'], 'logs in three NATS servers', 'nats-server');

describe.skipIf(!isHere)('NatsLog', () => {
  let nats: Nats;
  const warnings: string[] = [];

  beforeAll(async () => {
    nats = await startNats(3);
  });

  afterAll(() => nats.stop());

  async function open(cluster: string, urls: readonly URL[] = nats.urls): Promise<Log> {
    const log = await NatsLog.open({
      urls,
      cluster,
      warn: (text) => void warnings.push(text),
      openMs: 40_000,
    });
    onTestFinished(() => log.close());
    return log;
  }

  test('NatsLog: nodes that open a new log at the same time have one, kept three times', async () => {
    const logs = await Promise.all([open('new'), open('new'), open('new')]);
    await Promise.all(logs.map((log, n) => appendAll(log, [`${n}`])));
    const reading = await new Reading().start(logs[0]);
    await reading.has(3);
    const connection = await connect({ servers: nats.urls.map(({ host }) => host) });
    onTestFinished(() => connection.close());
    const { streams } = await jetstreamManager(connection);
    for (const name of ['PROTO_new', 'PROTO-S_new']) {
      expect((await streams.info(name)).config.num_replicas).toBe(3);
    }
    expect(warnings).toEqual([]);
  });

  test('NatsLog: a server that is frozen is left for another one', async () => {
    // One address is enough: it learns the others.
    const log = await open('frozen', [nats.urls[0]!]);
    const reading = await new Reading().start(log);
    await appendAll(log, ['before']);
    await reading.has(1);
    await nats.freeze(0);
    onTestFinished(() => nats.thaw(0));
    await appendAll(log, ['after']);
    await until(() => reading.entries.at(-1) === 'after');
    expect(new Set(reading.entries)).toEqual(new Set(['before', 'after']));
  });
});
