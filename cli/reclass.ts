import { randomUUID } from 'node:crypto';
import { Argument, Command, Option } from 'commander';
import type { ReclassAsk, ReclassResult } from '../runtime/control/reclass.ts';
import { HubError } from '../runtime/errors.ts';
import { actorOf } from './actor.ts';
import { examples } from './examples.ts';
import { withHub, withReader } from './hub-at.ts';
import { findItem } from './reading/find-item.ts';
import type { GlobalOptions, Shell } from './shell.ts';
import { reclassView } from './views/reclass-view.ts';

interface ReclassOptions extends GlobalOptions {
  readonly reason: string;
  readonly actor?: string;
  readonly json?: boolean;
}

const classes = [
  'ORDINARY',
  'SPECIALIZED',
  'MAJOR',
  'UNCLASSIFIED',
] as const satisfies ReclassAsk['itemClass'][];

/** `hub reclass ITEM CLASS --reason TEXT`: a person's decision, as an input like all others. */
export function reclass(shell: Shell): Command {
  const { t } = shell;
  return new Command('reclass')
    .summary(t.reclass.summary)
    .description(t.reclass.summary)
    .argument('<ITEM>', t.trace.item)
    .addArgument(new Argument('<CLASS>', t.reclass.class).choices(classes))
    .addOption(new Option('--reason <TEXT>', t.reclass.reason).makeOptionMandatory())
    .addOption(new Option('--actor <NAME>', t.reclass.actor))
    .option('--json', t.help.json)
    .addHelpText('after', examples(t, "hub reclass b0a1845d MAJOR --reason '核实有人员被困'"))
    .action(async (asked: string, itemClass: ReclassAsk['itemClass'], _, command: Command) => {
      const options = command.optsWithGlobals<ReclassOptions>();
      const reason = options.reason.trim();
      if (reason === '') throw new HubError('HUB_CLI_USAGE', t.usage.reasonEmpty);
      const { itemId, baseId, partition } = await withReader(options, (reader) =>
        findItem(reader, asked, shell),
      );
      const ask: ReclassAsk = {
        itemId,
        baseId,
        partition,
        itemClass,
        actor: actorOf(options.actor),
        reason,
        commandId: randomUUID(),
      };
      const result = await withHub(
        options,
        shell,
        (hub) => hub.call('reclass', ask) as Promise<ReclassResult>,
      );
      if (result.outcome === 'dead') {
        throw new HubError('HUB_PROCESS_FAILED', `${baseId}: ${result.code} ${result.reason}`);
      }
      if (options.json === true) return shell.print(JSON.stringify({ itemId, baseId, ...result }, null, 2));
      for (const line of reclassView(baseId, result, t)) await shell.print(line);
    });
}
