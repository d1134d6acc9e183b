import { jetstreamManager } from '@nats-io/jetstream';
import { connect, headers } from '@nats-io/transport-node';
import { describe, expect, onTestFinished, test } from 'vitest';
import { ClusterError } from '../../src/cluster/cluster-error.ts';
import type { Log } from '../../src/cluster/log.ts';
import { NatsLog } from '../../src/cluster/logs/nats.ts';
import { Certificates } from '../certificates.ts';
import { Reading, until } from './conformance.ts';
import { accounts } from './engines/nats-accounts.ts';
import { type Nats, startNats } from './engines/nats.ts';
import { has } from './engines/needs.ts';
import { freePorts } from './engines/ports.ts';

const isHere = has(['nats-server', '--version'], 'what NATS refuses', 'nats-server');

const warnings: string[] = [];

/** What is said when a log can't be opened: the text after the address, and the code. */
async function refusal(url: URL, creds?: string): Promise<string> {
  const error: unknown = await open(url, { creds, openMs: 500 }).then(
    () => new Error('opened'),
    (reason: unknown) => reason,
  );
  if (!(error instanceof ClusterError)) throw error;
  const start = `Cannot join ${url.protocol}//${url.host}: `;
  expect(error.message.startsWith(start)).toBe(true);
  return `${error.code}: ${error.message.slice(start.length)}`;
}

async function open(
  url: URL,
  {
    creds,
    cluster = 'c',
    openMs = 40_000,
  }: { creds?: string | undefined; cluster?: string; openMs?: number } = {},
): Promise<Log> {
  const warn = (text: string): void => void warnings.push(text);
  const log = await NatsLog.open({ urls: [url], cluster, creds, warn, openMs });
  onTestFinished(() => log.close());
  return log;
}

async function nats(settings: Parameters<typeof startNats>[1] = {}): Promise<{ nats: Nats; url: URL }> {
  const started = await startNats(1, settings);
  onTestFinished(() => started.stop());
  return { nats: started, url: started.urls[0]! };
}

function overTls({ host }: URL): URL {
  return new URL(`tls://${host}`);
}

function as(url: URL, user: string, password = ''): URL {
  const changed = new URL(url);
  changed.username = user;
  changed.password = password;
  return changed;
}

const certificates = new Certificates();

