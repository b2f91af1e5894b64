import { HubError } from '../errors.ts';

/** A place in a group, given by `join`. Identity matters: a second `join` with the same id gives another object. */
export interface Member {
  readonly id: string;
}

export interface Assignment {
  /** Rises with every change of the group; 0 before the first assignment. */
  readonly epoch: number;
  /** Partition numbers, ascending. */
  readonly partitions: readonly number[];
  /** Those of them not held without a break since the member's last `adopt`: read on from the committed offset. */
  readonly taken: readonly number[];
}

/**
 * Who reads which partition numbers of one consumer group: pure and in memory, shared by the embedded and the simulated log.
 *
 * A change takes effect at once: whoever loses a partition can no longer commit it, so the offset that its new owner starts
 * from is final. The loser learns of it when it adopts, at its next poll. All members of a group read the same topics.
 *
 * Not given notice of: waiting polls. Whoever calls `join` or `leave` wakes them.
 */
export class GroupCoordinator {
  readonly #group: string;
  readonly #members = new Map<string, MemberState>();
  /** Owner by partition number. */
  #owners: Ownership[] = [];
  #epoch = 0;

  constructor(group: string) {
    this.#group = group;
  }

  /**
   * @param partitions how many numbers there are to share out: the largest count among the member's topics.
   * The same id again fences the earlier member and inherits its partitions.
   */
  join(id: string, partitions: number): Member {
    const member: MemberState = { id, partitions, adopted: 0 };
    const fenced = this.#members.get(id);
    this.#members.set(id, member);
    this.#epoch += 1;
    if (fenced) {
      this.#owners = this.#owners.map((owned) =>
        owned.member === fenced ? { member, since: this.#epoch } : owned,
      );
    }
    this.#assign();
    return member;
  }

  /** Its partitions go to others. Without effect for a member that was fenced or has left. */
  leave(member: Member): void {
    if (this.#members.get(member.id) !== member) return;
    this.#members.delete(member.id);
    this.#epoch += 1;
    this.#assign();
  }

  /** What the member holds from this poll on. Throws HUB_LOG_FENCED when another has taken its name, or it has left. */
  adopt(member: Member): Assignment {
    const state = this.#present(member);
    const partitions: number[] = [];
    const taken: number[] = [];
    for (const [partition, owned] of this.#owners.entries()) {
      if (owned.member !== state) continue;
      partitions.push(partition);
      if (owned.since > state.adopted) taken.push(partition);
    }
    state.adopted = this.#epoch;
    return { epoch: this.#epoch, partitions, taken };
  }

  /** Is the member's last adopted assignment out of date? A waiting poll that is woken asks this. */
  isStale(member: Member): boolean {
    return this.#present(member).adopted !== this.#epoch;
  }

  /**
   * Throws HUB_LOG_FENCED unless the member has held the partition without a break since `epoch`, that of the poll which read
   * what is to be committed. Check and write must not be separated by an `await`.
   */
  assertMayCommit(member: Member, partition: number, epoch: number): void {
    const owned = this.#owners[partition];
    if (owned?.member === this.#present(member) && owned.since <= epoch) return;
    throw this.#fenced(member, `partition ${partition} was revoked after epoch ${epoch}`);
  }

  #present(member: Member): MemberState {
    const state = this.#members.get(member.id);
    if (state !== undefined && state === member) return state;
    throw this.#fenced(member, 'it was replaced by a newer one, or has left');
  }

  #fenced(member: Member, why: string): HubError {
    return new HubError('HUB_LOG_FENCED', `Member ${member.id} of group ${this.#group}: ${why}`, {
      context: { group: this.#group, member: member.id },
    });
  }

  /** Even shares (they differ by one at most); a member keeps what it has up to its share. */
  #assign(): void {
    const members = [...this.#members.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
    const count = Math.max(0, ...members.map((member) => member.partitions));
    const room = this.#shares(members, count);

    const kept = Array.from({ length: count }, (_, partition) => {
      const owned = this.#owners[partition];
      const left = owned && room.get(owned.member);
      if (!left) return undefined;
      room.set(owned.member, left - 1);
      return owned;
    });
    let turn = 0;
    this.#owners = kept.map((owned) => {
      if (owned) return owned;
      while (room.get(members[turn % members.length]!) === 0) turn += 1;
      const member = members[turn++ % members.length]!;
      room.set(member, room.get(member)! - 1);
      return { member, since: this.#epoch };
    });
  }

  /** How many partitions each member is due; those that hold most already get the odd ones, so that less moves. */
  #shares(members: readonly MemberState[], count: number): Map<MemberState, number> {
    const held = (member: MemberState) => this.#owners.filter((owned) => owned.member === member).length;
    const byHeld = members.map((member) => ({ member, held: held(member) })).sort((a, b) => b.held - a.held);
    const odd = count % members.length;
    return new Map(
      byHeld.map(({ member }, i) => [member, Math.floor(count / members.length) + (i < odd ? 1 : 0)]),
    );
  }
}

interface MemberState extends Member {
  readonly partitions: number;
  /** Epoch of its last `adopt`. */
  adopted: number;
}

interface Ownership {
  readonly member: MemberState;
  /** Epoch in which the member got it. */
  readonly since: number;
}
