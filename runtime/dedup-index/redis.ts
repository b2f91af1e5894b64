import {
  byOrderKey,
  type DedupIndex,
  type IndexEntry,
  isHeld,
  type LaterNeighbour,
  type Mark,
  type NeighbourQuery,
  type Neighbours,
  type Reach,
  type Refill,
} from './index.ts';
import {
  type Asking,
  askingOf,
  contentAt,
  type FoundInBlock,
  findInBlock,
  type Slice,
} from './redis-block.ts';
import { EntryCache } from './redis-cache.ts';
import {
  bucketCount,
  bucketOfItem,
  bucketOfKey,
  contentBytes,
  contentOf,
  idOf,
  keyedPostingBytes,
  keyedPostings,
  orderKeyAtByte,
  packEntry,
  postingBytes,
  prefixesOf,
  unpackEntry,
} from './redis-layout.ts';
import type { RedisLink } from './redis-link.ts';
import { type BucketMarks, joinMarks, RefillStep, reachBytes, readMarks } from './redis-marks.ts';
import { askScript, putScript, refilledScript, type Script } from './redis-scripts.ts';

export interface RedisDedupIndexOptions {
  readonly link: RedisLink;
  /** Begin of all its keys: instance, linker and generation. */
  readonly name: string;
  /** Positions up to which the item writers have committed, by partition; 0 where nothing is. */
  readonly committed: () => Promise<readonly number[]>;
  /** Nearest earlier items of a block. Default 32. */
  readonly k?: number;
  /** Entries kept in this process, so that they are not fetched again; some 500 bytes each. Default 100,000. */
  readonly cachedEntries?: number;
}

/**
 * The dedup index in Redis, shared by all workers (redis-layout.ts). `put` is one round trip. `neighbours` is one for the blocks, and one
 * more where it finds entries that this process has not seen yet: to keep them twelve times over, beside each posting, would spare
 * that and need four times the memory.
 *
 * An entry counts once it stands under its item; postings only lead to it. So a posting that is left over, by a worker that died
 * on its way or a slower one, leads nowhere and is removed by whoever meets it.
 */
export class RedisDedupIndex implements DedupIndex {
  readonly #link: RedisLink;
  readonly #prefixes: readonly string[];
  readonly #committed: () => Promise<readonly number[]>;
  readonly #k: number;
  readonly #cache: EntryCache;
  /** Postings that no longer stand, to be removed with the next call. */
  #leftover: Buffer[] = [];
  /** The last turn was refused: its own entries are not there. */
  #isRefused = false;

  constructor({ link, name, committed, k = 32, cachedEntries = 100_000 }: RedisDedupIndexOptions) {
    this.#link = link;
    this.#committed = committed;
    this.#prefixes = prefixesOf(name);
    this.#k = k;
    this.#cache = new EntryCache(cachedEntries);
  }

  async put(entries: readonly IndexEntry[], reaches: readonly Reach[] = []): Promise<void> {
    const isTaken = await this.#put(entries, Buffer.concat(reaches.map(reachBytes)), noBytes);
    if (reaches.length > 0) this.#isRefused = !isTaken;
  }

