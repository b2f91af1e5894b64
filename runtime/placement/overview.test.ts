import { expect, test } from '@jest/globals';
import type { PartStatus } from '../threads/watched-part.ts';
import { runningOf } from './overview.ts';
import type { WorkerReport } from './workers.ts';

const now = Date.UTC(2026, 2, 10, 0, 12, 33);
const configured = [
  { kind: 'connector', name: 'complaint-report' },
  { kind: 'sink', name: 'files' },
] as const;

const part = (kind: PartStatus['kind'], name: string): PartStatus => ({
  kind,
  name,
  state: 'RUNNING',
  since: now,
  restarts: 0,
  lastError: null,
  memoryBytes: 1,
  batches: 1,
  records: 1,
  lastBatchAt: now,
  lastRecordAt: now,
});

const worker = (name: string, over: Partial<WorkerReport>): WorkerReport => ({
  worker: name,
  roles: ['connectors'],
  host: 'node-1',
  pid: 7,
  version: '0.1.0',
  startedAt: now - 60_000,
  at: now - 1_000,
  parts: [],
  front: null,
  ...over,
});

const seen = (workers: readonly WorkerReport[]) =>
  runningOf(workers, configured, now)?.parts.map(({ name, state, worker: on }) => `${name} ${state} ${on}`);

test('the parts of all workers that speak are those of the hub', () => {
  const workers = [
    worker('a', { parts: [part('connector', 'complaint-report')] }),
    worker('b', { parts: [part('sink', 'files')], startedAt: now - 90_000 }),
  ];
  expect(seen(workers)).toEqual(['complaint-report RUNNING a', 'files RUNNING b']);
  expect(runningOf(workers, configured, now)?.startedAt).toBe(now - 90_000);
});

test('what a silent worker ran, and nobody else does, is shown as stopped', () => {
  const workers = [
    worker('a', { parts: [part('connector', 'complaint-report')] }),
    worker('b', { parts: [part('sink', 'files')], at: now - 15_001 }),
  ];
  expect(seen(workers)).toEqual(['complaint-report RUNNING a', 'files STOPPED undefined']);
});

test('a hub whose workers are all silent does not run', () => {
  expect(runningOf([worker('a', { at: now - 60_000 })], configured, now)).toBeNull();
  expect(runningOf([], configured, now)).toBeNull();
});

test('the page is that of the worker that shows one', () => {
  const front = { address: 'http://node-2:8080', error: null };
  expect(runningOf([worker('a', {}), worker('b', { front })], configured, now)?.front).toEqual(front);
});
