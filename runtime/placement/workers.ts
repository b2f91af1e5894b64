import type { Clock } from '../clock.ts';
import { Outputs } from '../core/outputs.ts';
import type { FrontStatus } from '../front/server.ts';
import type { Log, TopicSpec } from '../log/index.ts';
import type { PartStatus } from '../threads/watched-part.ts';

/** Who works for this hub, and how each is: the last word of every worker, JSON under its name. A worker that leaves in order takes its word back. */
export const workerTopic: TopicSpec = { name: 'hub.workers', partitions: 1, compacted: true };

/** How often a worker says how it is. */
export const reportEachMs = 5_000;
/** Three words missed: it is gone, stopped, or cut off from the cluster. */
export const silentAfterMs = 3 * reportEachMs;

/** Times in ms since epoch. */
export interface WorkerReport {
  /** Its stable name. */
  readonly worker: string;
  readonly roles: readonly string[];
  readonly host: string;
  readonly pid: number;
  /** Of the program: during a rolling upgrade they differ. */
  readonly version: string;
  readonly startedAt: number;
  readonly at: number;
  readonly parts: readonly PartStatus[];
  /** Null where it shows no page. */
  readonly front: FrontStatus | null;
}

export interface ReportWriter {
  /** Null: it leaves. */
  write(report: Omit<WorkerReport, 'worker' | 'at'> | null): Promise<void>;
}

export async function openReports(
  log: Pick<Log, 'producer'>,
  worker: string,
  clock: Clock,
): Promise<ReportWriter> {
  const producer = await log.producer(`report-${worker}`);
  return {
    async write(report) {
      const at = clock.now();
      const value = report === null ? null : Buffer.from(JSON.stringify({ ...report, worker, at }));
      const out = new Outputs();
      out.append(workerTopic.name, 0, { key: worker, value, timestamp: at });
      await out.commit(producer);
    },
  };
}

const readAtOnce = 1_000;

/** By name. What is not as a worker of this version writes it is left out. */
export async function readWorkers(log: Pick<Log, 'range' | 'read'>): Promise<readonly WorkerReport[]> {
  const { start, end } = await log.range(workerTopic.name, 0);
  const last = new Map<string, WorkerReport>();
  for (let next = start; next < end; ) {
    const records = await log.read(workerTopic.name, 0, next, readAtOnce);
    if (records.length === 0) break;
    for (const { key, value } of records) {
      if (key === null) continue;
      const report = value === null ? null : reportOf(value);
      if (report === null) last.delete(key);
      else last.set(key, report);
    }
    next = records.at(-1)!.offset + 1;
  }
  return [...last.values()].sort((a, b) => (a.worker < b.worker ? -1 : 1));
}

function reportOf(value: Uint8Array): WorkerReport | null {
  try {
    const report = JSON.parse(Buffer.from(value).toString()) as WorkerReport;
    return Array.isArray(report.parts) && Array.isArray(report.roles) && Number.isFinite(report.at)
      ? report
      : null;
  } catch {
    return null;
  }
}
