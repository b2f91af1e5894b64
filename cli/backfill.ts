import { Command } from 'commander';
import { backfillFiles } from './engine.ts';
import { examples } from './examples.ts';
import { configOf } from './hub-at.ts';
import type { GlobalOptions, Shell } from './shell.ts';

/** `hub backfill SOURCE PATH…`: prints read, items, revisions, redelivered, stale and dead as JSON. */
export function backfill(shell: Shell): Command {
  const { t, print } = shell;
  return new Command('backfill')
    .summary(t.backfill.summary)
    .description(t.backfill.summary)
    .argument('<SOURCE>', t.backfill.source)
    .argument('<PATH...>', t.backfill.path)
    .addHelpText('after', examples(t, 'hub backfill complaint-report reports.jsonl --data ./data'))
    .action(async (source: string, files: string[], _, command: Command) => {
      const options = command.optsWithGlobals<GlobalOptions>();
      const result = await backfillFiles(options.data, configOf(options, shell), source, files);
      await print(JSON.stringify(result));
    });
}
