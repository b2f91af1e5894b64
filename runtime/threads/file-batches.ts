import type { ConnectorDefinition, RawRecord, ReadBatch } from '../connector.ts';

const batchRecords = 500;
const batchBytes = 4 * 1024 * 1024;

/**
 * The records of files, in batches. Their position is always null: files are read from their start again after a failure, and
 * what was committed before is absorbed as redelivered.
 */
export async function* readFiles(
  files: readonly string[],
  readFile: ConnectorDefinition['readFile'],
  signal: AbortSignal,
): AsyncGenerator<ReadBatch<null>, void, void> {
  let records: RawRecord[] = [];
  let bytes = 0;
  for (const file of files) {
    for await (const record of readFile(file)) {
      if (signal.aborted) return;
      records.push(record);
      bytes += record.bytes.length;
      if (records.length < batchRecords && bytes < batchBytes) continue;
      yield { records, position: null };
      records = [];
      bytes = 0;
    }
  }
  if (records.length > 0) yield { records, position: null };
}
