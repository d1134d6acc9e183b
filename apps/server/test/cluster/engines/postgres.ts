import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { freePorts, Relay, untilFree } from './ports.ts';

/** Debian keeps the programs here, by version. */
const LIBRARY = '/usr/lib/postgresql';

/** Where `initdb` and `postgres` are. */
export function binariesOfPostgres(): string {
  let versions: string[] = [];
  try {
    versions = readdirSync(LIBRARY);
  } catch {
    // It isn't installed.
  }
  return join(LIBRARY, versions.at(-1) ?? 'none', 'bin');
}

/** A PostgreSQL server with files of its own. Clients reach it through a relay, so that they can be cut off. */
export class Postgres {
  readonly folder: string = mkdtempSync(join(tmpdir(), 'proto-postgres-'));
  readonly #port: number;
  readonly relay: Relay;
  /** root may not run it. */
  readonly #user: { uid?: number; gid?: number };
  readonly #doors: Relay[] = [];
  #process: ChildProcess | undefined;

  constructor(port: number, relay: Relay) {
    this.#port = port;
    this.relay = relay;
    this.#user = process.getuid?.() === 0 ? { uid: idOf('-u'), gid: idOf('-g') } : {};
    process.on('exit', this.#kill);
  }

  get url(): URL {
    return new URL(`postgres://proto@127.0.0.1:${this.relay.port}/postgres`);
  }

  /** A relay for one that is to be cut off alone. */
  async door(): Promise<Relay> {
    const relay = await Relay.to(this.#port);
    this.#doors.push(relay);
    return relay;
  }

  async begin(): Promise<this> {
    const { uid, gid } = this.#user;
    if (uid !== undefined && gid !== undefined) chownSync(this.folder, uid, gid);
    const data = join(this.folder, 'data');
    const args = ['-D', data, '-U', 'proto', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync'];
    execFileSync(join(binariesOfPostgres(), 'initdb'), args, {
      ...this.#user,
      cwd: this.folder,
      stdio: 'pipe',
    });
    await this.start();
    return this;
  }

  async start(): Promise<void> {
    await untilFree(this.#port);
    const output = openSync(join(this.folder, 'log'), 'a');
    const settings = [
      `port=${this.#port}`,
      'listen_addresses=127.0.0.1',
      `unix_socket_directories=${this.folder}`,
    ];
    const args = ['-D', join(this.folder, 'data'), ...settings.flatMap((setting) => ['-c', setting])];
    // After a kill, what the one before it has left ends soon; until then it refuses to start.
    for (;;) {
      const child = spawn(join(binariesOfPostgres(), 'postgres'), args, {
        ...this.#user,
        cwd: this.folder,
        stdio: ['ignore', output, output],
      });
      this.#process = child;
      while (child.exitCode === null && child.signalCode === null) {
        if (await this.#answers()) return;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    }
  }

  async kill(): Promise<void> {
    const child = this.#process;
    this.#process = undefined;
    if (child === undefined) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }

  /** Carries out statements as the owner of everything. */
  async sql(...texts: string[]): Promise<void> {
    const client = new Client({ connectionString: `postgres://proto@127.0.0.1:${this.#port}/postgres` });
    await client.connect();
    for (const text of texts) await client.query(text);
    await client.end();
  }

  /** From now on it has TLS. */
  async tls({ cert, key }: { readonly cert: string; readonly key: string }): Promise<void> {
    for (const [name, path] of [
      ['server.crt', cert],
      ['server.key', key],
    ] as const)
      await this.#write(name, readFileSync(path));
    await this.sql('ALTER SYSTEM SET ssl = on', 'SELECT pg_reload_conf()');
  }

  /** Some come in as a line of pg_hba.conf says; all others as before. */
  async only(line: string): Promise<void> {
    await this.#write('pg_hba.conf', Buffer.from(`local all all trust\n${line}\nhost all all all trust\n`));
    await this.sql('SELECT pg_reload_conf()');
  }

  /** A file of its own: nobody else may read it. */
  async #write(name: string, text: Buffer): Promise<void> {
    // A program that doesn't read what it is sent may end too early for PostgreSQL.
    await this.sql(
      `COPY (SELECT 1) TO PROGRAM 'cat > /dev/null; umask 077; echo ${text.toString('base64')} | base64 -d > ${name}'`,
    );
  }

  async stop(): Promise<void> {
    for (const relay of [this.relay, ...this.#doors]) relay.close();
    await this.kill();
    process.off('exit', this.#kill);
    // Its children may still write.
    rmSync(this.folder, { recursive: true, maxRetries: 20, retryDelay: 100 });
  }

  readonly #kill = (): void => void this.#process?.kill('SIGKILL');

  #answers(): Promise<boolean> {
    return this.sql('SELECT 1').then(
      () => true,
      () => false,
    );
  }
}

/** Starts one. */
export async function startPostgres(): Promise<Postgres> {
  const [port] = await freePorts(1);
  return new Postgres(port!, await Relay.to(port!)).begin();
}

/** An id of the user that Debian makes for it. */
function idOf(which: '-u' | '-g'): number {
  return Number(execFileSync('id', [which, 'postgres'], { encoding: 'utf8' }));
}
