import { z } from 'zod';
import { signLimit } from '../../runtime/control/status-verdict.ts';
import { defineSink } from '../../runtime/index.ts';
import type { LogRecord } from '../../runtime/log/index.ts';
import { topics } from '../../runtime/topics.ts';
import { type NotifyConfig, notifyConfig } from './config.ts';
import type { SeenItem } from './incidents.ts';
import { openJournal } from './journal.ts';
import { openNotifier } from './notifier.ts';

const time = z.iso.datetime({ offset: true }).transform((text) => Date.parse(text));

/** What is read of an item in its JSON form; the rest of it never comes near a message. */
const readItem = z.object({
  itemId: z.string(),
  revision: z.int(),
  clusterId: z.string(),
  primaryItemId: z.string().nullable(),
  status: z.string(),
  origin: z.string(),
  ingestedAt: time,
  place: z.object({ townCode: z.string().nullable() }),
  classification: z.object({ itemClass: z.string(), reasons: z.array(z.object({ code: z.string() })) }),
  deadlines: z.object({ signBy: time.nullable(), slaId: z.string() }),
});

/** An organisation has it, or it is over (domain.md §7); a state that this version does not know waits. */
const taken = new Set([
  'SIGNED',
  'IN_PROGRESS',
  'SUSPENDED',
  'FEEDBACK_GIVEN',
  'VERIFIED',
  'CLOSED',
  'ARCHIVED',
  'WITHDRAWN',
  'REJECTED',
]);

/** Messages to whoever is on duty, until somebody has acknowledged them; see README.md. */
export const notify = defineSink<NotifyConfig>({
  name: 'notify',
  summary: 'Tells whoever is on duty of MAJOR items, and goes on until somebody has acknowledged.',
  repeat:
    'A revision that was seen is left out, so a record written twice tells nobody twice; a message that was going out when the hub died goes out once more, under the same id and marked.',
  config: notifyConfig,
  topics: () => [topics.items],
  async open({ config, stateFolder, clock, counters, log, decode }) {
    const journal = openJournal(stateFolder);
    const notifier = openNotifier({ config, journal, clock, counters, log });
    return {
      resumeAt: async () => null,
      async write(_topic, _partition, records) {
        notifier.observe(
          records.flatMap(({ value, timestamp }: LogRecord) =>
            value === null ? [] : { item: seenItem(decode(value)), publishedAt: timestamp },
          ),
        );
      },
      work: (signal) => notifier.run(signal),
      close: async () => journal.close(),
    };
  },
});

function seenItem(value: unknown): SeenItem {
  const { itemId, revision, clusterId, primaryItemId, status, origin, place, ...item } =
    readItem.parse(value);
  const { itemClass, reasons } = item.classification;
  return {
    itemId,
    revision,
    clusterId,
    isFollower: primaryItemId !== null,
    isMajor: itemClass === 'MAJOR',
    isLive: origin === 'LIVE',
    standing: taken.has(status) ? 'TAKEN' : 'WAITING',
    facts: {
      itemId,
      ruleIds: [...new Set(reasons.map(({ code }) => code))],
      townCode: place.townCode,
      signBy: signLimit({ ...item.deadlines, ingestedAt: item.ingestedAt }),
    },
  };
}
