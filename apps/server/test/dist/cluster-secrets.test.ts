import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { Certificates } from '../certificates.ts';
import { startNats } from '../cluster/engines/nats.ts';
import { accounts } from '../cluster/engines/nats-accounts.ts';
import { has } from '../cluster/engines/needs.ts';
import { binariesOfPostgres, startPostgres } from '../cluster/engines/postgres.ts';
import { Child } from './child.ts';
import { Client } from './client.ts';
import { MAIN, portOf } from './command.ts';

const SECRET = 's3cr3t-of-the-log';
const certificates = new Certificates();
/** With the authority that signed the certificate of the log. */
const TRUSTING = { NODE_EXTRA_CA_CERTS: certificates.authority.cert };

const hasNats = has(['nats-server', '--version'], 'credentials for NATS', 'nats-server');
const hasPostgres = has(
  [join(binariesOfPostgres(), 'postgres'), '--version'],
  'credentials for PostgreSQL',
  'postgresql',
);

function server(url: string, env: NodeJS.ProcessEnv, ...flags: string[]): Child {
  return new Child(process.execPath, [MAIN, '--port', '0', '--join', url, ...flags], env);
}

/** A server serves a client, and shows the secret nowhere. */
async function serves(url: string, ...flags: string[]): Promise<void> {
  const more = ['--order', 'free', '--log-text', 'on', '--xray', 'on', '--http', '127.0.0.1:0', ...flags];
  const child = server(url, TRUSTING, ...more);
  const one = await Client.in(portOf(await child.line(/^listening/)));
  one.say('hello');
  await one.line('HELLO');
  const address = /serving (http:[^,]*)\/healthz/.exec(child.stderr)?.[1];
  for (const path of ['/metrics', '/readyz', '/healthz', '/'])
    expect(await (await fetch(`${address}${path}`)).text()).not.toContain(SECRET);
  child.kill('SIGTERM');
  expect(await child.exit).toEqual({ code: 0, signal: null });
  saysNothing(child);
}

/** A server that ends with 69, and says why in its last line. */
async function refused(url: string, env: NodeJS.ProcessEnv, ...flags: string[]): Promise<string> {
  const child = server(url, env, ...flags);
  expect(await child.exit).toEqual({ code: 69, signal: null });
  saysNothing(child);
  return child.stderr.trimEnd().split('\n').at(-1) ?? '';
}

function saysNothing({ stdout, stderr }: Child): void {
  for (const text of [stdout, stderr]) expect(text).not.toContain(SECRET);
}

describe('join', () => {
  test.skipIf(!hasNats)(
    'join: NATS with TLS and a password: trusted, not trusted, wrong; the password is never shown',
    async () => {
      const { cert, key } = certificates.server;
      const tls = `tls { cert_file: "${cert}", key_file: "${key}" }`;
      const nats = await startNats(1, { more: `${tls}, authorization { user: u, password: "${SECRET}" }` });
      onTestFinished(() => nats.stop());
      const { host } = nats.urls[0]!;
      await serves(`tls://u:${SECRET}@${host}`);
      expect(await refused(`tls://u:${SECRET}@${host}`, {})).toBe(
        `Cannot join tls://${host}: its certificate is not trusted: "unable to verify the first certificate". Name the file of its authority in NODE_EXTRA_CA_CERTS`,
      );
      expect(await refused(`tls://u:${SECRET}-wrong@${host}`, TRUSTING)).toBe(
        `Cannot join tls://${host}: it refuses the credentials. Give those of a user that may use JetStream: in the address, or as a file with --join-creds`,
      );
    },
  );

  test.skipIf(!hasNats)('join: NATS with a file of credentials; its seed is never shown', async () => {
    const { config, creds, secrets } = accounts();
    const nats = await startNats(1, { more: config });
    onTestFinished(() => nats.stop());
    const file = certificates.at('log.creds');
    writeFileSync(file, creds);
    const child = server(nats.urls[0]!.href, {}, '--join-creds', file, '--log', 'json');
    await child.line(/"event":"listening"/);
    child.kill('SIGTERM');
    expect(await child.exit).toEqual({ code: 0, signal: null });
    for (const secret of secrets) expect(child.stdout + child.stderr).not.toContain(secret);
    expect(await refused(nats.urls[0]!.href, {})).toMatch(/: it refuses the credentials\. /);
  });

  test.skipIf(!hasPostgres)(
    'join: PostgreSQL with TLS and a password: trusted, not trusted, wrong; the password is never shown',
    async () => {
      const postgres = await startPostgres();
      onTestFinished(() => postgres.stop());
      await postgres.sql(`CREATE ROLE secured LOGIN SUPERUSER PASSWORD '${SECRET}'`);
      await postgres.tls(certificates.server);
      await postgres.only('host all secured all scram-sha-256');
      const { host } = postgres.url;
      const url = (password: string): string =>
        `postgres://secured:${password}@${host}/postgres?sslmode=verify-full`;
      await serves(url(SECRET));
      await serves(`postgres://${host}/postgres?sslmode=verify-full&user=secured&password=${SECRET}`);
      expect(await refused(url(SECRET), {})).toBe(
        `Cannot join postgres://${host}/postgres: its certificate is not trusted: "unable to verify the first certificate". Name the file of its authority: ?sslmode=verify-full&sslrootcert=FILE, or NODE_EXTRA_CA_CERTS`,
      );
      expect(await refused(url(`${SECRET}-wrong`), TRUSTING)).toBe(
        `Cannot join postgres://${host}/postgres: it refuses the user or the password. Give them in the address, or as PGUSER and PGPASSWORD`,
      );
    },
  );

  test('join: a password in the address is not in the configuration that is printed, nor in what is wrong with it', async () => {
    const url = `nats://u:${SECRET}@127.0.0.1:1`;
    const printed = new Child(process.execPath, [MAIN, '--print-config'], { PROTO_JOIN: url });
    await printed.exit;
    saysNothing(printed);
    expect(printed.stdout).toMatch(/^join +nats:\/\/127\.0\.0\.1:1 +PROTO_JOIN$/m);
    for (const wrong of [`nats://u:${SECRET}@a b`, `redis://u:${SECRET}@a`, `${url},redis://u:${SECRET}@b`]) {
      const child = server(wrong, {});
      expect(await child.exit).toEqual({ code: 64, signal: null });
      saysNothing(child);
      expect(child.stderr).toMatch(/^Cannot start with --join /);
    }
  });
});
