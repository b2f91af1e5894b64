import { type Argument, Command, Option } from 'commander';
import { ack } from './ack.ts';
import { backfill } from './backfill.ts';
import { backup } from './backup.ts';
import { connector } from './connector.ts';
import { deadLetters } from './dead-letters.ts';
import { languages } from './language.ts';
import { link, unlink } from './link.ts';
import { rebuildIndex } from './rebuild-index.ts';
import { reclass } from './reclass.ts';
import { restore } from './restore.ts';
import { review } from './review.ts';
import type { Shell } from './shell.ts';
import { status } from './status.ts';
import { tap } from './tap.ts';
import { topics } from './topics.ts';
import { trace } from './trace.ts';
import { up } from './up.ts';
import { versionOfPackage } from './version.ts';
import { widthOf } from './views/layout.ts';
import { warning } from './warning.ts';
import { why } from './why.ts';
import { work } from './work.ts';

/** The whole command line. Parsing throws CommanderErrors (see usage.ts) and what the commands throw. */
export function program(shell: Shell): Command {
  const { help } = shell.t;
  const hub = new Command('hub')
    .description(help.summary)
    .version(versionOfPackage(), '-V, --version', help.version)
    .addOption(new Option('--data <DIR>', help.data).default('./data'))
    .addOption(new Option('--config <FILE>', help.config))
    .addOption(new Option('--lang <LANGUAGE>', help.lang).choices(languages))
    .helpCommand('help [COMMAND]', help.helpCommand)
    .addHelpText('after', `\n${help.footer}`);
  const commands = [
    up,
    work,
    connector,
    backfill,
    tap,
    trace,
    why,
    status,
    reclass,
    link,
    unlink,
    review,
    warning,
    deadLetters,
    ack,
    backup,
    restore,
    topics,
    rebuildIndex,
  ];
  for (const command of commands) hub.addCommand(command(shell));
  for (const command of allOf(hub)) speak(command, shell);
  return hub;
}

const allOf = (command: Command): readonly Command[] => [command, ...command.commands.flatMap(allOf)];

/** What a command does not inherit from the one above it when it is added ready-made. */
function speak(command: Command, { t: { help } }: Shell): void {
  const titles: Readonly<Record<string, string>> = {
    'Usage:': help.usage,
    'Arguments:': help.arguments,
    'Options:': help.options,
    'Global Options:': help.globalOptions,
    'Commands:': help.commands,
  };
  command
    .exitOverride()
    .helpOption('-h, --help', help.help)
    .configureHelp({
      showGlobalOptions: true,
      displayWidth: widthOf,
      styleTitle: (title) => titles[title] ?? title,
      optionDescription: (option) => described(option),
      argumentDescription: (argument) => described(argument),
    })
    // The complaint itself is printed by main, with code and next step.
    .configureOutput({ outputError: () => {} });
  if (command.commands.length > 0 && command.parent !== null) {
    command.helpCommand('help [COMMAND]', help.helpCommand);
  }

  function described({ description, defaultValue, argChoices }: Option | Argument): string {
    const said = [
      argChoices === undefined ? '' : `${help.choices}: ${argChoices.join(', ')}`,
      defaultValue === undefined || typeof defaultValue === 'boolean'
        ? ''
        : `${help.default}: ${defaultValue}`,
    ].filter((part) => part !== '');
    return said.length === 0 ? description : `${description} (${said.join('; ')})`;
  }
}
