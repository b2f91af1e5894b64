import type { Sentence } from './sentence.ts';
import type { TagBlock } from './tag-block.ts';

/** A message whose sentences have all come. */
export interface Assembled {
  /** The armoured payloads end to end. */
  readonly payload: Uint8Array;
  /** Of the last fragment. */
  readonly fillBits: number;
  /** Its lines as they came, in the order of the fragments. */
  readonly lines: readonly Uint8Array[];
  /** Of the sentence that came first. */
  readonly at: number;
}

interface Fragment {
  readonly payload: Uint8Array;
  readonly fillBits: number;
  readonly line: Uint8Array;
}

interface Group {
  readonly fragments: (Fragment | undefined)[];
  readonly at: number;
  /** Clock of the reader when the last fragment came, ms. */
  seenAt: number;
}

/** Fragments leave one after the other, in slots of 26.7 ms; a receiver reuses its ten group ids within seconds. */
export const maxGroupAgeMs = 4_000;
/** Ten ids on two channels, and the groups of tag blocks. */
export const maxGroups = 64;

/**
 * Puts the sentences of multi-part messages together; fragments of several messages may interleave, each may be missing, each may come
 * twice. One assembler a receiver: group ids mean nothing between receivers. At most `maxGroups` wait, none longer than `maxGroupAgeMs`.
 *
 * A group begins with its first fragment, except where tag blocks number it: by its id of one digit alone, a fragment that
 * comes before the first is taken for the rest of another message, because its own beginning may be lost.
 */
export class Assembly {
  readonly #groups = new Map<string, Group>();
  /** Groups given up for a missing fragment, and fragments without a beginning. */
  incomplete = 0;

  /** @param now clock of the reader, ms; @param at when the sentence was received. */
  add(
    sentence: Sentence,
    tag: TagBlock | null,
    bytes: Uint8Array,
    line: { readonly start: number; readonly end: number },
    now: number,
    at: number,
  ): Assembled | null {
    this.#giveUp(now);
    const isNumbered = tag?.group != null && tag.group.of === sentence.fragments;
    const key = isNumbered
      ? `${sentence.fragments} ${sentence.talker} g${tag.group!.id}`
      : `${sentence.fragments} ${sentence.talker} ${sentence.group} ${sentence.channel}`;
    const fragment: Fragment = {
      payload: bytes.slice(sentence.payload, sentence.payloadEnd),
      fillBits: sentence.fillBits,
      line: bytes.slice(line.start, line.end),
    };
    let group = this.#groups.get(key);
    const known = group?.fragments[sentence.fragment - 1];
    if (group !== undefined && known !== undefined) {
      if (Buffer.compare(known.payload, fragment.payload) === 0) return null;
      this.#groups.delete(key);
      this.incomplete += 1;
      group = undefined;
    }
    if (group === undefined) {
      if (sentence.fragment !== 1 && !isNumbered) {
        this.incomplete += 1;
        return null;
      }
      group = {
        fragments: new Array<Fragment | undefined>(sentence.fragments).fill(undefined),
        at,
        seenAt: now,
      };
      this.#groups.set(key, group);
    }
    group.fragments[sentence.fragment - 1] = fragment;
    group.seenAt = now;
    const whole = group.fragments.filter((part) => part !== undefined);
    if (whole.length < sentence.fragments) return null;
    this.#groups.delete(key);
    return {
      payload: Buffer.concat(whole.map(({ payload }) => payload)),
      fillBits: whole.at(-1)!.fillBits,
      lines: whole.map((part) => part.line),
      at: group.at,
    };
  }

  get waiting(): number {
    return this.#groups.size;
  }

  /** Oldest first: a map keeps the order in which groups began. */
  #giveUp(now: number): void {
    for (const [key, group] of this.#groups) {
      if (now - group.seenAt <= maxGroupAgeMs && this.#groups.size < maxGroups) return;
      this.#groups.delete(key);
      this.incomplete += 1;
    }
  }
}
