import { Command } from 'commander';
import { currentCatalogueVersion, loadCatalogue } from '../processors/catalogue/index.ts';
import { toJson } from '../schemas/index.ts';
import { examples } from './examples.ts';
import { withReader } from './hub-at.ts';
import { findItem } from './reading/find-item.ts';
import { type KeptRaw, rawRecordsOf } from './reading/raw-records.ts';
import type { GlobalOptions, Shell } from './shell.ts';
import { isoTime } from './time.ts';
import { traceView } from './views/trace-view.ts';

/** `hub trace ITEM`: what came in, what happened to it, who did it and why. */
export function trace(shell: Shell): Command {
  const { t, language } = shell;
  return new Command('trace')
    .summary(t.trace.summary)
    .description(t.trace.summary)
    .argument('<ITEM>', t.trace.item)
    .option('--json', t.help.json)
    .addHelpText(
      'after',
      examples(t, 'hub trace b0a1845d', 'hub trace complaint-report:TS202603100047 --json'),
    )
    .action(async (asked: string, _, command: Command) => {
      const options = command.optsWithGlobals<GlobalOptions & { readonly json?: boolean }>();
      await withReader(options, async (reader) => {
        const stored = await findItem(reader, asked, shell);
        const { item, itemId, partition } = stored;
        const events = await reader.store.events(itemId);
        const raw = await rawRecordsOf(reader.log, item.source.system, item.source.recordId, partition);
        if (options.json === true) {
          const json = {
            item: toJson('item', item),
            rawRecords: raw.map(jsonOf),
            events: events.map((event) => toJson('item-event', event)),
          };
          return shell.print(JSON.stringify(json, null, 2));
        }
        const catalogue = loadCatalogue(currentCatalogueVersion);
        for (const line of traceView({ stored, raw, events, catalogue }, language)) await shell.print(line);
      });
    });
}

const jsonOf = ({ receivedAt, ...raw }: KeptRaw) => ({ ...raw, receivedAt: isoTime(receivedAt) });