describe.skipIf(!isHere)('NatsLog', () => {
  test('NatsLog: a certificate that nobody here trusts, and a server without TLS', async () => {
    const { cert, key } = certificates.server;
    const { url } = await nats({ more: `tls { cert_file: "${cert}", key_file: "${key}" }` });
    const untrusted =
      'unreachable: its certificate is not trusted: "unable to verify the first certificate". Name the file of its authority in NODE_EXTRA_CA_CERTS';
    expect(await refusal(overTls(url))).toBe(untrusted);
    expect(await refusal(url)).toBe(untrusted);
    const plain = await nats();
    expect(await refusal(overTls(plain.url))).toBe(
      'unreachable: it has no TLS. Take nats:// instead of tls://',
    );
  });

  test('NatsLog: no server answers', async () => {
    const [port] = await freePorts(1);
    expect(await refusal(new URL(`nats://127.0.0.1:${port}`))).toBe(
      'unreachable: no server answers. Start one with `nats-server -js`, or check the address',
    );
  });

  test('NatsLog: a server that accepts and says nothing does not answer', async () => {
    const { nats: started, url } = await nats();
    await started.freeze(0);
    expect(await refusal(url)).toMatch(/^unreachable: no server answers/);
  });

  test('NatsLog: a server without JetStream', async () => {
    const { url } = await nats({ jetstream: 'none' });
    expect(await refusal(url)).toBe(
      'unreachable: it has no JetStream. Start it with `nats-server -js`, or add `jetstream {}` to its configuration',
    );
  });

  test('NatsLog: messages are limited to less than a part of a snapshot', async () => {
    const { url } = await nats({ more: 'max_payload: 65536' });
    expect(await refusal(url)).toBe(
      'unreachable: it takes messages of 65536 bytes at most, and 786432 are needed. Set max_payload in its configuration',
    );
  });

  test('NatsLog: a wrong password, and the right one', async () => {
    const { url } = await nats({ more: 'authorization { user: "u", password: "p w" }' });
    const refused =
      'unreachable: it refuses the credentials. Give those of a user that may use JetStream: in the address, or as a file with --join-creds';
    expect(await refusal(url)).toBe(refused);
    expect(await refusal(as(url, 'u', 'wrong'))).toBe(refused);
    await (await open(as(url, 'u', 'p w'))).append('hello');
  });

  test('NatsLog: a token', async () => {
    const { url } = await nats({ more: 'authorization { token: "t0ken" }' });
    expect(await refusal(as(url, 'wrong'))).toMatch(/^unreachable: it refuses the credentials/);
    await (await open(as(url, 't0ken'))).append('hello');
  });

  test('NatsLog: a file of credentials, and one of somebody else', async () => {
    const { config, creds, foreign } = accounts();
    const { url } = await nats({ more: config });
    const refused = /^unreachable: it refuses the credentials/;
    expect(await refusal(url)).toMatch(refused);
    expect(await refusal(url, foreign)).toMatch(refused);
    await (await open(url, { creds })).append('hello');
  });

  test('NatsLog: a file that holds no credentials', async () => {
    const { url } = await nats();
    expect(await refusal(url, 'no creds')).toBe(
      'unreachable: the file of --join-creds holds no credentials. Take the one that `nsc generate creds` writes',
    );
  });

  test('NatsLog: an account without JetStream, and one with too few streams', async () => {
    const { url } = await nats({
      more: `accounts {
        A { users: [{ user: a, password: a }] }
        B { jetstream { max_streams: 1 }, users: [{ user: b, password: b }] }
      }`,
    });
    expect(await refusal(as(url, 'a', 'a'))).toBe(
      'unreachable: JetStream is not enabled for this account. Enable it in the configuration of the server',
    );
    expect(await refusal(as(url, 'b', 'b'))).toBe(
      'unreachable: it makes no stream: the server says "maximum number of streams reached" (10027). Raise the limits of JetStream and of the account there, or free disk space',
    );
  });

  test('NatsLog: a full disk, while it runs and at the start', async () => {
    const { url } = await nats({ jetstream: 'max_file_store: 1MB' });
    const log = await open(url);
    await open(url, { cluster: 'other' });
    const full =
      'the server says "insufficient resources" (10023). Raise the limits of JetStream and of the account there, or free disk space';
    const fill = async (): Promise<void> => {
      for (;;) await log.append('x'.repeat(60_000));
    };
    warnings.length = 0;
    await expect(fill()).rejects.toThrow(`Cannot append: ${full}`);
    await expect(fill()).rejects.toThrow('Cannot append');
    expect(warnings).toEqual([`The log takes no entry: ${full}`]);
    expect(await refusal(url)).toBe(`unreachable: it does not store: ${full}`);
  });

  test('NatsLog: a stream of that name that is no log', async () => {
    const { url } = await nats();
    const connection = await connect({ servers: url.host });
    onTestFinished(() => connection.close());
    const { streams } = await jetstreamManager(connection);
    await streams.add({
      name: 'PROTO_c',
      subjects: ['proto.c.log'],
      max_msgs_per_subject: 10,
    });
    expect(await refusal(url)).toBe(
      'unlike: stream PROTO_c is there, and is no log of this server: it does not republish to proto.c.live, it keeps 10 messages of a subject. Take another --cluster, or delete it',
    );
  });

  test('NatsLog: a message on the live subject that is no entry of the log is passed over', async () => {
    const { url } = await nats();
    const log = await open(url);
    const reading = await new Reading().start(log);
    await log.append('1');
    await reading.has(1);
    const connection = await connect({ servers: url.host });
    onTestFinished(() => connection.close());
    const wrong = [
      [],
      // The next entry, but of no stream or of another one.
      [['Nats-Sequence', '3']],
      [
        ['Nats-Stream', 'PROTO_d'],
        ['Nats-Sequence', '4'],
      ],
      ...['', 'x', '2.5', '0', '-2', '1e15'].map((seq) => [
        ['Nats-Stream', 'PROTO_c'],
        ['Nats-Sequence', seq],
      ]),
    ];
    for (const fields of wrong) {
      const said = headers();
      for (const [name, value] of fields) said.set(name!, value!);
      connection.publish('proto.c.live', 'wrong', { headers: said });
      connection.publish('proto.c.live', 'wrong');
      await connection.flush();
      await log.append(`after ${fields.join(' ')}`);
    }
    await reading.has(1 + wrong.length);
    expect(reading.entries).toEqual(['1', ...wrong.map((fields) => `after ${fields.join(' ')}`)]);
  });

  test('NatsLog: one server keeps the log once, and says so', async () => {
    const { url } = await nats();
    warnings.length = 0;
    await open(url);
    await open(url);
    expect(warnings).toEqual([
      'The log is kept once, by one NATS server: if its disk is lost, so are the rooms. Three servers keep it three times.',
    ]);
  });

  test('NatsLog: a log that was deleted went back', async () => {
    const { url } = await nats();
    const log = await open(url);
    const reading = await new Reading().start(log);
    for (let n = 0; n < 5; n++) await log.append(`${n}`);
    await reading.has(5);
    const connection = await connect({ servers: url.host });
    onTestFinished(() => connection.close());
    await (await jetstreamManager(connection)).streams.delete('PROTO_c');
    await until(() => reading.backs === 1);
    expect(reading.entries).toHaveLength(5);
  });
});
