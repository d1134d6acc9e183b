import { between, grace, options, unusable } from './bounds.ts';
import { type Clock, steady, systemClock } from './clock.ts';
import { type Cause, Closing, type QuitReport } from './closing.ts';
import { destroy, type QuitMember, Membership } from './quit-member.ts';
import { show } from './show.ts';

/**
 * Whose quit closes the whole group. Any other member's quit closes only that member. Under `none` or `{ owner }`, the
 * quit of somebody who isn't (or is no longer) in the group closes nobody.
 *
 * - `any`: any member's.
 * - `{ owner }`: that of `owner`, whether a member or not.
 * - `none`: no member's.
 *
 * A quit without `by` (a signal, the program itself) always closes the whole group.
 */
export type QuitPolicy<Id> = 'any' | 'none' | { readonly owner: Id };

/** Whose quit closes all, and which clock measures the grace. */
export interface QuitGroupOptions<Id> {
  /** Whose quit closes the whole group. @default 'any' */
  readonly policy?: QuitPolicy<Id> | undefined;
  /** Measures the grace and the report's times. Tests pass their own. @default the machine's */
  readonly clock?: Clock | undefined;
}

/** When a member is told. */
export interface AddOptions {
  /**
   * When it is told, in a quit of the whole group: after all members of lower phases have ended or were destroyed. From
   * -1e6 to 1e6, an integer. @default 0
   */
  readonly phase?: number | undefined;
}

/** Who quits, why, and how long the others have. */
export interface QuitOptions<Id, Reason = string> {
  /** Who quits. @default nobody in the group: it closes all */
  readonly by?: Id | undefined;
  /** Passed to every member's `drain`. @default 'quit' */
  readonly reason?: Reason | undefined;
  /** How long the members of all phases together have until they are destroyed. From 0 to 2,147,483,647. @default 5_000 */
  readonly graceMs?: number | undefined;
}

/**
 * Members that close together: one quits, all are told, and the group waits for them.
 *
 * Promises:
 * 1. All members of a phase are told at once, in order of joining. None waits for another of its phase. The next phase
 *    begins when all of them have ended or were destroyed.
 * 2. Whatever a member does (throw, reject, hang, vanish), the report comes, and covers each member.
 * 3. A member that throws, or isn't done after `graceMs`, is destroyed.
 * 4. A second quit of the group returns the first one's promise.
 * 5. A member added during a quit is told before `add` returns, or with its phase.
 *
 * @example
 * ```ts
 * import { QuitGroup } from '@proto/scheduler';
 *
 * const group = new QuitGroup<string>();
 * group.add('quick', { drain: async () => {}, destroy: () => {} });
 * group.add('deaf', { drain: () => new Promise(() => {}), destroy: () => {} });
 * const report = await group.quit({ reason: 'bye', graceMs: 50 });
 * console.log(report.drained, report.members.get('deaf')?.outcome); // 1 forced
 * ```
 */
export class QuitGroup<Id, Reason = string> {
  readonly #policy: QuitPolicy<Id>;
  readonly #clock: Clock;
  readonly #members = new Map<Id, Membership<Reason>>();
  readonly #alone = new Map<Id, Closing<Id, Reason>>();
  #closing: Closing<Id, Reason> | undefined;

  /** Errors: `TypeError` for an option that can't be used. */
  constructor(given: QuitGroupOptions<Id> = {}) {
    const { policy = 'any', clock = systemClock } = options('QuitGroup', given, ' policy clock');
    if (policy !== 'any' && policy !== 'none' && !Object.hasOwn(Object(policy), 'owner'))
      throw unusable('policy', policy, 'any, none or { owner }', 'string');
    this.#policy = policy;
    this.#clock = steady(clock);
  }

  /** Members that are in the group and not done. */
  get size(): number {
    return this.#members.size;
  }

  /** Whether the whole group was told to quit. */
  get quitting(): boolean {
    return this.#closing !== undefined;
  }

  /**
   * Adds a member. False: the group has quit, and the member was destroyed.
   *
   * Errors: `RangeError` if a member with that id is already in the group, `TypeError` if it isn't a member, and both for
   * an option that can't be used.
   */
  add(id: Id, member: QuitMember<Reason>, given: AddOptions = {}): boolean {
    const { phase = 0 } = options('add', given, ' phase');
    between('phase', phase, -1e6, 1e6, 'an integer');
    // A caller without types may do this, and wouldn't find out until the quit.
    if (typeof member?.drain !== 'function' || typeof member.destroy !== 'function')
      throw new TypeError(`Cannot add ${show(id)}: expected { drain, destroy } with two functions`);
    if (this.#members.has(id))
      throw new RangeError(`Cannot add ${show(id)}: a member of that name is already in the group`);
    if (this.#closing?.ended === true) {
      destroy(member);
      return false;
    }
    const membership = new Membership<Reason>(member, phase, this.#clock);
    this.#members.set(id, membership);
    membership.onEnd(() => {
      this.#members.delete(id);
      this.#alone.delete(id);
    });
    this.#closing?.add(id, membership);
    return true;
  }

  /** Removes a member that closed by itself. A quit no longer waits for it. False: there was none with that id. */
  remove(id: Id): boolean {
    const membership = this.#members.get(id);
    membership?.vanish();
    return membership !== undefined;
  }

  /**
   * Closes the group, or only the member that quits, as the policy says. Settles when all that were told are done.
   * Never rejects.
   *
   * Errors: throws a `TypeError` or `RangeError` for an option that can't be used, and tells nobody.
   */
  quit(given: QuitOptions<Id, Reason> = {}): Promise<QuitReport<Id, Reason>> {
    const { by, reason = 'quit' as Reason, graceMs = 5_000 } = options('quit', given, ' by reason graceMs');
    grace(graceMs);
    const cause = { by, reason, graceMs };
    if (this.#closing !== undefined) return this.#closing.report;
    if (by !== undefined && !this.#reachesAll(by)) return this.#quitAlone(by, cause);
    const closing = new Closing<Id, Reason>(cause, this.#clock);
    this.#closing = closing;
    closing.begin(this.#members);
    return closing.report;
  }

  /** Ends the grace of every quit in progress, as on a second signal. */
  force(): void {
    this.#closing?.force();
    for (const closing of this.#alone.values()) closing.force();
  }

  #quitAlone(id: Id, cause: Cause<Id, Reason>): Promise<QuitReport<Id, Reason>> {
    const present = this.#alone.get(id);
    if (present !== undefined) return present.report;
    const closing = new Closing<Id, Reason>(cause, this.#clock);
    const membership = this.#members.get(id);
    const reached = new Map<Id, Membership<Reason>>();
    if (membership !== undefined) {
      this.#alone.set(id, closing);
      reached.set(id, membership);
    }
    closing.begin(reached);
    return closing.report;
  }

  #reachesAll(id: Id): boolean {
    return this.#policy === 'any' || (this.#policy !== 'none' && this.#policy.owner === id);
  }
}
