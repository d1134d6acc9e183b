import { spawnSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { certificate } from './certificate.ts';
import { type Build, startCommand, startMeasured } from './command.ts';
import { path, type Running, startNode, startOnPort, startPrinting } from './processes.ts';

/** A server that can be measured. */
export interface Contender {
  readonly name: string;
  /** How relayed lines look on the wire. */
  readonly dialect?: 'ours' | 'bare' | 'redis' | 'nats';
  /** @default false */
  readonly tls?: boolean;
  /** Why it cannot be started here, if it cannot. */
  missing?(): string | undefined;
  start(): Promise<Running>;
}

/** What is never on a loopback address, as it is on any other. */
const GUARDED = [
  ['--turn-timeout-ms', '60000'],
  ['--partial-line-timeout-ms', '10000'],
  ['--idle-timeout-ms', '600000'],
  ['--outbox-timeout-ms', '60000'],
].flat();

/** Ours: the command as a user starts it, with what guards an exposed server switched on. It prints into a pipe. */
export function ours(name: string, flags: readonly string[] = [], build?: Build): Contender {
  return { name, dialect: 'ours', start: () => startCommand([...GUARDED, ...flags], 'a pipe', build) };
}

/** Ours where the lines of each go to all others. */
export function relay(build?: Build, name = 'relay'): Contender {
  return ours(name, '--order free --deliver others --transform none'.split(' '), build);
}

/** The same of a build that is asked for its memory, with space for the idle clients. */
export function idleContender(build?: Build): Contender {
  const flags = [...GUARDED, '--order', 'free', '--max-clients', '12000'];
  return { name: 'free', dialect: 'ours', start: () => startMeasured(flags, build) };
}

/** Ours with TLS. */
export function secure(build?: Build, name = 'TLS'): Contender {
  return {
    name,
    tls: true,
    missing: needs('openssl', ['version']),
    start() {
      const { cert, key } = certificate();
      return ours(name, ['--order', 'free', '--tls-cert', cert, '--tls-key', key], build).start();
    },
  };
}

/** What any server of Node has to do with TLS. */
export const secureFloor: Contender = {
  name: 'bare tls',
  tls: true,
  missing: needs('openssl', ['version']),
  start() {
    const { cert, key } = certificate();
    return startNode('floor-tls', cert, key);
  },
};

function peer(name: string, dialect?: Contender['dialect'], ...args: string[]): Contender {
  return { name, start: () => startNode(name, ...args), ...(dialect && { dialect }) };
}

function isThere(command: string, ...args: string[]): boolean {
  return spawnSync(command, args, { stdio: 'ignore' }).error === undefined;
}

function needs(command: string, args: string[]): () => string | undefined {
  return () => (isThere(command, ...args) ? undefined : `${command} is not installed`);
}

export const floor: Contender = { ...peer('floor'), name: 'unframed net (the floor)' };
export const deferred: Contender = { ...peer('deferred'), name: 'writes at the end of a pass' };
export const framed: Contender = { ...peer('framed'), name: 'lines, and no rooms' };
export const relayOnce: Contender = peer('relay-once', 'ours');
/** Its clients speak together, as those of ours do in strict order. */
export const rounds = (clients: number): Contender => ({
  ...peer('rounds', undefined, String(clients)),
  name: 'strict',
});
export const split2: Contender = { ...peer('split2'), name: 'net + split2' };
export const readline: Contender = { ...peer('readline'), name: 'net + readline' };
export const naiveRelay: Contender = { ...peer('relay', 'bare'), name: 'a write a line and socket' };

export const asyncio: Contender = {
  name: 'asyncio streams',
  missing: needs('python3', ['--version']),
  start: () => startPrinting('python3', path('servers/asyncio_lines.py')),
};

export const go: Contender = {
  name: 'Go, a flush a line',
  missing: needs('go', ['version']),
  start() {
    const binary = join(mkdtempSync(join(tmpdir(), 'bench-')), 'flush');
    spawnSync('go', ['build', '-o', binary, path('servers/flush.go')], { stdio: 'inherit' });
    return startPrinting(binary);
  },
};

export const redis: Contender = {
  name: 'redis pub/sub',
  dialect: 'redis',
  missing: needs('redis-server', ['--version']),
  start: () =>
    startOnPort('redis-server', (port) =>
      `--port ${port} --bind 127.0.0.1 --save --appendonly no --maxclients 4000 --tcp-backlog 4096`.split(
        ' ',
      ),
    ),
};

export const nats: Contender = {
  name: 'nats-server',
  dialect: 'nats',
  missing: needs('nats-server', ['--version']),
  start: () => startOnPort('nats-server', (port) => ['--addr', '127.0.0.1', '--port', String(port)]),
};
