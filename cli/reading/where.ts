import jsonata from 'jsonata';
import { HubError } from '../../runtime/errors.ts';
import type { Messages } from '../messages/index.ts';

/** Tells whether a JSONata expression is true of a value; `where` names the value in a complaint. */
export type Filter = (value: unknown, where: string) => Promise<boolean>;

/**
 * Throws HUB_CLI_USAGE for what is no expression. One that fails on a value (JSONata compares no null) is not true of it; the first such is
 * told by `note`, so that a misspelt expression does not look like an empty topic.
 */
export function filterBy(
  expression: string | undefined,
  { t, note }: { readonly t: Messages; note(line: string): void },
): Filter {
  if (expression === undefined) return async () => true;
  const compiled = compile(expression, t);
  let isTold = false;
  return async (value, where) => {
    try {
      return isTrue(await compiled.evaluate(value));
    } catch (thrown) {
      if (!isTold) note(t.usage.whereFailed(where, messageOf(thrown)));
      isTold = true;
      return false;
    }
  };
}

function compile(expression: string, t: Messages): jsonata.Expression {
  try {
    return jsonata(expression);
  } catch (thrown) {
    throw new HubError('HUB_CLI_USAGE', t.usage.notJsonata(expression, messageOf(thrown)));
  }
}

/** JSONata throws plain objects with a message. */
const messageOf = (thrown: unknown): string => {
  const { message } = thrown as { message?: unknown };
  return typeof message === 'string' ? message : String(thrown);
};

/** As JSONata's own $boolean: empty is false, a list is true when one of its members is. */
function isTrue(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(isTrue);
  if (typeof value === 'object' && value !== null) return Object.keys(value).length > 0;
  return Boolean(value);
}
