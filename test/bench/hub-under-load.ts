import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { backup } from 'node:sqlite';
import { setTimeout } from 'node:timers/promises';
import { assemblyOptions, registries } from '../../cli/assembly.ts';
import { readModelOf } from '../../cli/read-model.ts';
import { type HubReader, openReader } from '../../cli/reader.ts';
import { complaintReport } from '../../connectors/complaint-report/index.ts';
import { systemClock } from '../../runtime/clock.ts';
import { loadConfig } from '../../runtime/config.ts';
import type { RawRecord, ReadBatch } from '../../runtime/connector.ts';
import { runConnector } from '../../runtime/connector-loop.ts';
import { baseIdOf, itemIdOf } from '../../runtime/core/ids.ts';
import { dataFileName, openDatabase } from '../../runtime/embedded/database.ts';
import { silentLogger } from '../../runtime/telemetry.ts';
import { intakeOver } from '../../runtime/threads/intake-port.ts';
import { startWriter } from '../../runtime/threads/writer.ts';
import type { Usage } from './assembly.ts';

const source = complaintReport.name;
/** Records of one answer of the source, as its largest page has them. */
export const pageSize = 200;
const lookMs = 20;
const closeWithinMs = 60_000;

/**
 * The embedded hub over a data file, with its real writer thread. This thread is the connector's: it reads,
 * normalizes, and hands over.
 */
export interface HubUnderLoad {
  readonly folder: string;
  /** Reads pages until they end; resolves when the last one is committed by the intake. */
  takeIn(pages: Iterable<readonly RawRecord[]> | AsyncIterable<readonly RawRecord[]>): Promise<void>;
  /** Resolves when the writer has committed everything taken in; with `projected`, when the item store has it too. */
  settled(projected?: boolean): Promise<void>;
  /** Lets a hub that was started with `waits` judge. */
  go(): Promise<void>;
  /** From now on the writer's thread also writes its statements to `recording`, which slows it. */
  record(): Promise<void>;
  readonly recording: string;
  /** A copy of the data file, consistent, in a folder of its own. */
  backup(folder: string): Promise<void>;
  /** Of the writer's thread. */
  usage(): Promise<Usage>;
  /** A `read_committed` reader of its own. */
  reader(): Promise<HubReader>;
  /** Ends the writer and leaves the data. */
  stop(): Promise<void>;
  remove(): void;
}

/** @param given `folder`: data to start on, else a fresh one. */
export async function startHub(
  given: { readonly waits?: boolean; readonly folder?: string } = {},
): Promise<HubUnderLoad> {
  const { waits = false, folder = mkdtempSync(join(tmpdir(), 'hub-bench-')) } = given;
  const recording = `${folder}.writes`;
  const options = assemblyOptions(folder, loadConfig(null, {}, registries));
  const module = new URL('./assembly.ts', import.meta.url).href;
  const writer = await startWriter(
    {
      writerModule: module,
      readerModule: module,
      options: { ...options, waits, recordTo: recording, logLevel: 'error' },
    },
    systemClock,
  );
  const readModel = readModelOf({ folder, logLevel: 'error' }, systemClock);
  readModel.start();
  let ports = 0;
  return {
    folder,
    async takeIn(pages) {
      await runConnector({
        source,
        origin: 'LIVE',
        read: () => batches(pages),
        normalize: (raw, context) => complaintReport.normalize(raw, { ...context, config: null }),
        maxRecordBytes: 1024 * 1024,
        intake: intakeOver(writer.attach('intake', `${source}-${ports++}`)),
        clock: systemClock,
        signal: new AbortController().signal,
        log: silentLogger,
        onBatch({ dead, repeated }) {
          if (dead + repeated > 0)
            throw new Error(`of a page ${dead} reports were dead and ${repeated} repeated`);
        },
        onRetry(error) {
          throw error;
        },
      });
    },
    async settled(projected = false) {
      for (;;) {
        const lag = (await writer.admin('lag')) as { readonly writer: number; readonly projection: number };
        if (lag.writer === 0 && (!projected || lag.projection === 0)) break;
        await setTimeout(lookMs);
      }
      const counters = (await writer.admin('counters')) as Readonly<Record<string, number>>;
      const dead = Object.entries(counters).filter(
        ([name, count]) => name.includes('outcome="dead"') && count > 0,
      );
      if (dead.length > 0) throw new Error(`not all inputs were decided: ${JSON.stringify(dead)}`);
    },
    recording,
    record: async () => void (await writer.admin('record')),
    async backup(to) {
      mkdirSync(to);
      const from = openDatabase(folder, 'read');
      await backup(from, join(to, dataFileName));
      from.close();
    },
    go: async () => void (await writer.admin('go')),
    usage: async () => (await writer.admin('usage')) as Usage,
    reader: () => openReader(folder),
    async stop() {
      await writer.drain(closeWithinMs);
      await readModel.close(closeWithinMs);
      await writer.close(closeWithinMs);
    },
    remove() {
      rmSync(folder, { recursive: true, force: true });
      rmSync(recording, { force: true });
    },
  };
}

export const itemIdOfReport = (recordId: string): string => itemIdOf(baseIdOf(source, recordId), 1);

async function* batches(
  pages: Iterable<readonly RawRecord[]> | AsyncIterable<readonly RawRecord[]>,
): AsyncGenerator<ReadBatch<null>, void, void> {
  for await (const records of pages) yield { records, position: null };
}
