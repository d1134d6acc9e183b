import { JetStreamApiError, type JetStreamManager, type StreamConfig } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { count } from '@proto/protocol';
import { ClusterError } from '../../cluster-error.ts';
import { cannot, MOST_PAYLOAD, type NatsOptions, shown } from './options.ts';
import { isNoStream, refusalText } from './texts.ts';

/** The streams and subjects of a cluster. */
export interface Names {
  readonly log: { readonly stream: string; readonly subject: string; readonly live: string };
  readonly snapshots: { readonly stream: string; readonly part: string; readonly whole: string };
}

/** No name of one cluster is one of another: there are no dots in names of clusters, and after `PROTO` comes `_` or `-`. */
export function namesOf(cluster: string): Names {
  const subject = `proto.${cluster}`;
  return {
    log: { stream: `PROTO_${cluster}`, subject: `${subject}.log`, live: `${subject}.live` },
    snapshots: {
      stream: `PROTO-S_${cluster}`,
      part: `${subject}.snapshot.part`,
      whole: `${subject}.snapshot.whole`,
    },
  };
}

interface Ensuring extends NatsOptions {
  readonly connection: NatsConnection;
  readonly manager: JetStreamManager;
  /** It isn't tried again. */
  readonly isLast: boolean;
}

type Config = Partial<StreamConfig> & { readonly name: string };

/**
 * Makes the streams of a cluster where there are none, and tries whether they store.
 *
 * Errors: rejects with a `ClusterError` for what another try doesn't help.
 */
export async function ensureStreams(ensuring: Ensuring): Promise<void> {
  const { log, snapshots } = namesOf(ensuring.cluster);
  const common = {
    retention: 'limits',
    storage: 'file',
    discard: 'new',
    max_age: 0,
  } as const;
  await ensure(ensuring, {
    ...common,
    name: log.stream,
    subjects: [log.subject],
    republish: { src: log.subject, dest: log.live },
  });
  await ensure(ensuring, { ...common, name: snapshots.stream, subjects: [snapshots.part, snapshots.whole] });
  await probe(ensuring, snapshots);
}

async function ensure(ensuring: Ensuring, config: Config): Promise<void> {
  const { manager } = ensuring;
  try {
    const { config: there } = await manager.streams.info(config.name);
    return compare(ensuring, config, there);
  } catch (error) {
    if (!isNoStream(error)) throw error;
  }
  // One NATS server knows no other: there is nowhere to put a second copy.
  const { connection, warn } = ensuring;
  const servers = connection.info?.cluster === undefined ? 1 : connection.getServers().length;
  if (servers < 3 && config.republish !== undefined) {
    const few = servers === 1 ? 'one NATS server' : `${servers} NATS servers`;
    warn(
      `The log is kept once, by ${few}: if its disk is lost, so are the rooms. Three servers keep it three times.`,
    );
  }
  try {
    await manager.streams.add({ ...config, num_replicas: servers < 3 ? 1 : 3 });
  } catch (error) {
    if (!(error instanceof JetStreamApiError)) throw error;
    // Another node made it at the same time (10058), or not all servers are up: another try.
    if (!ensuring.isLast) throw error;
    const all = servers < 3 ? '' : '. All three must be up for a new log';
    throw cannot(ensuring, `it makes no stream: ${refusalText(error.apiError())}${all}`, error);
  }
}

/** Forgets the messages before one. JetStream takes "before 1", where there are none, for all of them. */
export async function forgetBefore(manager: JetStreamManager, stream: string, seq: number): Promise<void> {
  if (seq > 1) await manager.streams.purge(stream, { seq });
}

/** What keeps a stream from being a log: what it drops, changes or refuses, or takes from elsewhere. */
export function whyUnlike({ subjects = [], republish }: Config, there: StreamConfig): string[] {
  const isLimited = there.max_msgs > 0 || there.max_bytes > 0;
  const wrong: readonly (readonly [isWrong: boolean | undefined, text: string])[] = [
    [
      (there.subjects ?? []).toSorted().join(' ') !== [...subjects].toSorted().join(' '),
      `its subjects are not ${subjects.join(', ')}`,
    ],
    [there.republish?.dest !== republish?.dest, `it does not republish to ${republish?.dest}`],
    [there.republish?.headers_only, 'it republishes headers only'],
    [there.retention !== 'limits', `its retention is ${there.retention}`],
    [there.storage !== 'file', `its storage is ${there.storage}`],
    [there.max_age !== 0 || (there.discard === 'old' && isLimited), 'it drops old messages'],
    [there.max_msgs_per_subject > 0, `it keeps ${count(there.max_msgs_per_subject, 'message')} of a subject`],
    [there.allow_rollup_hdrs || there.allow_msg_ttl, 'a message may drop others, or end by itself'],
    [there.deny_delete || there.deny_purge, 'nothing may be deleted from it'],
    [there.sealed, 'it is sealed'],
    [there.no_ack, 'it acknowledges nothing'],
    [
      there.max_msg_size > 0 && there.max_msg_size < MOST_PAYLOAD,
      `it takes messages of ${count(there.max_msg_size, 'byte')} at most, and ${MOST_PAYLOAD} are needed`,
    ],
    [(there.sources ?? []).length > 0 || there.mirror !== undefined, 'it takes messages of other streams'],
    [there.subject_transform !== undefined, 'it changes subjects'],
  ];
  return wrong.flatMap(([isWrong, text]) => (isWrong === true ? [text] : []));
}

/** The stream that is there must keep everything, and say what it keeps. */
function compare({ urls }: Ensuring, wanted: Config, there: StreamConfig): void {
  const wrong = whyUnlike(wanted, there);
  if (wrong.length === 0) return;
  const what = `stream ${wanted.name} is there, and is no log of this server: ${wrong.join(', ')}`;
  throw new ClusterError(
    'unlike',
    `Cannot join ${shown(urls)}: ${what}. Take another --cluster, or delete it`,
  );
}

/** Whether it stores. */
async function probe(ensuring: Ensuring, { stream, part }: Names['snapshots']): Promise<void> {
  const { connection, manager } = ensuring;
  const answer = await connection.request(part, '', { timeout: 2_000 });
  const { seq, error } = answer.json<{ seq: number; error?: Parameters<typeof refusalText>[0] }>();
  if (error !== undefined) throw cannot(ensuring, `it does not store: ${refusalText(error)}`);
  await manager.streams.deleteMessage(stream, seq);
}
