import { Command } from 'commander';
import { examples } from './examples.ts';
import { openProgress } from './progress.ts';
import type { GlobalOptions, Shell } from './shell.ts';
import { untilInterrupted } from './until-interrupted.ts';

/** `hub restore FILE`: into a data folder that is empty. */
export function restore(shell: Shell): Command {
  const { t, print } = shell;
  return new Command('restore')
    .summary(t.restore.summary)
    .description(t.restore.summary)
    .argument('<FILE>', t.restore.file)
    .addHelpText('after', examples(t, 'hub restore /srv/backup/hub-2026-03-10.tar.gz --data ./data-2'))
    .action(async (file: string, _, command: Command) => {
      const { data } = command.optsWithGlobals<GlobalOptions>();
      // Only now: no other command needs the archiver.
      const { restoreBackup } = await import('../runtime/backup/restore.ts');
      const progress = openProgress();
      const restored = await untilInterrupted(shell, (signal) =>
        restoreBackup({
          file,
          folder: data,
          signal,
          onProgress: (step, done, total) => progress.show(t.restore[step], done, total),
        }),
      ).finally(() => progress.end());
      if (restored === null) return;
      await print(t.restore.done(data, restored.at, restored.program));
    });
}
