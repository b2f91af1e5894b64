import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { systemClock } from '../runtime/clock.ts';
import type { RunningHub } from '../runtime/run.ts';
import { dutyPages } from './duty-pages.ts';
import { configOf } from './hub-at.ts';

test('a crowd that wants the numbers asks the writer once', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'duty-pages-'));
  let asked = 0;
  const hub = {
    writer: {
      silentMs: () => 0,
      admin: async () => {
        asked += 1;
        return { 'hub_warnings_told_total{}': 7 };
      },
    },
    parts: { status: () => [] },
  } as unknown as RunningHub;
  const config = configOf({ data: folder }, { environment: {} });
  const given = { folder, config, startedAt: 0, sources: [], sinks: [], clock: systemClock };
  const duty = dutyPages(given);
  const refuse = () => Promise.reject(new Error('there is no data folder'));
  const unreadable = { facts: refuse, schemas: refuse };
  try {
    const pages = duty.pagesOf(hub, unreadable, () => ({ address: null, error: null }));
    const answers = await Promise.all(Array.from({ length: 50 }, () => pages.metrics()));
    expect(answers.every((text) => text.includes('hub_warnings_told_total 7\n'))).toBe(true);
    expect(asked).toBe(1);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
