import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { ClusterError } from '../../src/cluster/cluster-error.ts';
import type { Log } from '../../src/cluster/log.ts';
import { PostgresLog } from '../../src/cluster/logs/postgres.ts';
import { Certificates } from '../certificates.ts';
import { appendAll, Reading, until } from './conformance.ts';
import { has } from './engines/needs.ts';
import { freePorts } from './engines/ports.ts';
import { binariesOfPostgres, type Postgres, startPostgres } from './engines/postgres.ts';

const isHere = has(
  [join(binariesOfPostgres(), 'postgres'), '--version'],
  'what PostgreSQL refuses',
  'postgresql',
);

const certificates = new Certificates();
const warnings: string[] = [];

async function open(urls: readonly URL[], cluster = 'c', openMs = 40_000): Promise<Log> {
  const log = await PostgresLog.open({ urls, cluster, warn: (text) => void warnings.push(text), openMs });
  onTestFinished(() => log.close());
  return log;
}

/** What is said when a log can't be opened: the text after the address. */
async function refusal(url: URL): Promise<string> {
  const error: unknown = await open([url], 'c', 600).then(
    () => new Error('opened'),
    (reason: unknown) => reason,
  );
  if (!(error instanceof ClusterError)) throw error;
  expect(error.code).toBe('unreachable');
  const start = `Cannot join postgres://${url.host}${url.pathname}: `;
  expect(error.message.startsWith(start)).toBe(true);
  return error.message.slice(start.length);
}

