/** Entry of the checkpoints' thread: on each message it copies into the data file what its write-ahead log holds, and says how much. */
import { parentPort, workerData } from 'node:worker_threads';
import { toHubError } from '../errors.ts';
import type { CheckpointData, Checkpointed } from './checkpoints.ts';
import { openDatabase } from './database.ts';

/** What is left is little enough for the thread that writes, pages. */
const fewPages = 500;
/** A pass is followed by another over what was written meanwhile, which is less each time. */
const mostPasses = 4;

const port = parentPort!;
const checkpoint = openDatabase((workerData as CheckpointData).folder, 'write').prepare(
  'PRAGMA wal_checkpoint(PASSIVE)',
);

port.on('message', () => {
  try {
    let pages = 0;
    for (let pass = 0; pass < mostPasses; pass += 1) {
      const { checkpointed } = checkpoint.get() as { checkpointed: number };
      const copied = checkpointed - pages;
      pages = checkpointed;
      if (copied < fewPages) break;
    }
    port.postMessage({ pages } satisfies Checkpointed);
  } catch (thrown) {
    const { code, message } = toHubError(thrown);
    port.postMessage({ code, message } satisfies Checkpointed);
  }
});
