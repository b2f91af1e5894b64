import { Command } from 'commander';
import { currentCatalogueVersion, loadCatalogue } from '../processors/catalogue/index.ts';
import type { StoredItem } from '../runtime/item-store/index.ts';
import { topics } from '../runtime/topics.ts';
import type { ItemState } from '../schemas/types.ts';
import type { HubReader } from './assembly.ts';
import { examples } from './examples.ts';
import { withReader } from './hub-at.ts';
import { findItem } from './reading/find-item.ts';
import type { GlobalOptions, Shell } from './shell.ts';
import { whyJson, whyView } from './views/why-view.ts';

/** `hub why ITEM`: the reasons of class, category and route. */
export function why(shell: Shell): Command {
  const { t, language } = shell;
  return new Command('why')
    .summary(t.why.summary)
    .description(t.why.summary)
    .argument('<ITEM>', t.trace.item)
    .option('--json', t.help.json)
    .addHelpText('after', examples(t, 'hub why b0a1845d', 'hub why TS202603100047 --lang zh-CN'))
    .action(async (asked: string, _, command: Command) => {
      const options = command.optsWithGlobals<GlobalOptions & { readonly json?: boolean }>();
      await withReader(options, async (reader) => {
        const stored = await findItem(reader, asked, shell);
        const state = await stateOf(reader, stored);
        const events = await reader.store.events(stored.itemId);
        const catalogue = loadCatalogue(state?.catalogueVersion ?? currentCatalogueVersion);
        const told = { stored, events, state, catalogue };
        if (options.json === true) return shell.print(JSON.stringify(whyJson(told, language), null, 2));
        for (const line of whyView(told, language)) await shell.print(line);
      });
    });
}

async function stateOf(
  { log, serde }: HubReader,
  { itemId, partition }: StoredItem,
): Promise<ItemState | null> {
  const value = (await log.latest(topics.state, partition, [itemId])).get(itemId)?.value ?? null;
  if (value === null) return null;
  await serde.prepare('item-state', [value]);
  return serde.decode('item-state', value);
}
