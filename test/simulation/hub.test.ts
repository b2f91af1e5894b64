import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, test } from '@jest/globals';

const run = promisify(execFile);
const main = fileURLToPath(new URL('main.ts', import.meta.url));

/** Runs worlds in two threads of a process of their own; its exit code says whether any failed. */
async function simulate(...options: readonly string[]): Promise<{
  failed: number;
  crashes: number;
  fences: number;
  indexFailures: number;
  indexLosses: number;
}> {
  const { stdout } = await run(process.execPath, [main, ...options], { maxBuffer: 1 << 26 }).catch(
    (failed: { code: number; stdout: string }) => {
      if (failed.code !== 1) throw failed;
      return failed;
    },
  );
  return JSON.parse(stdout);
}

describe('the simulated hub', () => {
  test('comes to the same projection P under 2,000 seeds of crashes, pauses, rebalances, failing commits and an index that fails, is emptied or goes back in time', async () => {
    const result = await simulate('--seeds', '2000');
    expect(result).toMatchObject({ seeds: 2000, failed: 0, firstFailures: [] });
    expect(result.crashes).toBeGreaterThan(2_000);
    expect(result.fences).toBeGreaterThan(100);
    expect(result.indexFailures).toBeGreaterThan(500);
    expect(result.indexLosses).toBeGreaterThan(100);
  }, 1_200_000);

  test.each(['records', 'offsets', 'topics'])(
    'fails when the commit is split, %s first: so it would see it',
    async (split) => {
      expect((await simulate('--seeds', '150', '--split', split)).failed).toBeGreaterThan(0);
    },
    600_000,
  );

  test.each(['ask-first', 'no-owner'])(
    'fails when the order of writing and asking, or the ownership of pairs, is broken: %s',
    async (how) => {
      expect((await simulate('--seeds', '60', '--break', how)).failed).toBeGreaterThan(0);
    },
    600_000,
  );

  test('fails when an index that has lost entries is believed', async () => {
    expect((await simulate('--seeds', '150', '--break', 'no-marks')).failed).toBeGreaterThan(0);
  }, 600_000);
});
