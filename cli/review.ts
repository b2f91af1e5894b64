import { Command, InvalidArgumentError, Option } from 'commander';
import { reviewDueAt, reviewOwner } from '../processors/deadlines/index.ts';
import { readReview, type Suggestion } from '../runtime/control/review.ts';
import { HubError } from '../runtime/errors.ts';
import { examples } from './examples.ts';
import { noteIfBehind, withReader } from './hub-at.ts';
import { type PairWordOptions, reasonOf, sayOfPair } from './pair-word.ts';
import type { HubReader } from './reader.ts';
import type { GlobalOptions, Shell } from './shell.ts';
import { type ShownSuggestion, suggestionJson, suggestionView } from './views/review-view.ts';

interface ListOptions extends GlobalOptions {
  readonly mine?: string;
  readonly overdue?: boolean;
  readonly limit: number;
  readonly json?: boolean;
}

/** `hub review list|accept|reject|assign`: the links that the hub only suggests. */
export function review(shell: Shell): Command {
  const { t } = shell;
  const group = new Command('review').summary(t.review.summary).description(t.review.summary);
  const commands = [
    list(shell),
    answer('accept', 'LINK', shell),
    answer('reject', 'UNLINK', shell),
    assign(shell),
  ];
  for (const command of commands) group.addCommand(command);
  return group;
}

const queueOf = ({ log, serde, store }: HubReader, { clock }: Shell): Promise<readonly Suggestion[]> =>
  readReview({ log, serde, store, dueOf: reviewDueAt, now: clock.now() });

function list(shell: Shell): Command {
  const { t, language, print, note } = shell;
  return new Command('list')
    .summary(t.review.list)
    .description(t.review.list)
    .option('--mine <NAME>', t.review.mine(reviewOwner))
    .option('--overdue', t.review.onlyOverdue)
    .addOption(new Option('--limit <NUMBER>', t.review.limit).default(50).argParser(atLeastOne))
    .option('--json', t.help.json)
    .addHelpText('after', examples(t, 'hub review list', 'hub review list --mine 王科 --overdue'))
    .action(async (_, command: Command) => {
      const options = command.optsWithGlobals<ListOptions>();
      await withReader(options, async (reader) => {
        await noteIfBehind(reader, shell);
        const queue = await queueOf(reader, shell);
        const chosen = queue.filter(
          ({ assignee, isOverdue }) =>
            (options.mine === undefined || (assignee ?? reviewOwner) === options.mine) &&
            (options.overdue !== true || isOverdue),
        );
        const shown = chosen.slice(0, options.limit);
        for (const suggestion of shown) {
          const told = await withItems(suggestion, reader);
          if (options.json === true) await print(JSON.stringify(suggestionJson(told)));
          else for (const line of suggestionView(told, language)) await print(line);
        }
        if (options.json === true) return;
        const overdue = queue.filter(({ isOverdue }) => isOverdue).length;
        note(queue.length === 0 ? t.review.none : t.review.count(shown.length, queue.length, overdue));
      });
    });

  function atLeastOne(text: string): number {
    const number = Number(text);
    if (Number.isInteger(number) && number >= 1) return number;
    throw new InvalidArgumentError(t.usage.wholeNumber);
  }
}

async function withItems(suggestion: Suggestion, { store }: HubReader): Promise<ShownSuggestion> {
  const [owner] = await store.find(suggestion.owner.itemId);
  const [other] = await store.find(suggestion.other.itemId);
  return { suggestion, assignee: suggestion.assignee ?? reviewOwner, owner: owner!.item, other: other!.item };
}

function answer(name: 'accept' | 'reject', word: 'LINK' | 'UNLINK', shell: Shell): Command {
  const { t } = shell;
  return new Command(name)
    .summary(t.review[name])
    .description(t.review[name])
    .argument('<ID>', t.review.id)
    .addOption(new Option('--reason <TEXT>', t.reclass.reason).makeOptionMandatory())
    .option('--actor <NAME>', t.reclass.actor)
    .option('--json', t.help.json)
    .addHelpText('after', examples(t, `hub review ${name} 3f2a81c0 --reason '${t.review.example[name]}'`))
    .action(async (id: string, _, command: Command) => {
      const options = command.optsWithGlobals<PairWordOptions>();
      const reason = reasonOf(options, shell);
      const { owner, other } = await suggestionBy(id, options, shell);
      const said = { word, assignee: null, reason, onlyWaiting: true };
      await sayOfPair(options, { items: [owner, other], ...said }, shell);
    });
}

function assign(shell: Shell): Command {
  const { t } = shell;
  return new Command('assign')
    .summary(t.review.assign)
    .description(t.review.assign)
    .argument('<ID>', t.review.id)
    .argument('<NAME>', t.review.name)
    .option('--reason <TEXT>', t.reclass.reason)
    .option('--actor <NAME>', t.reclass.actor)
    .option('--json', t.help.json)
    .addHelpText('after', examples(t, 'hub review assign 3f2a81c0 王科'))
    .action(async (id: string, name: string, _, command: Command) => {
      const options = command.optsWithGlobals<PairWordOptions>();
      const assignee = name.trim();
      if (assignee === '') throw new HubError('HUB_CLI_USAGE', t.review.nameEmpty);
      const { owner, other } = await suggestionBy(id, options, shell);
      const said = {
        word: 'NONE',
        assignee,
        reason: options.reason?.trim() ?? '',
        onlyWaiting: true,
      } as const;
      await sayOfPair(options, { items: [owner, other], ...said }, shell);
    });
}

/** The suggestion of this id, or the only one whose id, or that of a pair told with it, begins so. Throws HUB_REVIEW_UNKNOWN. */
async function suggestionBy(asked: string, options: GlobalOptions, shell: Shell): Promise<Suggestion> {
  const { t } = shell;
  return withReader(options, async (reader) => {
    await noteIfBehind(reader, shell);
    const prefix = asked.toLowerCase();
    const found = (await queueOf(reader, shell)).filter(
      ({ id, also }) => prefix !== '' && [id, ...also].some((one) => one.startsWith(prefix)),
    );
    const [first, ...others] = found;
    if (first !== undefined && others.length === 0) return first;
    const ids = found.map(({ id }) => id).join(', ');
    const message = first === undefined ? t.review.unknown(asked) : t.review.several(asked, ids);
    throw new HubError('HUB_REVIEW_UNKNOWN', message, { context: { asked } });
  });
}
