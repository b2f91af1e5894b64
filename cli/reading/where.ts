import jsonata from 'jsonata';
import { HubError } from '../../runtime/errors.ts';
import type { Messages } from '../messages/index.ts';

/** Tells whether a JSONata expression is true of a value; `where` names the value in a complaint. */
export type Filter = (value: unknown, where: string) => Promise<boolean>;

/** Throws HUB_CLI_USAGE for what is no expression, and later for one that fails on a value. */
export function filterBy(expression: string | undefined, t: Messages): Filter {
  if (expression === undefined) return async () => true;
  const compiled = compile(expression, t);
  return async (value, where) => {
    try {
      return isTrue(await compiled.evaluate(value));
    } catch (thrown) {
      throw new HubError('HUB_CLI_USAGE', t.usage.whereFailed(where, messageOf(thrown)));
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
