import { Command } from 'commander';
import { attachmentFolder } from '../runtime/attachment-store/folder.ts';
import { HubError } from '../runtime/errors.ts';
import { examples } from './examples.ts';
import { explain } from './explain.ts';
import { configOf } from './hub-at.ts';
import { openProgress } from './progress.ts';
import type { GlobalOptions, Shell } from './shell.ts';
import { isoTime } from './time.ts';
import { untilInterrupted } from './until-interrupted.ts';
import { versionOfPackage } from './version.ts';
import { sizeText } from './views/layout.ts';

/** `hub backup FILE`: reads the folder for itself, so that a hub that hangs can be backed up, too. */
export function backup(shell: Shell): Command {
  const { t, clock, print, note, language } = shell;
  return new Command('backup')
    .summary(t.backup.summary)
    .description(t.backup.summary)
    .argument('<FILE>', t.backup.file)
    .addHelpText('after', examples(t, 'hub backup /srv/backup/hub-2026-03-10.tar.gz --data ./data'))
    .action(async (file: string, _, command: Command) => {
      const options = command.optsWithGlobals<GlobalOptions>();
      const instance = options.config === undefined ? null : configOf(options, shell).instance;
      // Only now: no other command needs the archiver.
      const { makeBackup } = await import('../runtime/backup/make.ts');
      const progress = openProgress();
      const made = await untilInterrupted(shell, (signal) =>
        makeBackup({
          folder: options.data,
          attachments: attachmentFolder(options.data),
          file,
          made: { program: versionOfPackage(), instance, at: isoTime(clock.now()) },
          signal,
          onProgress: (step, done, total) => progress.show(t.backup[step], done, total),
        }),
      ).finally(() => progress.end());
      if (made === null) return;
      await print(t.backup.done(made.file, sizeText(made.bytes), made.attachments, made.sha256));
      for (const reference of made.damaged) {
        note(explain(new HubError('HUB_ATTACHMENT_MISSING', t.backup.damaged(reference)), language));
        shell.exitCode = 1;
      }
    });
}
