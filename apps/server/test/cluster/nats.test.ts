import { jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { NatsLog } from '../../src/cluster/logs/nats.ts';
import { conforms, type Engine } from './conformance.ts';
import { type Nats, startNats } from './engines/nats.ts';
import { has } from './engines/needs.ts';

const isHere = has(['nats-server', '--version'], 'logs in NATS', 'nats-server');

async function engine(count: number): Promise<Engine> {
  const nats = await startNats(count);
  let last = '';
  return {
    open: (cluster) => {
      last = cluster;
      return NatsLog.open({ urls: nats.urls, cluster, warn: () => {}, openMs: 40_000 });
    },
    restart: async () => {
      const leader = await leaderOf(nats, `PROTO_${last}`);
      await nats.kill(leader);
      await nats.start(leader);
    },
    cut: () => Promise.resolve(nats.cut()),
    stop: () => nats.stop(),
  };
}

/** The number of the server that leads a stream. */
async function leaderOf(nats: Nats, stream: string): Promise<number> {
  const connection = await connect({ servers: nats.urls.map(({ host }) => host) });
  const { cluster } = await (await jetstreamManager(connection)).streams.info(stream);
  await connection.close();
  return cluster?.leader === undefined ? 0 : nats.numberOf(cluster.leader);
}

conforms('one NATS server', isHere ? () => engine(1) : undefined);
conforms('three NATS servers', isHere ? () => engine(3) : undefined);