  async refill(partition: number): Promise<Refill> {
    const step = new RefillStep(partition);
    await this.#put([], noBytes, step.argument);
    return {
      put: (entries) => {
        step.next();
        return this.#put(entries, noBytes, step.argument);
      },
      done: async (position, stateOffset) => {
        const args = [`${partition}`, step.stored, `${position}`, `${stateOffset + 1}`];
        const answers = await Promise.all(
          everyBucket.map((bucket) => this.#run(refilledScript, bucket, args)),
        );
        return answers.every((answer) => answer === 1);
      },
    };
  }

  async marks(): Promise<readonly Mark[]> {
    const answers = await Promise.all(everyBucket.map((bucket) => this.#run(askScript, bucket, [noBytes])));
    return joinMarks((answers as (readonly [Buffer, Buffer, Buffer])[]).map(([, marks]) => readMarks(marks)));
  }

  /** @returns false when it was refused */
  async #put(entries: readonly IndexEntry[], reaches: Buffer, refill: Buffer): Promise<boolean> {
    const packed = entries.map(packEntry).filter((entry) => entry !== null);
    const puts = new Puts();
    // Every bucket gets the marks.
    if (reaches.length > 0 || refill.length > 0) for (const bucket of everyBucket) puts.touch(bucket);
    for (const entry of packed) puts.add(entry);
    for (const posting of this.#leftover.splice(0)) puts.remove(posting);
    let newest = 0;
    let ahead = 0;
    for (const { ingestedAt, orderKeyAt } of entries) {
      newest = Math.max(newest, ingestedAt);
      ahead = Math.max(ahead, orderKeyAt - ingestedAt);
    }
    const answers = await Promise.all(
      puts
        .byBucket()
        .map(([bucket, parts]) =>
          this.#run(putScript, bucket, [reaches, ...parts, `${newest}`, refill, `${ahead}`]),
        ),
    );
    if (answers.includes(null)) return false;
    const outdated = new Set<string>();
    for (const [contents, postings] of answers as (readonly [Buffer, Buffer])[]) {
      for (let at = 0; at < contents.length; at += contentBytes) outdated.add(contentOf(contents, at));
      for (let at = 0; at < postings.length; at += keyedPostingBytes)
        this.#leftover.push(postings.subarray(at, at + keyedPostingBytes));
    }
    for (const entry of packed) {
      if (outdated.has(contentOf(entry))) this.#leftover.push(...keyedPostings(entry));
      else this.#cache.add(contentOf(entry), unpackEntry(entry));
    }
    return true;
  }

  async neighbours(queries: readonly NeighbourQuery[]): Promise<readonly Neighbours[]> {
    const questions = queries.flatMap((query, number) => questionsOf(query, number, this.#k));
    const absent = new Set<string>();
    const marks: BucketMarks[] = [];
    let open = questions;
    while (open.length > 0) {
      const unread = open.filter(({ slice }) => slice === null);
      if (unread.length > 0) marks.push(...(await this.#read(unread)));
      for (const question of open) search(question, this.#k, absent);
      const read = open.filter(({ slice }) => slice !== null);
      const doubtful = await this.#settle(read, absent);
      open = [...open.filter(({ slice }) => slice === null), ...doubtful];
    }
    const isCertain = !this.#isRefused && (await this.#isHeld(marks));
    return this.#answers(queries.length, questions, isCertain);
  }

  /** Read after the answers: what was committed before was put before, and is missing where the marks do not reach so far. */
  async #isHeld(buckets: readonly BucketMarks[]): Promise<boolean> {
    if (buckets.length === 0) return true;
    const committed = await this.#committed();
    return buckets.every(
      (marks) => marks.values().every(({ isWhole }) => isWhole) && isHeld(marks, committed),
    );
  }

  /** Asks the blocks. Before that, in the same breath, what is left over is removed. @returns the marks of their buckets */
  async #read(questions: readonly Question[]): Promise<BucketMarks[]> {
    const puts = new Puts();
    for (const posting of this.#leftover.splice(0)) puts.remove(posting);
    const removals = puts
      .byBucket()
      .map(([bucket, parts]) => this.#run(putScript, bucket, [noBytes, ...parts, '0', noBytes, '0']));
    const byBucket = [...Map.groupBy(questions, ({ key }) => bucketOfKey(key))];
    const answers = byBucket.map(([bucket, asked]) =>
      this.#run(askScript, bucket, [Buffer.concat(asked.map(questionBytes))]),
    );
    const [, answered] = await Promise.all([Promise.all(removals), Promise.all(answers)]);
    const read: BucketMarks[] = [];
    for (const [number, answer] of answered.entries()) {
      const [limits, marks, found] = answer as readonly [Buffer, Buffer, Buffer];
      const [newest, ahead] = limits.toString().split(' ').map(Number);
      read.push(readMarks(marks));
      let at = 0;
      for (const question of byBucket[number]![1]) {
        const before = found.readUInt16BE(at);
        const after = found.readUInt16BE(at + 2);
        const { room } = question;
        const start = at + 4;
        question.slice = {
          bytes: found,
          start,
          before,
          after,
          isCutBefore: before === room,
          isCutAfter: after === room,
          newest: newest!,
          ahead: ahead!,
        };
        at = start + (before + after) * postingBytes;
      }
    }
    return read;
  }

  /** Finds the entries of what was found. @returns questions of which some posting leads nowhere, to be searched again */
  async #settle(questions: readonly Question[], absent: Set<string>): Promise<Question[]> {
    const unknown = new Map<string, Buffer>();
    const eachFound = function* (): Generator<[Question, Slice, number]> {
      for (const question of questions) {
        const { slice, found } = question;
        for (const start of found!.earlier) yield [question, slice!, start];
        for (const { start } of found!.later) yield [question, slice!, start];
      }
    };
    for (const [question, slice, start] of eachFound()) {
      const content = contentAt(slice, start);
      if (question.entries.has(start)) continue;
      const known = this.#cache.get(content);
      if (known !== undefined) question.entries.set(start, known);
      else unknown.set(content, slice.bytes.subarray(start, start + 16));
    }
    if (unknown.size === 0) return [];
    const standing = await this.#fetch([...unknown.values()]);
    const again = new Set<Question>();
    for (const [question, slice, start] of eachFound()) {
      if (question.entries.has(start)) continue;
      const posting = slice.bytes.subarray(start, start + postingBytes);
      const stands = standing.get(idOf(posting));
      const fits = stands === undefined ? 'not yet' : fitOf(posting, question.key, stands);
      if (fits === 'stands') {
        question.entries.set(start, this.#cache.add(contentOf(stands!), unpackEntry(stands!)));
        continue;
      }
      // Not yet: its worker is still putting it, and will find the asking item. Left over: it is somewhere else now.
      if (fits === 'left over') this.#leftover.push(Buffer.concat([keyBytes(question.key), posting]));
      absent.add(absentName(question.key, slice, start));
      again.add(question);
    }
    return [...again];
  }

  async #fetch(ids: readonly Buffer[]): Promise<ReadonlyMap<string, Buffer>> {
    const distinct = new Map(ids.map((id) => [idOf(id), id]));
    const byBucket = [...Map.groupBy(distinct.values(), bucketOfItem)];
    const found = await Promise.all(
      byBucket.map(([bucket, ofBucket]) => {
        const prefix = Buffer.from(`${this.#prefixes[bucket]}i`);
        return this.#link.getAll(ofBucket.map((id) => Buffer.concat([prefix, id])));
      }),
    );
    const standing = new Map<string, Buffer>();
    for (const packed of found.flat()) if (packed !== null) standing.set(idOf(packed), packed);
    return standing;
  }

  #answers(count: number, questions: readonly Question[], isCertain: boolean): Neighbours[] {
    const earlier = Array.from({ length: count }, () => new Map<string, IndexEntry>());
    const later = Array.from({ length: count }, () => new Map<string, LaterNeighbour>());
    for (const { number, found, entries } of questions) {
      for (const start of found!.earlier) {
        const entry = entries.get(start)!;
        earlier[number]!.set(entry.itemId, entry);
      }
      for (const { start, crowded } of found!.later) {
        const entry = entries.get(start)!;
        const known = later[number]!.get(entry.itemId);
        later[number]!.set(entry.itemId, { entry, crowded: crowded || (known?.crowded ?? false) });
      }
    }
    return earlier.map((ofQuery, number) => ({
      earlier: [...ofQuery.values()].sort((a, b) => byOrderKey(b, a)),
      later: [...later[number]!.values()].sort((a, b) => byOrderKey(a.entry, b.entry)),
      isCertain,
    }));
  }

  #run(script: Script, bucket: number, args: readonly (Buffer | string)[]): Promise<unknown> {
    return this.#link.run(script, `${this.#prefixes[bucket]}m`, args);
  }
}

const noBytes = Buffer.alloc(0);
const everyBucket = Array.from({ length: bucketCount }, (_, bucket) => bucket);

/** What one query asks of one block. */
interface Question {
  readonly number: number;
  readonly key: number;
  readonly asking: Asking;
  readonly wants: { readonly earlier: boolean; readonly later: boolean };
  /** Postings to be read on either side. */
  room: number;
  /** Null while it is to be read, or read again with more room. */
  slice: Slice | null;
  found: FoundInBlock | null;
  /** By place in the slice. */
  readonly entries: Map<number, IndexEntry>;
}

function questionsOf(query: NeighbourQuery, number: number, k: number): Question[] {
  const asking = askingOf(query);
  if (asking === null) return [];
  return [...new Set([...query.keys, ...query.laterKeys])].map((key) => ({
    number,
    key,
    asking,
    wants: { earlier: query.keys.includes(key), later: query.laterKeys.includes(key) },
    // K, the asking item itself, and one more that shows whether any are left.
    room: k + 2,
    slice: null,
    found: null,
    entries: new Map<number, IndexEntry>(),
  }));
}

/** Finds what the slice can tell, or asks for one of four times the size. */
function search(question: Question, k: number, absent: ReadonlySet<string>): void {
  const { slice, asking, wants, key } = question;
  const isAbsent =
    absent.size === 0 ? () => false : (start: number) => absent.has(absentName(key, slice!, start));
  question.found = findInBlock(slice!, asking, k, wants, isAbsent);
  if (question.found !== null) return;
  question.slice = null;
  question.room = Math.min(question.room * 4, 0xffff);
  question.entries.clear();
}

function questionBytes({ key, asking, wants, room }: Question): Buffer {
  const bytes = Buffer.allocUnsafe(14);
  bytes.writeUInt32BE(key);
  bytes.writeUIntBE(asking.at, 4, 6);
  bytes.writeUInt16BE(room, 10);
  bytes.writeUInt16BE(wants.later ? room : 0, 12);
  return bytes;
}

function keyBytes(key: number): Buffer {
  const bytes = Buffer.allocUnsafe(4);
  bytes.writeUInt32BE(key);
  return bytes;
}

const absentName = (key: number, slice: Slice, start: number): string => `${key} ${contentAt(slice, start)}`;

/** Does a posting lead to the entry that stands under its item? */
function fitOf(posting: Buffer, key: number, stands: Buffer): 'stands' | 'left over' | 'not yet' {
  if (contentOf(posting) === contentOf(stands)) return 'stands';
  if (stands.readUIntBE(16, 6) < posting.readUIntBE(16, 6)) return 'not yet';
  const isHere =
    unpackEntry(stands).keys.includes(key) &&
    stands.readUIntBE(orderKeyAtByte, 6) === posting.readUIntBE(orderKeyAtByte, 6);
  return isHere ? 'stands' : 'left over';
}

/** What a call of the put script takes, by bucket. */
class Puts {
  readonly #buckets = new Map<number, { entries: Buffer[]; postings: Buffer[]; removed: Buffer[] }>();

  add(packed: Buffer): void {
    const length = Buffer.allocUnsafe(2);
    length.writeUInt16BE(packed.length);
    this.#of(bucketOfItem(packed)).entries.push(length, packed);
    for (const posting of keyedPostings(packed))
      this.#of(bucketOfKey(posting.readUInt32BE())).postings.push(posting);
  }

  touch(bucket: number): void {
    this.#of(bucket);
  }

  remove(posting: Buffer): void {
    this.#of(bucketOfKey(posting.readUInt32BE())).removed.push(posting);
  }

  byBucket(): [number, [Buffer, Buffer, Buffer]][] {
    return [...this.#buckets].map(([bucket, { entries, postings, removed }]) => [
      bucket,
      [Buffer.concat(entries), Buffer.concat(postings), Buffer.concat(removed)],
    ]);
  }

  #of(bucket: number) {
    let parts = this.#buckets.get(bucket);
    if (parts === undefined) {
      parts = { entries: [], postings: [], removed: [] };
      this.#buckets.set(bucket, parts);
    }
    return parts;
  }
}
