/** Sinks that append what they are given to a file, one line a record; some misbehave when they meet a certain text. */
import { appendFileSync } from 'node:fs';
import { z } from 'zod';
import { defineSink, HubError, type SinkDefinition } from '../../../runtime/index.ts';

const config = z.object({
  file: z.string().describe('File to append to.'),
  topic: z.string().describe('Topic to read.'),
});

type Config = z.output<typeof config>;

/** @param meet called with each text before it is written; its number is how often this thread has met it */
function recording(name: string, meet: (text: string) => void): SinkDefinition<Config> {
  return defineSink({
    name,
    summary: 'Appends each record to a file.',
    repeat: 'A line written twice is seen by the test.',
    config,
    topics: ({ topic }) => [topic],
    open: async ({ config: { file }, decode }) => ({
      resumeAt: async () => null,
      write: async (_topic, partition, records) => {
        for (const { value } of records) {
          const text = String(decode(value ?? new Uint8Array()));
          meet(text);
          appendFileSync(file, `${partition} ${text}\n`);
        }
      },
      close: async () => {},
    }),
  });
}

export const appends = recording('appends', () => {});

export const spinsAtPoison = recording('spins-at-poison', (text) => {
  while (text === 'poison');
});

export const throwsOutside = recording('throws-outside', (text) => {
  if (text !== 'poison') return;
  setTimeout(() => {
    throw new Error('outside');
  }, 0);
  throw new HubError('HUB_SINK_FAILED', 'the target does not answer');
});
