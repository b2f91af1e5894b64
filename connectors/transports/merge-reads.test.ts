import { describe, expect, test } from '@jest/globals';
import type { ReadBatch } from '../../runtime/connector.ts';
import { mergeReads, type Read } from './merge-reads.ts';

const batch = (position: string): ReadBatch<string> => ({ records: [], position });
const aborted = (signal: AbortSignal) =>
  new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });

// biome-ignore lint/correctness/useYield: it has nothing to say.
async function* silent(signal: AbortSignal): AsyncGenerator<ReadBatch<string>, void, void> {
  await aborted(signal);
}

/** Says what was committed, and how it ended. */
const counting = (name: string, said: string[], upTo = 3): Read<string> =>
  async function* count() {
    try {
      for (let n = 1; n <= upTo; n++) {
        yield batch(`${name}${n}`);
        said.push(`${name}${n} committed`);
      }
    } finally {
      said.push(`${name} ended`);
    }
  };

describe('ways of reading, merged', () => {
  test('take turns, and each learns of its own commits', async () => {
    const said: string[] = [];
    const read: string[] = [];
    const ways = [counting('a', said), counting('b', said)];
    for await (const { position } of mergeReads(new AbortController().signal, ways)) read.push(position);
    expect(read).toEqual(['a1', 'b1', 'a2', 'b2', 'a3', 'b3']);
    expect(said.filter((line) => line.endsWith('committed'))).toHaveLength(6);
  });

  test('do not wait for one that is silent', async () => {
    const stop = new AbortController();
    const read: string[] = [];
    for await (const { position } of mergeReads(stop.signal, [silent, counting('b', [])])) {
      read.push(position);
      if (read.length === 3) stop.abort();
    }
    expect(read).toEqual(['b1', 'b2', 'b3']);
  });

  test('none learns of a commit that did not happen, and all end', async () => {
    const said: string[] = [];
    const reading = async () => {
      const ways = [counting('a', said), counting('b', said), silent];
      for await (const { position } of mergeReads(new AbortController().signal, ways)) {
        if (position === 'b1') throw new Error('not committed');
      }
    };
    await expect(reading()).rejects.toThrow('not committed');
    expect(said).toEqual(expect.arrayContaining(['a1 committed', 'a ended', 'b ended']));
    expect(said).not.toContain('b1 committed');
    expect(said).not.toContain('a2 committed');
  });

  test('end together when one of them throws', async () => {
    const said: string[] = [];
    // biome-ignore lint/correctness/useYield: it fails before it has read anything.
    const failing: Read<string> = async function* fail() {
      throw new Error('port taken');
    };
    const reading = async () => {
      for await (const _ of mergeReads(new AbortController().signal, [counting('a', said), failing, silent]));
    };
    await expect(reading()).rejects.toThrow('port taken');
    expect(said).toContain('a ended');
  });
});
