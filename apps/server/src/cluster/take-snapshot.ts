import { emptied, nothing } from '../room/records.ts';
import { Ledger, type LedgerSetup } from './ledger.ts';
import type { Log, Position, Snapshot } from './log.ts';

/** How many entries before a snapshot stay: for those that have read a little less. */
export const KEPT_ENTRIES = 10_000;

/** A ledger that only reads: nothing is carried out. */
export function readOnly(setup: LedgerSetup, snapshot: Snapshot | undefined): Ledger {
  const out = nothing();
  const ledger: Ledger = Ledger.at(snapshot, setup, {
    apply: (record) => ledger.rooms.apply(record, emptied(out)),
  });
  return ledger;
}

/**
 * Reads the log up to an entry, saves the state there, and forgets older entries; nothing if there is a snapshot after `since`. It applies every entry itself, so the server that
 * asks for it isn't held up.
 *
 * Errors: rejects if the log can't be read or written.
 */
export async function takeSnapshot(
  log: Log,
  setup: LedgerSetup,
  { upTo, since }: { readonly upTo: Position; readonly since: Position },
): Promise<void> {
  const newest = await log.newest();
  if (newest !== undefined && newest.position > since) return;
  const ledger = readOnly(setup, newest);
  await new Promise<void>((resolve, reject) => {
    const missing = (): void => reject(new Error('Cannot take a snapshot: the log has forgotten entries'));
    const reader = {
      entry: (position: Position, text: string) => {
        if (position > upTo) return;
        ledger.push(text);
        while (ledger.step(Infinity));
        if (position === upTo) resolve();
      },
      lost: missing,
      wentBack: missing,
    };
    log.read(ledger.position, reader).catch(reject);
  });
  await saveAndTrim(log, ledger, KEPT_ENTRIES);
}

/**
 * Saves the state of a ledger, then forgets the entries before it, but for the last `kept`. In this order: a node that starts meanwhile
 * finds a snapshot to go on from.
 *
 * Errors: rejects if the log can't be written.
 */
export async function saveAndTrim(
  log: Pick<Log, 'save' | 'trim'>,
  ledger: Ledger,
  kept: number,
): Promise<void> {
  const { position } = ledger;
  await log.save({ position, state: JSON.stringify(ledger.dump()) });
  await log.trim(position - kept);
}
