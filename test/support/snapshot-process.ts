/**
 * A program for tests of crashes: puts entries into a dedup index and writes its snapshot. Arguments as JSON, see `Writing`.
 * With `dieAt` it is killed (kill -9) at that call to the file system, a write half done.
 */
import { dieAtCall } from './die-at-call.ts';
import { exampleEntries } from './index-entries.ts';

export interface Writing {
  readonly file: string;
  readonly entries: number;
  readonly dieAt: number | null;
}

const { file, entries, dieAt } = JSON.parse(process.argv[2]!) as Writing;
if (dieAt !== null) await dieAtCall(dieAt);
// Loaded only now: it must see the calls above.
const { writeSnapshot } = await import('../../runtime/dedup-index/snapshot.ts');
const { openEmbeddedDedupIndex } = await import('../../runtime/dedup-index/embedded.ts');
const index = openEmbeddedDedupIndex();
await index.put(Array.from({ length: entries }, (_, n) => exampleEntries(1)(n)));
await writeSnapshot(file, { index, offsets: [entries, 0], linkerVersion: 'crash' });
process.stdout.write('written');
