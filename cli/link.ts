import { Command, Option } from 'commander';
import { examples } from './examples.ts';
import { withReader } from './hub-at.ts';
import { type PairWordOptions, reasonOf, sayOfPair } from './pair-word.ts';
import { findItem } from './reading/find-item.ts';
import type { Shell } from './shell.ts';

/** `hub link A B --reason TEXT`: two items are one matter, whatever the scores say. */
export const link = (shell: Shell): Command => command('link', 'LINK', shell);

/** `hub unlink A B --reason TEXT`: two items are two matters, whatever the scores say. */
export const unlink = (shell: Shell): Command => command('unlink', 'UNLINK', shell);

function command(name: 'link' | 'unlink', word: 'LINK' | 'UNLINK', shell: Shell): Command {
  const { t } = shell;
  return new Command(name)
    .summary(t.link[name])
    .description(t.link[name])
    .argument('<A>', t.trace.item)
    .argument('<B>', t.link.other)
    .addOption(new Option('--reason <TEXT>', t.reclass.reason).makeOptionMandatory())
    .option('--actor <NAME>', t.reclass.actor)
    .option('--json', t.help.json)
    .addHelpText('after', examples(t, `hub ${name} b0a1845d 6645a628 --reason '${t.link.example[name]}'`))
    .action(async (one: string, two: string, _, self: Command) => {
      const options = self.optsWithGlobals<PairWordOptions>();
      const reason = reasonOf(options, shell);
      const [a, b] = (await withReader(options, async (reader) => [
        await findItem(reader, one, shell),
        await findItem(reader, two, shell),
      ])) as [Awaited<ReturnType<typeof findItem>>, Awaited<ReturnType<typeof findItem>>];
      await sayOfPair(options, { items: [a, b], word, assignee: null, reason, onlyWaiting: false }, shell);
    });
}
