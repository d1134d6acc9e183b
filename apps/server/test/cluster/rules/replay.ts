import { createHash, type Hash } from 'node:crypto';
import { readEntry } from '../../../src/cluster/entry.ts';
import { Ledger, type LedgerOwner, type LedgerSetup } from '../../../src/cluster/ledger.ts';
import { emptied, nothing } from '../../../src/room/records.ts';
import type { RoomsOptions } from '../../../src/room/rooms.ts';

/** Entries of a log, and the options of the servers that wrote them. */
export interface Conversation {
  readonly name: string;
  readonly options: RoomsOptions;
  readonly entries: readonly string[];
}

/** What was made of a conversation, as SHA-256. */
export interface Hashes {
  /** The records that were read from its text. */
  readonly records: string;
  /** Every outcome with all that is in it, what counted of the log, and the state at the end. */
  readonly outcomes: string;
}

/** What the recorded servers are. The number of their rules is only compared with those of others. */
export function setupOf(options: RoomsOptions): LedgerSetup {
  return { rooms: options, rules: 1, alike: JSON.stringify(options) };
}

/** Applies a conversation. `cut`: after how many entries the state is written down, and read back. Left out: never. */
export function replay({ options, entries }: Conversation, cut: number = Infinity): Hashes {
  const setup = setupOf(options);
  const records = createHash('sha256');
  const outcomes = createHash('sha256');
  const owner = listener(outcomes);
  let ledger = Ledger.at(undefined, setup, owner);
  const out = nothing();
  owner.apply = (record) => {
    const outcome = ledger.rooms.apply(record, emptied(out));
    add(outcomes, [record, outcome]);
    return outcome;
  };
  for (const [index, entry] of entries.entries()) {
    // The state of servers that are unlike isn't known here.
    const isKnown = ledger.up.some(({ options: theirs }) => theirs === setup.alike);
    if (index === cut && isKnown) ledger = Ledger.at(through(ledger), setup, owner);
    const read = readEntry(entry);
    // How damage is worded is no rule.
    add(records, 'records' in read ? read : 'damaged');
    ledger.push(entry);
    while (ledger.step(Infinity));
  }
  const { format: _, ...state } = ledger.dump();
  add(outcomes, state);
  return { records: records.digest('hex'), outcomes: outcomes.digest('hex') };
}

/** What a ledger tells, in its order. */
function listener(hash: Hash): { -readonly [Key in keyof LedgerOwner]: LedgerOwner[Key] } {
  const note =
    (what: string) =>
    (...told: unknown[]): void =>
      add(hash, [what, ...told]);
  return {
    apply: nothing,
    took: note('took'),
    passedOver: note('passed over'),
    up: note('up'),
    refused: note('refused'),
    beat: note('beat'),
    gone: note('gone'),
    damaged: (position) => add(hash, ['damaged', position]),
  };
}

function through(ledger: Ledger): { position: number; state: string } {
  return { position: ledger.position, state: JSON.stringify(ledger.dump()) };
}

function add(hash: Hash, value: unknown): void {
  // What is `undefined` is told from what is missing.
  hash.update(
    `${JSON.stringify(value, (_, each: unknown) => (each === undefined ? '\u0000undefined' : each))}\n`,
  );
}
