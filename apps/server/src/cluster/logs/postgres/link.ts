import { Socket } from 'node:net';
import { Client, type QueryResult, type QueryResultRow } from 'pg';
import { refusal } from './texts.ts';

/** How long a connection or a statement may take: a server that is cut off says nothing. In milliseconds. */
const ANSWER_MS = 5_000;

/** How long it waits before it connects again. In milliseconds. */
const AGAIN_MS = 250;

export interface LinkOptions {
  /** Addresses as `postgres://[USER[:PASSWORD]@]HOST[:PORT]/DATABASE`. One that can be written to is taken. */
  readonly urls: readonly URL[];
  /** The channel of which it hears. */
  readonly channel?: string;
  readonly heard?: () => void;
  /** It's connected, or again. */
  readonly connected?: () => void;
}

interface Session {
  readonly client: Client;
  readonly socket: Socket;
  /** Settles when the statement before the next one is done: there is one at a time. */
  last: Promise<unknown>;
}

/** A connection to PostgreSQL that is made again, for ever, when it's cut. */
export class Link {
  readonly #options: LinkOptions;
  #session: Session | undefined;
  #tries = 0;
  #again: ReturnType<typeof setTimeout> | undefined;
  #isClosed = false;

  constructor(options: LinkOptions) {
    this.#options = options;
  }

  /**
   * Connects, if it's possible now.
   *
   * Errors: rejects with what the server or the system said.
   */
  async connect(): Promise<void> {
    const { urls, channel, heard, connected } = this.#options;
    const url = urls[this.#tries++ % urls.length]!;
    const socket = new Socket();
    const client = new Client({
      connectionString: url.href,
      application_name: 'proto',
      connectionTimeoutMillis: ANSWER_MS,
      query_timeout: ANSWER_MS,
      keepAlive: true,
      stream: () => socket,
    });
    const session: Session = { client, socket, last: Promise.resolve() };
    client.on('error', () => this.#lost(session));
    client.on('end', () => this.#lost(session));
    client.on('notification', () => heard?.());
    try {
      await client.connect();
      await mayWrite(client);
      if (channel !== undefined) await client.query(`LISTEN "${channel}"`);
    } catch (error) {
      socket.destroy();
      throw error;
    }
    if (this.#isClosed) return void socket.destroy();
    this.#session = session;
    connected?.();
  }

  get isConnected(): boolean {
    return this.#session !== undefined;
  }

  /** Errors: rejects if there is no connection, or with what the server said. */
  async query<Row extends QueryResultRow>(
    text: string,
    values: readonly unknown[] = [],
    name?: string,
  ): Promise<QueryResult<Row>> {
    const session = this.#session;
    if (session === undefined) throw new Error('no server answers');
    const answer = session.last.then(() =>
      session.client.query<Row>({ text, values: [...values], ...(name !== undefined && { name }) }),
    );
    session.last = answer.then(nothing, nothing);
    try {
      return await answer;
    } catch (error) {
      // No code of the server: it didn't answer, and what it does next is not known.
      if (codeOf(error) === undefined) this.#lost(session);
      throw error;
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#again);
    const session = this.#session;
    this.#session = undefined;
    session?.socket.end();
    session?.socket.destroy();
    await Promise.resolve();
  }

  #lost(session: Session): void {
    session.socket.destroy();
    if (this.#session !== session) return;
    this.#session = undefined;
    this.#later();
  }

  #later(): void {
    if (this.#isClosed) return;
    this.#again = setTimeout(() => {
      this.connect().catch(() => this.#later());
    }, AGAIN_MS);
  }
}

const nothing = (): undefined => undefined;

/** The code of what a server said, such as `25006`, or of what the system said. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/** Rejects if the server can't be written to. An append that has settled is on its disk. */
async function mayWrite(client: Client): Promise<void> {
  const { rows } = await client.query<{ isreadonly: string; waits: string }>(
    "SELECT current_setting('transaction_read_only') AS isreadonly, current_setting('synchronous_commit') AS waits",
  );
  if (rows[0]?.isreadonly === 'on') throw refusal('25006', 'it is read-only');
  if (rows[0]?.waits === 'off') await client.query('SET synchronous_commit = on');
}
