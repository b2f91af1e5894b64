import { Command, Option } from 'commander';
import { attachmentFolder, folderAttachmentStore } from '../runtime/attachment-store/folder.ts';
import { type DeadLetterHistory, matches, readDeadLetters } from '../runtime/control/dead-letters.ts';
import type { DiscardAsk } from '../runtime/control/methods.ts';
import { type RedriveAsk, type RedriveResult, rawOf } from '../runtime/control/redrive.ts';
import { HubError } from '../runtime/errors.ts';
import { topics } from '../runtime/topics.ts';
import { actorOf } from './actor.ts';
import { examples } from './examples.ts';
import { configOf, withHub, withReader } from './hub-at.ts';
import { chooseLetters, letterBy } from './reading/choose-letters.ts';
import { redriveLetters } from './redrive-letters.ts';
import type { GlobalOptions, Shell } from './shell.ts';
import { letterJson, lettersTable, letterView, redriveView } from './views/dead-letters-view.ts';

interface LetterOptions extends GlobalOptions {
  readonly source?: string;
  readonly code?: string;
  readonly stage?: string;
  readonly all?: boolean;
  readonly json?: boolean;
  readonly actor?: string;
  readonly reason?: string;
}

/** `hub dead-letters list|show|redrive|discard`. */
export function deadLetters(shell: Shell): Command {
  const { t } = shell;
  const group = new Command('dead-letters').summary(t.deadLetters.summary).description(t.deadLetters.summary);
  for (const command of [list, show, redrive, discard]) group.addCommand(command(shell));
  return group;
}

function list(shell: Shell): Command {
  const { t, print, note } = shell;
  return new Command('list')
    .summary(t.deadLetters.list)
    .description(t.deadLetters.list)
    .option('--source <SOURCE>', t.deadLetters.source)
    .option('--code <CODE>', t.deadLetters.code)
    .addOption(new Option('--stage <STAGE>', t.deadLetters.stage).choices(['normalize', 'input', 'process']))
    .addOption(new Option('--open', t.deadLetters.open).conflicts('all'))
    .option('--all', t.deadLetters.all)
    .option('--json', t.help.json)
    .addHelpText('after', examples(t, 'hub dead-letters list', 'hub dead-letters list --all --json'))
    .action(async (_, command: Command) => {
      const options = command.optsWithGlobals<LetterOptions>();
      const letters = await withReader(options, ({ log }) => readDeadLetters(log));
      const shown = letters.filter((letter) =>
        matches(letter, { ...options, openOnly: options.all !== true }),
      );
      if (options.json === true) {
        for (const letter of shown) await print(JSON.stringify(letterJson(letter)));
        return;
      }
      for (const line of lettersTable(shown, t)) await print(line);
      const open = letters.filter(({ state }) => state === 'open').length;
      note(letters.length === 0 ? t.deadLetters.none : t.deadLetters.count(open, shown.length));
    });
}

function show(shell: Shell): Command {
  const { t, language, print } = shell;
  return new Command('show')
    .summary(t.deadLetters.show)
    .description(t.deadLetters.show)
    .argument('<ID>', t.deadLetters.id)
    .addHelpText('after', examples(t, 'hub dead-letters show 1f0c7a52-03e1'))
    .action(async (id: string, _, command: Command) => {
      const options = command.optsWithGlobals<LetterOptions>();
      await withReader(options, async ({ log }) => {
        const letter = letterBy(id, await readDeadLetters(log), t);
        const [record] = await log.read(topics.deadLetters, letter.partition, letter.offset, 1);
        const attachments = folderAttachmentStore(attachmentFolder(options.data));
        const { bytes } = await rawOf(record ?? { value: null, headers: {} }, attachments);
        for (const line of letterView(letter, bytes, language)) await print(line);
      });
    });
}

function redrive(shell: Shell): Command {
  const { t, clock, print, note } = shell;
  return new Command('redrive')
    .summary(t.deadLetters.redrive)
    .description(t.deadLetters.redrive)
    .argument('[ID...]', t.deadLetters.ids)
    .option('--code <CODE>', t.deadLetters.code)
    .option('--source <SOURCE>', t.deadLetters.source)
    .option('--actor <NAME>', t.reclass.actor)
    .option('--json', t.help.json)
    .addHelpText(
      'after',
      examples(
        t,
        'hub dead-letters redrive 1f0c7a52-03e1',
        'hub dead-letters redrive --code HUB_RECORD_TOO_LARGE --config hub.yaml',
      ),
    )
    .action(async (ids: string[], _, command: Command) => {
      const options = command.optsWithGlobals<LetterOptions>();
      const letters = await withReader(options, async (reader) => {
        const open = openOnes(ids, options, await readDeadLetters(reader.log));
        const place = { data: options.data, reader, config: configOf(options, shell) };
        return redriveLetters(place, open, clock.now());
      });
      if (letters.length === 0) return note(t.deadLetters.none);
      const ask: RedriveAsk = { actor: actorOf(options.actor), reason: 'redrive', letters };
      const redriven = (hub: { call(method: string, argument: unknown): Promise<unknown> }) =>
        hub.call('redrive', ask) as Promise<readonly RedriveResult[]>;
      const results = await withHub(options, shell, redriven);
      const lines =
        options.json === true ? results.map((one) => JSON.stringify(one)) : redriveView(results, t);
      for (const line of lines) await print(line);
      if (results.some(({ outcome }) => outcome !== 'redriven')) shell.exitCode = 1;
    });

  function openOnes(
    ids: readonly string[],
    options: LetterOptions,
    all: readonly DeadLetterHistory[],
  ): readonly DeadLetterHistory[] {
    return onlyOpen(chooseLetters(ids, options, all, t), shell);
  }
}

function discard(shell: Shell): Command {
  const { t, print } = shell;
  return new Command('discard')
    .summary(t.deadLetters.discard)
    .description(t.deadLetters.discard)
    .argument('<ID...>', t.deadLetters.ids)
    .addOption(new Option('--reason <TEXT>', t.reclass.reason).makeOptionMandatory())
    .option('--actor <NAME>', t.reclass.actor)
    .addHelpText('after', examples(t, "hub dead-letters discard 1f0c7a52-03e1 --reason '测试数据'"))
    .action(async (ids: string[], _, command: Command) => {
      const options = command.optsWithGlobals<LetterOptions>();
      const reason = (options.reason ?? '').trim();
      if (reason === '') throw new HubError('HUB_CLI_USAGE', t.usage.reasonEmpty);
      const all = await withReader(options, ({ log }) => readDeadLetters(log));
      const letters = onlyOpen(chooseLetters(ids, {}, all, t), shell);
      const ask: DiscardAsk = { actor: actorOf(options.actor), reason, letters: letters.map(placeOf) };
      const discarded = await withHub(options, shell, (hub) => hub.call('discard', ask));
      await print(t.deadLetters.discarded(Number(discarded)));
    });
}

/** Those that are closed already are named and left as they are. */
function onlyOpen(
  letters: readonly DeadLetterHistory[],
  { t, note }: Pick<Shell, 't' | 'note'>,
): readonly DeadLetterHistory[] {
  for (const { id, state } of letters) {
    if (state !== 'open') note(`${id}: ${t.deadLetters.closed(t.names.letterStates[state])}`);
  }
  return letters.filter(({ state }) => state === 'open');
}

const placeOf = ({ id, partition }: DeadLetterHistory) => ({ id, partition });
