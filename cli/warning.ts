import { randomUUID } from 'node:crypto';
import { Argument, Command, Option } from 'commander';
import { currentCatalogueVersion, loadCatalogue } from '../processors/catalogue/index.ts';
import type { ClearWarningAsk, SetWarningAsk } from '../runtime/control/warning.ts';
import { nearest } from '../runtime/did-you-mean.ts';
import { HubError } from '../runtime/errors.ts';
import type { Warning } from '../schemas/types.ts';
import { actorOf } from './actor.ts';
import { examples } from './examples.ts';
import { withHub, withReader } from './hub-at.ts';
import type { GlobalOptions, Shell } from './shell.ts';
import { isoTime, parseTime } from './time.ts';
import { type ListedWarning, warningList } from './views/warning-view.ts';

interface Said extends GlobalOptions {
  readonly reason: string;
  readonly actor?: string;
  readonly json?: boolean;
}
interface SetOptions extends Said {
  readonly area: string;
  readonly from?: string;
  readonly until?: string;
}
interface ClearOptions extends Said {
  readonly at?: string;
}
interface ListOptions extends GlobalOptions {
  readonly json?: boolean;
  readonly all?: boolean;
}

const levels = ['BLUE', 'YELLOW', 'ORANGE', 'RED'] as const satisfies readonly Warning['level'][];

/** `hub warning set|clear|list`: what is in force where, for the rules that ask it (M06, M07). */
export function warning(shell: Shell): Command {
  const { t } = shell;
  return new Command('warning')
    .summary(t.warning.summary)
    .description(t.warning.summary)
    .addCommand(set(shell))
    .addCommand(clear(shell))
    .addCommand(list(shell));
}

function set(shell: Shell): Command {
  const { t, clock, print } = shell;
  // Read only when it is asked for: every command would wait for it.
  const catalogue = () => loadCatalogue(currentCatalogueVersion);
  const types = () => catalogue().warnings.map(({ type }) => type);
  const areaIds = () => catalogue().areas.map(({ id }) => id);
  return new Command('set')
    .summary(t.warning.set)
    .description(t.warning.set)
    .argument('<TYPE>', t.warning.type)
    .addArgument(new Argument('<LEVEL>', t.warning.level).choices(levels))
    .addOption(new Option('--area <AREA,…>', t.warning.area).makeOptionMandatory())
    .option('--from <TIME>', t.warning.from)
    .option('--until <TIME>', t.warning.until)
    .addOption(new Option('--reason <TEXT>', t.reclass.reason).makeOptionMandatory())
    .option('--actor <NAME>', t.reclass.actor)
    .option('--json', t.help.json)
    .addHelpText(
      'after',
      () => `\n${t.warning.types}: ${types().join(', ')}\n${t.warning.areas}: ${areaIds().join(', ')}`,
    )
    .addHelpText(
      'after',
      examples(t, `hub warning set TYPHOON RED --area inshore,offshore --reason '${t.warning.example}'`),
    )
    .action(async (type: string, level: SetWarningAsk['level'], _, command: Command) => {
      const options = command.optsWithGlobals<SetOptions>();
      const areas = options.area
        .split(',')
        .map((id) => id.trim())
        .filter((id) => id !== '');
      mustBeKnown('TYPE', type, types(), shell);
      for (const id of areas.length === 0 ? [''] : areas) mustBeKnown('--area', id, areaIds(), shell);
      const now = clock.now();
      const from = options.from === undefined ? null : parseTime(options.from, now, t);
      const until = options.until === undefined ? null : parseTime(options.until, now, t);
      if (until !== null && until <= (from ?? now)) throw new HubError('HUB_CLI_USAGE', t.warning.endsFirst);
      const ask: SetWarningAsk = {
        type,
        level,
        areas,
        from,
        until,
        actor: actorOf(options.actor),
        reason: reasonOf(options, shell),
        commandId: randomUUID(),
      };
      const warningId = await withHub(
        options,
        shell,
        (hub) => hub.call('setWarning', ask) as Promise<string>,
      );
      if (options.json === true) return print(JSON.stringify({ warningId }));
      await print(t.warning.isSet(warningId));
    });
}

function clear(shell: Shell): Command {
  const { t, clock, print } = shell;
  return new Command('clear')
    .summary(t.warning.clear)
    .description(t.warning.clear)
    .argument('<WARNING_ID>', t.warning.id)
    .option('--at <TIME>', t.warning.at)
    .addOption(new Option('--reason <TEXT>', t.reclass.reason).makeOptionMandatory())
    .option('--actor <NAME>', t.reclass.actor)
    .option('--json', t.help.json)
    .addHelpText('after', examples(t, `hub warning clear w-ogbimlmadp --reason '${t.warning.exampleOver}'`))
    .action(async (warningId: string, _, command: Command) => {
      const options = command.optsWithGlobals<ClearOptions>();
      const at = options.at === undefined ? null : parseTime(options.at, clock.now(), t);
      const reason = reasonOf(options, shell);
      const ask: ClearWarningAsk = { warningId, at, actor: actorOf(options.actor), reason };
      await withHub(options, shell, (hub) => hub.call('clearWarning', ask));
      if (options.json === true) return print(JSON.stringify({ warningId }));
      await print(t.warning.isCleared(warningId));
    });
}

function list(shell: Shell): Command {
  const { t, clock, print, language } = shell;
  return new Command('list')
    .summary(t.warning.list)
    .description(t.warning.list)
    .option('--all', t.warning.all)
    .option('--json', t.help.json)
    .addHelpText('after', examples(t, 'hub warning list', 'hub warning list --all --json'))
    .action(async (_, command: Command) => {
      const options = command.optsWithGlobals<ListOptions>();
      const now = clock.now();
      const listed = await withReader(options, async ({ warnings }) => {
        const { known } = await warnings.book();
        return known
          .filter(({ until }) => options.all === true || until === null || until > now)
          .map((one): ListedWarning => ({ ...one, records: recordsOf(warnings.records(), one.warningId) }))
          .sort((a, b) => a.from - b.from || (a.warningId < b.warningId ? -1 : 1));
      });
      if (options.json === true) return print(JSON.stringify(listed.map(jsonOf)));
      if (listed.length === 0) return print(t.warning.none);
      for (const line of warningList(listed, now, loadCatalogue(currentCatalogueVersion), language, t))
        await print(line);
    });
}

function mustBeKnown(what: string, given: string, known: readonly string[], { t }: Shell): void {
  if (known.includes(given)) return;
  const guess = nearest(given, known);
  const hint = guess === null ? '' : `; ${t.usage.didYouMean(guess)}`;
  const expected = t.help.oneOf(known.join(', '));
  throw new HubError('HUB_CLI_USAGE', t.usage.invalidValue(what, given, expected) + hint);
}

const recordsOf = (records: readonly Warning[], id: string): readonly Warning[] =>
  records.filter(({ warningId }) => warningId === id);

const jsonOf = ({ warningId, type, level, areas, from, until, records }: ListedWarning) => ({
  warningId,
  type,
  level,
  areas,
  from: isoTime(from),
  until: until === null ? null : isoTime(until),
  said: records.map(({ status, issuer, reference, text, issuedAt }) => ({
    status,
    issuer,
    reference,
    text,
    issuedAt: isoTime(issuedAt),
  })),
});

function reasonOf({ reason }: Said, { t }: Shell): string {
  const said = reason.trim();
  if (said === '') throw new HubError('HUB_CLI_USAGE', t.usage.reasonEmpty);
  return said;
}
