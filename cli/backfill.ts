import { Command } from 'commander';
import { showBackfill } from './backfill-progress.ts';
import { backfillFiles } from './engine.ts';
import { examples } from './examples.ts';
import { configOf } from './hub-at.ts';
import { openProgress } from './progress.ts';
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
      const progress = openProgress();
      const over = new AbortController();
      const showing = process.stderr.isTTY
        ? showBackfill(options.data, source, progress, shell, over.signal)
        : Promise.resolve();
      try {
        const result = await backfillFiles(options.data, configOf(options, shell), source, files);
        over.abort();
        await showing;
        progress.end();
        await print(JSON.stringify(result));
      } finally {
        over.abort();
        progress.end();
      }
    });
}
