import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { copyOf, copyOfAll, day, entry, now, queryOf } from '../../test/contract/dedup-index/fixture.ts';
import { temporaryFolder } from '../../test/support/embedded-log.ts';
import { exampleEntries } from '../../test/support/index-entries.ts';
import type { Writing } from '../../test/support/snapshot-process.ts';
import { type Logger, silentLogger } from '../telemetry.ts';
import { type EmbeddedDedupIndex, openEmbeddedDedupIndex } from './embedded.ts';
import type { IndexEntry } from './index.ts';
import { restoreSnapshot, type Snapshot, snapshotName, writeSnapshot } from './snapshot.ts';

const program = fileURLToPath(new URL('../../test/support/snapshot-process.ts', import.meta.url));
const example = exampleEntries(3);
const examples = (count: number): IndexEntry[] => Array.from({ length: count }, (_, n) => example(n));

const held = (index: EmbeddedDedupIndex) =>
  [...index.held()].map(copyOf).sort((a, b) => (a.itemId < b.itemId ? -1 : 1));

const logged: string[] = [];
const log: Logger = {
  ...silentLogger,
  warn: (_, facts) => logged.push(String(facts?.reason)),
};

describe('a snapshot of the dedup index', () => {
  let folder: ReturnType<typeof temporaryFolder>;
  let file: string;
  beforeEach(() => {
    folder = temporaryFolder();
    file = join(folder.path, snapshotName);
    logged.length = 0;
  });
  afterEach(() => folder.remove());

  const restored = async (): Promise<Snapshot> => {
    const snapshot = await restoreSnapshot(file, { log });
    expect(logged).toEqual([]);
    return snapshot!;
  };

  async function writeExamples(count: number): Promise<EmbeddedDedupIndex> {
    const index = openEmbeddedDedupIndex({ k: 3 });
    await index.put(examples(count));
    await writeSnapshot(file, { index, offsets: [7, 0, 2 ** 40], linkerVersion: 'v1' });
    return index;
  }

  test('brings back every entry, the offsets and the version of the linker', async () => {
    const index = openEmbeddedDedupIndex();
    const at = example(0).orderKeyAt;
    const odd = [
      entry('', [], { at, version: 0, features: new Uint8Array(0) }),
      entry('投诉 🏙️', [0xffff_ffff, 0], { at, version: 2 ** 48 - 1 }),
      entry('long'.repeat(1_000), [5], { at }),
    ];
    await index.put([...examples(3_000), ...odd]);
    await writeSnapshot(file, { index, offsets: [7, 0, 2 ** 40], linkerVersion: 'v1' });
    const again = await restored();
    expect(again).toMatchObject({ offsets: [7, 0, 2 ** 40], linkerVersion: 'v1' });
    expect(again.index.size).toBe(3_003);
    expect(held(again.index)).toEqual(held(index));
    const queries = examples(3_000)
      .filter((_, n) => n % 50 === 0)
      .map((each) => queryOf(each));
    const answers = async (from: EmbeddedDedupIndex) => (await from.neighbours(queries)).map(copyOfAll);
    expect(await answers(again.index)).toEqual(await answers(index));
    expect(readdirSync(folder.path)).toEqual([snapshotName]);
  });

  test('of an empty index is one too', async () => {
    await writeExamples(0);
    expect((await restored()).index.size).toBe(0);
  });

  test('does not depend on K: the restored index has that of its options', async () => {
    await writeExamples(500);
    const again = await restoreSnapshot(file, { k: 2, log });
    const few = openEmbeddedDedupIndex({ k: 2 });
    await few.put(examples(500));
    const queries = examples(500).map((each) => queryOf(each));
    expect((await again!.index.neighbours(queries)).map(copyOfAll)).toEqual(
      (await few.neighbours(queries)).map(copyOfAll),
    );
  });

  test('holds what stood while it was written, though entries are put, changed and evicted meanwhile', async () => {
    const index = openEmbeddedDedupIndex({ maxEntries: 3_000 });
    await index.put(examples(3_000));
    let isWriting = true;
    const writing = writeSnapshot(file, { index, offsets: [], linkerVersion: 'v1' }).finally(() => {
      isWriting = false;
    });
    let next = 3_000;
    while (isWriting) {
      const changed = { ...example(next - 500), version: 2, keys: [next] };
      await index.put([example(next), changed]);
      next += 1;
      await new Promise(setImmediate);
    }
    await writing;
    expect(next).toBeGreaterThan(3_001);
    const again = await restored();
    // The tail of hub.state, read again from before the snapshot was begun.
    const tail = Array.from({ length: next - 3_000 }, (_, i) => [
      example(3_000 + i),
      { ...example(2_500 + i), version: 2, keys: [3_000 + i] },
    ]);
    await again.index.put(tail.flat());
    const found = new Map(held(again.index).map((each) => [each.itemId, each]));
    const gone = held(index).filter(({ itemId }) => !found.has(itemId));
    expect(gone).toEqual([]);
    for (const each of held(index)) expect(found.get(each.itemId)).toEqual(each);
  });

  test('is not used when it is cut off, wherever', async () => {
    await writeExamples(2);
    const whole = readFileSync(file);
    expect(whole.length).toBeGreaterThan(500);
    for (let length = 0; length < whole.length; length += 1) {
      writeFileSync(file, whole.subarray(0, length));
      expect(await restoreSnapshot(file, { log })).toBeNull();
      expect(logged.pop()).toBe('damaged: cut off');
    }
  });

  test('is not used when a bit of it has flipped, whichever byte it is in', async () => {
    await writeExamples(2);
    const whole = readFileSync(file);
    for (let at = 0; at < whole.length; at += 1) {
      const damaged = Buffer.from(whole);
      damaged[at]! ^= 1 << (at % 8);
      writeFileSync(file, damaged);
      expect(await restoreSnapshot(file, { log })).toBeNull();
      expect(logged.pop()).toMatch(/damaged|does not begin|format \d+, 1 was expected/);
    }
  });

  test('is not used when something follows its end, when blocks of it are zeros or swapped, or when it is none', async () => {
    await writeExamples(2_000);
    const whole = readFileSync(file);
    const firstFrame = 12 + 8 + whole.readUInt32LE(12);
    const secondFrame = firstFrame + 8 + whole.readUInt32LE(firstFrame);
    const thirdFrame = secondFrame + 8 + whole.readUInt32LE(secondFrame);
    const swapped = Buffer.concat([
      whole.subarray(0, firstFrame),
      whole.subarray(secondFrame, thirdFrame),
      whole.subarray(firstFrame, secondFrame),
      whole.subarray(thirdFrame),
    ]);
    expect(swapped.length).toBe(whole.length);
    const wrong = {
      longer: Buffer.concat([whole, Buffer.from([0])]),
      zeros: Buffer.from(whole).fill(0, 4_096, 8_192),
      'zeros from a frame on': Buffer.from(whole).fill(0, firstFrame),
      swapped,
      'something else': Buffer.from('{"a": "file of another program"}'),
    };
    for (const [what, bytes] of Object.entries(wrong)) {
      writeFileSync(file, bytes);
      expect([what, await restoreSnapshot(file, { log })]).toEqual([what, null]);
      expect(logged).toHaveLength(1);
      logged.length = 0;
    }
    folder.remove();
    expect(await restoreSnapshot(file, { log })).toBeNull();
    expect(logged).toEqual([]);
  });

  test('is the old one or the new one after kill -9 at any call to the file system', () => {
    const write = (writing: Omit<Writing, 'file'>) =>
      spawnSync(process.execPath, [program, JSON.stringify({ file, ...writing })], { encoding: 'utf8' });
    expect(write({ entries: 700, dieAt: null })).toMatchObject({ stdout: 'written', stderr: '' });
    const old = readFileSync(file);
    const outcomes: string[] = [];
    for (let dieAt = 1; ; dieAt += 1) {
      const { stdout, stderr, signal } = write({ entries: 1_500, dieAt });
      expect(stderr).toBe('');
      const bytes = readFileSync(file);
      outcomes.push(bytes.equals(old) ? 'old' : 'new');
      if (stdout === 'written') break;
      expect(signal).toBe('SIGKILL');
      // As a restart finds it: whole, whatever lies beside it.
      if (!bytes.equals(old)) writeFileSync(file, old);
    }
    // open, six writes (start, header, three frames of entries, end), sync, rename, and then the folder.
    expect(outcomes.slice(0, 9)).toEqual(Array.from({ length: 9 }, () => 'old'));
    expect(new Set(outcomes.slice(9))).toEqual(new Set(['new']));
    expect(readdirSync(folder.path)).toEqual([snapshotName]);
  });

  test('that cannot be written says so, and leaves nothing behind', async () => {
    const index = openEmbeddedDedupIndex();
    await index.put([entry('a', [1], { at: now - day })]);
    const nowhere = join(folder.path, 'missing', snapshotName);
    await expect(writeSnapshot(nowhere, { index, offsets: [], linkerVersion: 'v1' })).rejects.toMatchObject({
      code: 'HUB_DATA_WRITE',
    });
    expect(readdirSync(folder.path)).toEqual([]);
  });
});
