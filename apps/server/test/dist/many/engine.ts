import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { jetstreamManager } from '@nats-io/jetstream';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { type Nats, startNats } from '../../cluster/engines/nats.ts';
import { has } from '../../cluster/engines/needs.ts';
import type { Meddle, Relay } from '../../cluster/engines/ports.ts';
import { binariesOfPostgres, type Postgres, startPostgres } from '../../cluster/engines/postgres.ts';

/** The way of one node to the log: relays of its own, so that it can be cut off alone. */
export interface Door {
  /** What `--join` gets. */
  readonly join: string;
  readonly relays: readonly Relay[];
}

/** A log that runs as processes of its own. */
export interface Engine {
  readonly name: 'nats' | 'postgres';
  door(meddle?: Meddle): Promise<Door>;
  /** Copies what it has logged. */
  keepLogs(folder: string): void;
  stop(): Promise<void>;
}

/** Three NATS servers in a cluster, or one. */
export class NatsEngine implements Engine {
  readonly name = 'nats';
  readonly nats: Nats;

  static async start(count = 3, jetstream = ''): Promise<NatsEngine> {
    const more = 'lame_duck_duration: "30s"\nlame_duck_grace_period: "1s"';
    return new NatsEngine(await startNats(count, { isSilent: true, more, jetstream }));
  }

  private constructor(nats: Nats) {
    this.nats = nats;
  }

  async door(meddle?: Meddle): Promise<Door> {
    const relays = await this.nats.door(meddle);
    return { join: relays.map(({ port }) => `nats://127.0.0.1:${port}`).join(','), relays };
  }

  /** The number of the server that leads the log of a cluster. After one was killed, it takes seconds until there is one. */
  async leaderOf(cluster: string): Promise<number> {
    return this.#with(async (connection) => {
      const manager = await jetstreamManager(connection, { checkAPI: false });
      for (;;) {
        const info = await manager.streams.info(`PROTO_${cluster}`).catch(() => undefined);
        const leader = info?.cluster?.leader;
        if (leader !== undefined && leader !== '') return this.nats.numberOf(leader);
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    });
  }

  /** Publishes as a stranger. */
  publish(subject: string, messages: readonly Buffer[]): Promise<void> {
    return this.#with(async (connection) => {
      for (const message of messages) connection.publish(subject, message);
      await connection.flush();
    });
  }

  /** Takes what space JetStream has left. Returns what frees it. */
  async fill(): Promise<() => Promise<void>> {
    await this.#with(async (connection) => {
      const manager = await jetstreamManager(connection);
      await manager.streams.add({ name: 'FILL', subjects: ['fill'] });
      for (const bytes of [500_000, 50_000, 5_000, 500, 50]) {
        const put = async (): Promise<boolean> =>
          !('error' in (await connection.request('fill', Buffer.alloc(bytes))).json<object>());
        while (await put());
      }
    });
    return () =>
      this.#with(
        async (connection) => void (await (await jetstreamManager(connection)).streams.delete('FILL')),
      );
  }

  async #with<T>(act: (connection: NatsConnection) => Promise<T>): Promise<T> {
    const connection = await connect({ servers: this.nats.urls.map(({ host }) => host) });
    try {
      return await act(connection);
    } finally {
      await connection.close();
    }
  }

  keepLogs(folder: string): void {
    this.nats.relays.forEach((_, n) =>
      cpSync(join(this.nats.folder, `s${n}.log`), join(folder, `nats-s${n}.log`)),
    );
  }

  stop(): Promise<void> {
    return this.nats.stop();
  }
}

/** A PostgreSQL server. */
export class PostgresEngine implements Engine {
  readonly name = 'postgres';
  readonly postgres: Postgres;

  static async start(): Promise<PostgresEngine> {
    return new PostgresEngine(await startPostgres());
  }

  private constructor(postgres: Postgres) {
    this.postgres = postgres;
  }

  async door(): Promise<Door> {
    const relay = await this.postgres.door();
    return { join: `postgres://proto@127.0.0.1:${relay.port}/postgres`, relays: [relay] };
  }

  keepLogs(folder: string): void {
    cpSync(join(this.postgres.folder, 'log'), join(folder, 'postgres.log'));
  }

  stop(): Promise<void> {
    return this.postgres.stop();
  }
}

/** Whether the programs of an engine are here. */
export function isHere(engine: Engine['name']): boolean {
  return engine === 'nats'
    ? has(['nats-server', '--version'], 'faults of servers that share NATS', 'nats-server')
    : has(
        [join(binariesOfPostgres(), 'postgres'), '--version'],
        'faults of servers that share PostgreSQL',
        'postgresql',
      );
}
