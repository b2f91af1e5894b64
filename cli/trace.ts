import { Command } from 'commander';
import { currentCatalogueVersion, loadCatalogue } from '../processors/catalogue/index.ts';
import type { StoredItem } from '../runtime/item-store/index.ts';
import { toJson } from '../schemas/index.ts';
import { examples } from './examples.ts';
import { withReader } from './hub-at.ts';
import { findTraced } from './reading/find-item.ts';
import { membersOf } from './reading/members-of.ts';
import { type KeptRaw, rawRecordsOf } from './reading/raw-records.ts';
import type { GlobalOptions, Shell } from './shell.ts';
import { isoTime } from './time.ts';
import { interleaved, traceView } from './views/trace-view.ts';

interface TraceOptions extends GlobalOptions {
  readonly alone?: boolean;
  readonly json?: boolean;
}

/** `hub trace ITEM`: what came in, what happened to it and to the others of its cluster, who did it and why. */
export function trace(shell: Shell): Command {
  const { t, language } = shell;
  return new Command('trace')
    .summary(t.trace.summary)
    .description(t.trace.summary)
    .argument('<ITEM>', t.trace.traced)
    .option('--alone', t.trace.alone)
    .option('--json', t.help.json)
    .addHelpText(
      'after',
      examples(t, 'hub trace b0a1845d', 'hub trace complaint-report:TS202603100047 --json'),
    )
    .action(async (asked: string, _, command: Command) => {
      const options = command.optsWithGlobals<TraceOptions>();
      await withReader(options, async (reader) => {
        const found = await findTraced(reader, asked, shell);
        const members = options.alone === true ? found : await membersOf(reader, found);
        const stored = found.length === 1 ? found[0]! : members[0]!;
        const { item, partition } = stored;
        const lives = await Promise.all(members.map(({ itemId }) => reader.store.events(itemId)));
        const events = interleaved(lives);
        const raw = await rawRecordsOf(reader.log, item.source.system, item.source.recordId, partition);
        if (options.json === true) {
          const json = {
            item: toJson('item', item),
            members: members.map(memberJson),
            rawRecords: raw.map(jsonOf),
            events: events.map((event) => toJson('item-event', event)),
          };
          return shell.print(JSON.stringify(json, null, 2));
        }
        const catalogue = loadCatalogue(currentCatalogueVersion);
        const told = { stored, members, raw, events, catalogue };
        for (const line of traceView(told, language)) await shell.print(line);
      });
    });
}

const memberJson = ({ itemId, baseId, item }: StoredItem) => ({
  itemId,
  baseId,
  title: item.title,
  status: item.status,
  clusterId: item.clusterId,
  primaryItemId: item.primaryItemId,
});

const jsonOf = ({ receivedAt, ...raw }: KeptRaw) => ({ ...raw, receivedAt: isoTime(receivedAt) });
