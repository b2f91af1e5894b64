import { loadCatalogue } from '../processors/catalogue/index.ts';
import { readDeadLetters } from '../runtime/control/dead-letters.ts';
import { rawTopics, receivedIn } from '../runtime/control/raw-topics.ts';
import { type HubReader, openReader } from './reader.ts';
import type { Shell } from './shell.ts';
import { cutTo } from './views/layout.ts';
import { type Pulse, pulseView } from './views/pulse-view.ts';

/** On a terminal the lines are drawn over the last ones; into a file they are written seldom. */
const drawnEachMs = 2_000;
const writtenEachMs = 60_000;
const newestItems = 4;
const toStartOfLines = (count: number): string => `\u001b[${count}A\u001b[J`;

/**
 * Shows the first minutes of a hub until `signal` aborts: a dozen lines, from the first item on. Reads the folder of the hub that
 * runs in this process, on a connection of its own.
 * @param catalogueVersion gives names to categories and organisations
 */
export async function showPulse(
  folder: string,
  catalogueVersion: string,
  { print, clock, language }: Pick<Shell, 'print' | 'clock' | 'language'>,
  signal: AbortSignal,
): Promise<void> {
  const catalogue = loadCatalogue(catalogueVersion);
  const isTerminal = process.stdout.isTTY === true;
  const reader = await openReader(folder);
  let drawn = 0;
  try {
    while (!signal.aborted) {
      const pulse = await readPulse(reader);
      const hasLife = pulse.counts.total > 0;
      if (hasLife) {
        const lines = pulseView(pulse, catalogue, language);
        if (isTerminal && drawn > 0) process.stdout.write(toStartOfLines(drawn));
        for (const line of lines) await print(isTerminal ? cutTo(line, process.stdout.columns) : line);
        drawn = lines.length;
      }
      await clock.sleep(hasLife && !isTerminal ? writtenEachMs : drawnEachMs, signal);
    }
  } finally {
    await reader.close();
  }
}

async function readPulse({ log, store }: Pick<HubReader, 'log' | 'store'>): Promise<Pulse> {
  const raw = (await rawTopics(log)).map(({ source, ranges }) => [source, receivedIn(ranges)] as const);
  const letters = await readDeadLetters(log);
  return {
    received: Object.fromEntries(raw.filter(([, count]) => count > 0)),
    deadLetters: letters.filter(({ state }) => state === 'open').length,
    counts: await store.counts(),
    newest: await store.search({ limit: newestItems }),
  };
}
