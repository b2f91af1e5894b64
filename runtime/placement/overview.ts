import type { RunningFacts } from '../control/status-facts.ts';
import type { PartKind, PartStatus } from '../threads/watched-part.ts';
import { silentAfterMs, type WorkerReport } from './workers.ts';

export interface NamedPart {
  readonly kind: PartKind;
  readonly name: string;
}

export const isSilent = ({ at }: Pick<WorkerReport, 'at'>, now: number): boolean => now - at > silentAfterMs;

/**
 * The hub as its workers tell of it; null when all are silent. A part that is configured and that no worker speaks of is shown as stopped: its slot is
 * on the way from one to another, or nobody has the role for it. @param now ms since epoch
 */
export function runningOf(
  workers: readonly WorkerReport[],
  configured: readonly NamedPart[],
  now: number,
): RunningFacts | null {
  const live = workers.filter((worker) => !isSilent(worker, now));
  const [first] = live;
  if (first === undefined) return null;
  const parts = live.flatMap(({ worker, parts }) => parts.map((part): PartStatus => ({ ...part, worker })));
  const missing = configured
    .filter(({ kind, name }) => !parts.some((part) => part.kind === kind && part.name === name))
    .map((part): PartStatus => ({ ...nowhere, ...part, since: now }));
  return {
    pid: first.pid,
    startedAt: Math.min(...live.map(({ startedAt }) => startedAt)),
    parts: [...parts, ...missing],
    front: live.find(({ front }) => front !== null)?.front ?? { address: null, error: null },
  };
}

const nowhere = {
  state: 'STOPPED',
  restarts: 0,
  lastError: null,
  memoryBytes: 0,
  batches: 0,
  records: 0,
  lastBatchAt: null,
  lastRecordAt: null,
} as const;
