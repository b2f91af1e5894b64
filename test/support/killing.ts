import { setTimeout } from 'node:timers/promises';
import type { Random } from '../simulation/random.ts';
import type { HubProcess } from './hub-process.ts';

/** A hub that has done none of what it was to be killed at is killed after so long. */
const longestLifeMs = 30_000;

/**
 * Starts a hub and kills it (kill -9). Of three lives in a row two end exactly between the first read and the commit of what was read; the
 * third ends right after a commit, or at any time.
 * @param life from 0 @param start see `killAt` of HubOptions
 * @returns what it said on standard error; throws an Error with it when it ended in another way
 */
export async function liveAndDie(
  life: number,
  random: Random,
  start: (options: { readonly killAt?: string }) => HubProcess,
): Promise<{ readonly isInside: boolean }> {
  const isInside = life % 3 !== 2;
  const isExact = isInside || random.chance(0.5);
  const place = isInside ? random.pick(['before-commit', 'after-begin']) : 'after-commit';
  const killAt = `${place}:${3 + random.below(25)}`;
  const hub = start(isExact ? { killAt } : {});
  const anyTime = isExact ? longestLifeMs : 300 + random.below(2_500);
  await Promise.race([hub.exited, setTimeout(anyTime, undefined, { ref: false })]);
  hub.kill('SIGKILL');
  const { signal } = await hub.exited;
  if (signal !== 'SIGKILL') throw new Error(`a hub ended by itself; it said:\n${hub.said()}`);
  return { isInside };
}