describe.skipIf(!isHere)('PostgresLog', () => {
  let postgres: Postgres;

  beforeAll(async () => {
    postgres = await startPostgres();
  });

  afterAll(() => postgres.stop());

  /** The address for another user or database. */
  function as(user: string, database = 'postgres'): URL {
    const url = new URL(postgres.url);
    url.username = user;
    url.pathname = `/${database}`;
    return url;
  }

  test('PostgresLog: no server answers, or one that says nothing', async () => {
    const [port] = await freePorts(1);
    const none = 'no server answers. Start PostgreSQL there, or check the address';
    expect(await refusal(new URL(`postgres://127.0.0.1:${port}/postgres`))).toBe(none);
    const silent = createServer().listen(port, '127.0.0.1');
    onTestFinished(() => void silent.close());
    expect(await refusal(new URL(`postgres://127.0.0.1:${port}/postgres`))).toBe(none);
  });

  test('PostgresLog: a user and a database that are not there', async () => {
    expect(await refusal(as('nobody'))).toBe(
      'it refuses the user or the password. Give them in the address, or as PGUSER and PGPASSWORD',
    );
    expect(await refusal(as('proto', 'rooms'))).toBe(
      'it has no database rooms. Make it with `createdb rooms`',
    );
  });

  test('PostgresLog: a user that may not make tables may use those that are there, if it has the rights', async () => {
    await postgres.sql('CREATE ROLE guest LOGIN', 'CREATE DATABASE guests');
    expect(await refusal(as('guest', 'guests'))).toBe(
      'permission denied for schema public. As its owner: GRANT CREATE ON SCHEMA public TO guest, or make the user the owner of the tables',
    );
    await open([as('proto')]);
    expect(await refusal(as('guest'))).toMatch(
      /^permission denied for table proto_head, proto_log, proto_snapshots\. As its owner/,
    );
    await postgres.sql('GRANT ALL ON proto_head TO guest');
    expect(await refusal(as('guest'))).toMatch(
      /^permission denied for table proto_log, proto_snapshots\. As its/,
    );
    await postgres.sql('GRANT ALL ON proto_head, proto_log, proto_snapshots TO guest');
    await (await open([as('guest')])).append('hello');
  });

  test('PostgresLog: a wrong password, and the right one', async () => {
    await postgres.sql("CREATE ROLE secured LOGIN SUPERUSER PASSWORD 's3 cret'");
    await postgres.only('host all secured all scram-sha-256');
    const login =
      'it refuses the user or the password. Give them in the address, or as PGUSER and PGPASSWORD';
    const url = as('secured');
    expect(await refusal(url)).toBe(login);
    url.password = 'wrong';
    expect(await refusal(url)).toBe(login);
    url.password = 's3 cret';
    await (await open([url])).append('hello');
  });

  test('PostgresLog: TLS that it does not have, a certificate that nobody here trusts, and one of a known authority', async () => {
    const url = (query: string): URL => {
      const secure = as('proto');
      secure.search = query;
      return secure;
    };
    expect(await refusal(url('sslmode=verify-full'))).toBe(
      'it has no TLS. Turn it on there, or leave out sslmode',
    );
    await postgres.tls(certificates.server);
    for (const mode of ['require', 'verify-full']) {
      expect(await refusal(url(`sslmode=${mode}`))).toBe(
        'its certificate is not trusted: "unable to verify the first certificate". Name the file of its authority: ?sslmode=verify-full&sslrootcert=FILE, or NODE_EXTRA_CA_CERTS',
      );
    }
    expect(await refusal(url('sslmode=verify-full&sslrootcert=/nowhere.crt'))).toBe(
      "a file that the address names cannot be read: ENOENT: no such file or directory, open '/nowhere.crt'",
    );
    const trusted = `sslmode=verify-full&sslrootcert=${certificates.authority.cert}`;
    await (await open([url(trusted)])).append('hello');
  });

  test('PostgresLog: one that is read-only, at the start and while it runs', async () => {
    const text =
      'it is read-only, as a standby is. Give the address of the primary, one that can be written to';
    await postgres.sql(
      'CREATE ROLE reader LOGIN SUPERUSER',
      'ALTER ROLE reader SET default_transaction_read_only = on',
    );
    expect(await refusal(as('reader'))).toBe(text);
    // Of several addresses, it takes one that can be written to.
    const log = await open([as('reader'), as('proto')]);
    await log.append('hello');
    warnings.length = 0;
    await postgres.sql('ALTER SYSTEM SET default_transaction_read_only = on', 'SELECT pg_reload_conf()');
    await until(() => {
      log.append('hello').catch(() => {});
      return warnings.length > 0;
    });
    expect(warnings).toEqual([`The log takes no entry: ${text}`]);
    await postgres.sql(
      'SET default_transaction_read_only = off',
      'ALTER SYSTEM RESET default_transaction_read_only',
      'SELECT pg_reload_conf()',
    );
    await appendAll(log, ['hello']);
  });

  test('PostgresLog: rights that are taken away while it runs are said once', async () => {
    await postgres.sql('CREATE ROLE passing LOGIN SUPERUSER');
    const log = await open([as('passing')]);
    await log.append('hello');
    warnings.length = 0;
    await postgres.sql('ALTER ROLE passing NOSUPERUSER');
    for (let n = 0; n < 3; n++) await expect(log.append('hello')).rejects.toThrow('permission denied');
    expect(warnings).toEqual([
      'The log takes no entry: permission denied for table proto_head. As its owner: GRANT CREATE ON SCHEMA public TO passing, or make the user the owner of the tables',
    ]);
  });

  test('PostgresLog: whatever any user of the database notifies, entries are read', async () => {
    const log = await open([as('proto')], 'told');
    const reading = await new Reading().start(log);
    for (const payload of ['x', '1e15', '-1', '']) {
      await postgres.sql(`NOTIFY proto_told, '${payload}'`);
      await appendAll(log, [payload]);
    }
    await reading.has(4);
    expect(reading.entries).toEqual(['x', '1e15', '-1', '']);
  });

  test('PostgresLog: a log that was put back to an earlier state went back', async () => {
    const log = await open([as('proto')], 'back');
    const reading = await new Reading().start(log);
    for (let n = 0; n < 5; n++) await log.append(`${n}`);
    await reading.has(5);
    await postgres.sql(
      "DELETE FROM proto_log WHERE cluster = 'back' AND position > 3",
      "UPDATE proto_head SET last = 3 WHERE cluster = 'back'",
    );
    await until(() => reading.backs === 1);
    expect(reading.entries).toHaveLength(5);
  });
});
