import { describe } from '@jest/globals';
import type { OpenLog } from './log/fixture.ts';
import { groupContract } from './log/groups.ts';
import { modelContract } from './log/model.ts';
import { readingContract } from './log/reading.ts';
import { tableContract } from './log/tables.ts';
import { transactionContract } from './log/transactions.ts';

export type { OpenedLog, OpenLog } from './log/fixture.ts';

/**
 * What every form of the log port must do: embedded, simulated, Kafka. A difference between two forms is a bug of one of them.
 *
 * @param open a fresh, empty log each time
 * @param options.modelRuns random histories compared with a model (default 60), all of them within modelTimeoutMs
 */
export function logContract(
  name: string,
  open: OpenLog,
  options: { readonly modelRuns?: number; readonly modelTimeoutMs?: number } = {},
): void {
  describe(`${name} keeps the contract of the log`, () => {
    transactionContract(open);
    readingContract(open);
    tableContract(open);
    groupContract(open);
    modelContract(open, options.modelRuns ?? 60, options.modelTimeoutMs);
  });
}
