import { type Clock, QuitGroup, type QuitMember } from '@proto/scheduler';
import type { CloseReport, QuitNotice } from '../events/events.ts';
import type { Telling } from '../events/telling.ts';
import type { Client, Place, Quit } from '../room/records.ts';
import type { TurnDeadlines } from './turn-deadlines.ts';

/** A connection, as a quit sees it. */
export interface QuitSession extends QuitMember {
  readonly client: Client;
  readonly place: Place | undefined;
  /** Settles when the connection has ended. */
  readonly finished: Promise<void>;
  /** Nothing more is read from it, and the grace period limits its waiting. */
  quitting(): void;
}

export interface QuitsOptions {
  readonly clock: Clock;
  readonly graceMs: number;
  readonly telling: Telling;
  readonly turnDeadlines: TurnDeadlines;
  /** Everybody, and those of these clients that are connected. */
  readonly connections: Iterable<QuitSession> & { of(clients: readonly Client[]): QuitSession[] };
  /** Says goodbye to a client that the rooms don't know yet. */
  readonly bye: (client: Client, reason: string) => void;
  /** Lets nobody in any more. Settles when the address is free. */
  readonly stop: (reason: string) => Promise<void>;
}

/** Quits that reach others. They tell those who are reached, wait for `graceMs`, and report. */
export class Quits {
  /** Settles when everybody is closed. */
  readonly closed: Promise<CloseReport>;
  #graceMs: number;
  readonly #options: QuitsOptions;
  /** The quit that closes everybody, once there is one. */
  #group: QuitGroup<Client> | undefined;
  #isClosing = false;
  /** It has at least been asked for: its record may still be on its way. */
  #hasBegun = false;
  #isForced = false;
  #resolve!: (report: CloseReport) => void;
  readonly #underway = new Set<QuitNotice>();

  constructor(options: QuitsOptions) {
    this.#options = options;
    this.#graceMs = options.graceMs;
    this.closed = new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }

  /** Quits that have begun and are not over. */
  get underway(): Iterable<QuitNotice> {
    return this.#underway;
  }

  /** Closes everybody. */
  get isClosing(): boolean {
    return this.#isClosing;
  }

  /** Whether this call begins the quit of everybody. A second call ends the grace period of the first. */
  begin(graceMs: number | undefined): boolean {
    if (this.#hasBegun) {
      this.#isForced = true;
      this.#group?.force();
      return false;
    }
    this.#hasBegun = true;
    this.#graceMs = graceMs ?? this.#graceMs;
    return true;
  }

  async carryOut(quit: Quit): Promise<void> {
    const { scope, by, seat, room, reason } = quit;
    const { clock, telling, turnDeadlines, connections, bye, stop } = this.#options;
    const isAll = scope === 'all';
    if (isAll && this.#isClosing) return;
    const all = connections.of(quit.clients);
    const sessions = all.filter(({ place }) => place !== undefined);
    const told = sessions.flatMap(({ place }) => place ?? []);
    const notice: QuitNotice = { scope, seat, room, reason, told };
    if (isAll) {
      this.#isClosing = true;
      this.#hasBegun = true;
      turnDeadlines.close();
    } else if (room !== undefined) turnDeadlines.stop(room);
    const stopped = isAll ? stop(reason) : undefined;
    this.#underway.add(notice);
    telling.tell('quit', notice);
    // Nothing more is read of those whose join is still on its way, either.
    for (const session of all) session.quitting();
    const group = groupOf(isAll ? connections : sessions, clock);
    // Those that came while the quit was on its way have no place yet, and aren't among its clients: it closes only rooms.
    const reached = new Set(quit.clients);
    for (const { client } of isAll ? connections : []) if (!reached.has(client)) bye(client, reason);
    if (isAll) this.#group = group;
    const reported = group.quit({ ...(by !== undefined && { by }), reason, graceMs: this.#graceMs });
    if (isAll && this.#isForced) group.force();
    const report = await reported;
    await Promise.all([stopped, ...sessions.map((session) => session.finished)]);
    const isClean = ({ client }: Place): boolean => report.members.get(client)?.outcome === 'drained';
    const done: CloseReport = {
      ...notice,
      clean: told.filter(isClean),
      forced: told.filter((place) => !isClean(place)),
      tookMs: report.tookMs,
    };
    this.#underway.delete(notice);
    telling.tell('quitDone', done);
    if (isAll) this.#resolve(done);
  }
}

function groupOf(sessions: Iterable<QuitSession>, clock: Clock): QuitGroup<Client> {
  const group = new QuitGroup<Client>({ clock });
  for (const session of sessions) group.add(session.client, session);
  return group;
}
