import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

interface Published {
  readonly name: string;
  readonly versions: Record<string, { readonly dist: { readonly integrity: string } }>;
}

/** As much of a package registry as a release talks to, in memory. */
export class Registry {
  /** What is asked of it, as `METHOD name`. */
  readonly asked: string[] = [];
  /** Packages it refuses to take. */
  readonly refused = new Set<string>();
  /** Packages it takes without an answer that reaches anybody. */
  readonly lost = new Set<string>();
  /** Who is logged in: nobody if empty. */
  user = 'ann';
  readonly members = new Map([['ann', 'developer']]);
  readonly #packages = new Map<string, Published>();
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      void this.#answer(request, response);
    });
  }

  static async open(): Promise<Registry> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new Registry(server);
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`;
  }

  /** What is out, in the order in which it came. */
  get out(): readonly string[] {
    return [...this.#packages.values()].flatMap(({ name, versions }) =>
      Object.keys(versions).map((version) => `${name}@${version}`),
    );
  }

  /** Makes a version be out, with an integrity that no tarball has. */
  put(name: string, version: string): void {
    const dist = { integrity: 'sha512-another' };
    this.#packages.set(name, { name, versions: { [version]: { dist } } });
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = decodeURIComponent(request.url ?? '').slice(1);
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const say = (status: number, body: object): void => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    };
    if (path === '-/whoami') {
      return this.user === '' ? say(401, { error: 'who' }) : say(200, { username: this.user });
    }
    if (path.startsWith('-/org/')) return say(200, Object.fromEntries(this.members));
    this.asked.push(`${request.method} ${path}`);
    if (request.method !== 'PUT') {
      const found = this.#packages.get(path);
      return found === undefined
        ? say(404, { error: 'not found' })
        : say(200, { ...found, 'dist-tags': { latest: Object.keys(found.versions).at(-1) } });
    }
    if (this.refused.has(path)) return say(403, { error: 'you may not' });
    const { name, versions } = JSON.parse(Buffer.concat(chunks).toString()) as Published;
    this.#packages.set(name, { name, versions: { ...this.#packages.get(name)?.versions, ...versions } });
    if (this.lost.has(path)) request.socket.destroy();
    else say(201, { ok: true });
  }
}
