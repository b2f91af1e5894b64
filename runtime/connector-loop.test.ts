import { describe, expect, test } from '@jest/globals';
import type { RawRecord } from './connector.ts';
import { type ConnectorRun, runConnector } from './connector-loop.ts';
import { HubError } from './errors.ts';
import { reject } from './outcome.ts';
import { silentLogger } from './telemetry.ts';

const record: RawRecord = { bytes: Buffer.from('{}'), format: 'JSON', correlationId: 'page-1' };

/** A connector that reads one record and ends. What happens is noted, pauses take no time. */
function connector(check: ConnectorRun['check']): { readonly run: ConnectorRun; readonly notes: string[] } {
  const notes: string[] = [];
  const run: ConnectorRun = {
    source: 'complaint-report',
    origin: 'LIVE',
    ...(check !== undefined && {
      async check(signal) {
        notes.push('check');
        await check(signal);
      },
    }),
    async *read() {
      notes.push('read');
      yield { records: [record], position: 1 };
    },
    normalize: () => reject('HUB_RECORD_NO_ID', 'none'),
    maxRecordBytes: 1_000,
    intake: {
      position: async () => null,
      accept: async ({ records }) => ({ accepted: 0, repeated: 0, dead: records.length }),
    } as ConnectorRun['intake'],
    clock: { now: () => 0, random: () => 0.5, sleep: async (ms) => void notes.push(`wait ${ms}`) },
    signal: new AbortController().signal,
    log: silentLogger,
    onRetry: ({ code }) => void notes.push(code),
  };
  return { run, notes };
}

describe('a connector that starts', () => {
  test('is checked once before it reads', async () => {
    const { run, notes } = connector(async () => {});
    await runConnector(run);
    expect(notes).toEqual(['check', 'read']);
  });

  test('reads nothing until its check succeeds, which is tried again with backoff and told each time', async () => {
    let failures = 2;
    const { run, notes } = connector(async () => {
      failures -= 1;
      if (failures >= 0) throw new HubError('HUB_SOURCE_UNREACHABLE', 'no answer');
    });
    await runConnector(run);
    const failed = ['check', 'HUB_SOURCE_UNREACHABLE'];
    expect(notes).toEqual([...failed, 'wait 750', ...failed, 'wait 1500', 'check', 'read']);
  });

  test('ends with what waiting does not cure', async () => {
    const { run, notes } = connector(async () => {
      throw new HubError('HUB_SOURCE_REFUSED', 'wrong password');
    });
    await expect(runConnector(run)).rejects.toMatchObject({ code: 'HUB_SOURCE_REFUSED' });
    expect(notes).toEqual(['check']);
  });

  test('reads files without a check', async () => {
    const { run, notes } = connector(undefined);
    await runConnector(run);
    expect(notes).toEqual(['read']);
  });
});
