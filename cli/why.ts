import { Command } from 'commander';
import { currentCatalogueVersion, loadCatalogue } from '../processors/catalogue/index.ts';
import { statesOf } from '../runtime/control/item-states.ts';
import { examples } from './examples.ts';
import { withReader } from './hub-at.ts';
import { findItem } from './reading/find-item.ts';
import { clusterOf, pairsOf } from './reading/pairs-of.ts';
import type { GlobalOptions, Shell } from './shell.ts';
import { whyJson, whyView } from './views/why-view.ts';

/** `hub why ITEM`: the reasons of class, category, route and links. */
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
        const states = await statesOf(reader, stored.partition, [stored.itemId]);
        const state = states.get(stored.itemId) ?? null;
        const events = await reader.store.events(stored.itemId);
        const catalogue = loadCatalogue(state?.catalogueVersion ?? currentCatalogueVersion);
        const pairs = await pairsOf(reader, stored);
        const cluster = await clusterOf(reader, state);
        const told = { stored, events, state, catalogue, pairs, cluster };
        if (options.json === true) return shell.print(JSON.stringify(whyJson(told, language), null, 2));
        for (const line of whyView(told, language)) await shell.print(line);
      });
    });
}
