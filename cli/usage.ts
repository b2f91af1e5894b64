import { CommanderError } from 'commander';
import { HubError } from '../runtime/errors.ts';
import type { Messages } from './messages/index.ts';

/**
 * What the parser has to say about a command line, in our words and under our code. Null when it only has shown help or the
 * version that was asked for.
 */
export function usageError(thrown: unknown, t: Messages): HubError | null {
  if (!(thrown instanceof CommanderError)) return null;
  if (thrown.exitCode === 0) return null;
  const guess = /Did you mean (?:one of )?(.+)\?/.exec(thrown.message)?.[1];
  const hint = guess === undefined ? '' : `; ${t.usage.didYouMean(guess)}`;
  return new HubError('HUB_CLI_USAGE', said(thrown, t) + hint);
}

function said({ code, message }: CommanderError, { usage, help }: Messages): string {
  const [first = '', second = ''] = [...message.matchAll(/'([^']*)'/g)].map(([, quoted]) => quoted ?? '');
  switch (code) {
    case 'commander.help':
      return usage.noCommand;
    case 'commander.unknownCommand':
      return usage.unknownCommand(first);
    case 'commander.unknownOption':
      return usage.unknownOption(first);
    case 'commander.missingArgument':
      return usage.missingArgument(first);
    case 'commander.optionMissingArgument':
      return usage.optionWithoutValue(first);
    case 'commander.missingMandatoryOptionValue':
      return usage.missingOption(first);
    case 'commander.excessArguments':
      return usage.tooManyArguments(first);
    case 'commander.invalidArgument': {
      const choices = /Allowed choices are (.+)\.$/.exec(message)?.[1];
      // What an option's own reader has to say comes after `is invalid. `.
      const allowed =
        choices === undefined ? (message.split(' is invalid. ')[1] ?? message) : help.oneOf(choices);
      // Of an option the name comes first, of an argument the value.
      const isOption = message.includes('option ');
      return isOption
        ? usage.invalidValue(first, second, allowed)
        : usage.invalidValue(second, first, allowed);
    }
    default:
      return message;
  }
}
