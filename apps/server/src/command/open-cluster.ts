import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { systemClock } from '@proto/scheduler';
import type { ClusterError } from '../cluster/cluster-error.ts';
import { snapshotInWorker } from '../cluster/in-worker.ts';
import { ClusterNode } from '../cluster/node.ts';
import { openLog } from '../cluster/open-log.ts';
import { roomsOptions } from '../journal/rooms-options.ts';
import { OptionError } from '../options/options.ts';
import { RULES } from '../room/rules.ts';
import { whyUnread } from '../text/file-text.ts';
import type { CommandSettings } from './command-options.ts';

/** What a server that joins tells the person who started it. */
export interface JoinOwner {
  readonly warn: (line: string) => void;
  /** It can't go on. */
  readonly failed: (error: ClusterError) => void;
}

/**
 * Opens the log that servers share. The node that it returns has not joined them.
 *
 * Errors: rejects with a `ClusterError` if the log can't be reached, with an `OptionError` if the credentials can't be read.
 */
export async function openCluster(
  settings: CommandSettings,
  { warn, failed }: JoinOwner,
): Promise<ClusterNode> {
  const { join, joinCreds, cluster, node, port, maxLineBytes, maxOutboxBytes, logTimeoutMs } = settings;
  const name = node === 'auto' ? autoName(hostname(), port) : node;
  const creds = joinCreds === 'none' ? undefined : read(joinCreds);
  const log = await openLog(join, { cluster, warn, ...(creds !== undefined && { creds }) });
  const rooms = roomsOptions(settings);
  const alike = JSON.stringify({ ...rooms, maxLineBytes });
  const setup = { rooms, rules: RULES, alike };
  return new ClusterNode({
    log,
    clock: systemClock,
    name,
    incarnation: `${name}.${randomBytes(8).toString('hex')}`,
    rooms,
    rules: RULES,
    alike,
    maxOutboxBytes,
    failed,
    warn,
    logTimeoutMs,
    snapshot: (upTo, since) => snapshotInWorker({ join, cluster, creds, setup, upTo, since }),
  });
}

/** A name that `--node` allows too. */
export function autoName(machine: string, port: number): string {
  return `${machine.replaceAll(/[^A-Za-z0-9_.-]/g, '-').slice(0, 58)}-${port}`;
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new OptionError(`${path}: ${whyUnread(error)}`, { key: 'joinCreds', cause: error });
  }
}
