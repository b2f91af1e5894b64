import { Command } from 'commander';
import { percentOf } from '../runtime/item-store/progress.ts';
import { examples } from './examples.ts';
import { fillItemStore } from './fill-item-store.ts';
import { openProgress } from './progress.ts';
import type { GlobalOptions, Shell } from './shell.ts';
import { untilInterrupted } from './until-interrupted.ts';

/** `hub restore FILE`: into a data folder that is empty. */
export function restore(shell: Shell): Command {
  const { t, print, note, clock } = shell;
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
      const restored = await untilInterrupted(shell, async (signal) => {
        const { at, program } = await restoreBackup({
          file,
          folder: data,
          signal,
          onProgress: (step, done, total) => progress.show(t.restore[step], done, total),
        });
        const filled = await fillItemStore(data, clock, signal, ({ behind, total }) =>
          progress.show(t.restore.fill, total - behind, total),
        );
        return { at, program, filled };
      }).finally(() => progress.end());
      if (restored === null) return;
      const { at, program, filled } = restored;
      await print(t.restore.done(data, at, program));
      if (filled === null || filled.behind > 0)
        note(t.restore.notFilled(filled === null ? 0 : percentOf(filled)));
    });
}
