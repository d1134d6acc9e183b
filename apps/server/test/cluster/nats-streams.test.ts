import type { StreamConfig } from '@nats-io/jetstream';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { namesOf, whyUnlike } from '../../src/cluster/logs/nats/streams.ts';

const wanted = { name: 'PROTO_c', subjects: ['proto.c.log'], republish: { src: 'a', dest: 'b' } };

/** What NATS says of a stream that was made as a log. */
const made = {
  ...wanted,
  retention: 'limits',
  max_consumers: -1,
  max_msgs: -1,
  max_bytes: -1,
  max_age: 0,
  max_msgs_per_subject: -1,
  max_msg_size: -1,
  discard: 'new',
  storage: 'file',
  num_replicas: 1,
  sealed: false,
  deny_delete: false,
  deny_purge: false,
  allow_rollup_hdrs: false,
} as unknown as StreamConfig;

test.each<[Partial<StreamConfig>, string]>([
  [{ max_msgs_per_subject: 100 }, 'it keeps 100 messages of a subject'],
  [{ max_age: 1 }, 'it drops old messages'],
  [{ discard: 'old', max_msgs: 10 }, 'it drops old messages'],
  [{ discard: 'old', max_bytes: 10 }, 'it drops old messages'],
  [{ allow_rollup_hdrs: true }, 'a message may drop others, or end by itself'],
  [{ allow_msg_ttl: true }, 'a message may drop others, or end by itself'],
  [{ retention: 'workqueue' }, 'its retention is workqueue'],
  [{ storage: 'memory' }, 'its storage is memory'],
  [{ subjects: ['proto.c.log', 'other'] }, 'its subjects are not proto.c.log'],
  [{ sources: [{ name: 'other' }] }, 'it takes messages of other streams'],
  [{ mirror: { name: 'other' } }, 'it takes messages of other streams'],
  [{ subject_transform: { src: 'a', dest: 'b' } }, 'it changes subjects'],
  [{ republish: { src: 'a', dest: 'b', headers_only: true } }, 'it republishes headers only'],
  [{ republish: { src: 'a', dest: 'c' } }, 'it does not republish to b'],
  [{ deny_delete: true }, 'nothing may be deleted from it'],
  [{ deny_purge: true }, 'nothing may be deleted from it'],
  [{ sealed: true }, 'it is sealed'],
  [{ no_ack: true }, 'it acknowledges nothing'],
  [{ max_msg_size: 1_000 }, 'it takes messages of 1000 bytes at most, and 786432 are needed'],
])('whyUnlike: %j', (changed, text) => {
  expect(whyUnlike(wanted, { ...made, ...changed })).toEqual([text]);
});

test.each<Partial<StreamConfig>>([
  {},
  { num_replicas: 5, description: 'ours' },
  { max_bytes: 1_000_000, max_msgs: 1_000 },
  { discard: 'old' },
  { max_msgs_per_subject: 0, max_msg_size: 1_048_576 },
])('whyUnlike: a stream keeps everything with %j', (changed) => {
  expect(whyUnlike(wanted, { ...made, ...changed })).toEqual([]);
});

test('namesOf: no two clusters share a stream or a subject', () => {
  const namesIn = (cluster: string): string[] => {
    const { log, snapshots } = namesOf(cluster);
    return [log.stream, snapshots.stream, log.subject, log.live, snapshots.part, snapshots.whole];
  };
  const word = fc.constantFrom('x', 'S', '_', '-', 'log', 'live', 'snapshot', 'part', 'whole', 'PROTO');
  const cluster = fc.array(word, { minLength: 1, maxLength: 4 }).map((words) => words.join(''));
  fc.assert(
    fc.property(cluster, cluster, (one, other) => {
      fc.pre(one !== other);
      expect(new Set([...namesIn(one), ...namesIn(other)]).size).toBe(12);
    }),
    { numRuns: 5_000 },
  );
  expect(new Set([...namesIn('x'), ...namesIn('x_S')]).size).toBe(12);
});
