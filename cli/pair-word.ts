import { randomUUID } from 'node:crypto';
import type { PairWordAsk, PairWordResult } from '../runtime/control/pair-word.ts';
import { HubError } from '../runtime/errors.ts';
import { actorOf } from './actor.ts';
import { withHub } from './hub-at.ts';
import type { GlobalOptions, Shell } from './shell.ts';
import { pairWordView } from './views/pair-word-view.ts';

/** Options of every command by which a person says something of two items. */
export interface PairWordOptions extends GlobalOptions {
  readonly actor?: string;
  readonly reason?: string;
  readonly json?: boolean;
}

/** A reason that must say something. Throws HUB_CLI_USAGE. */
export function reasonOf({ reason = '' }: Pick<PairWordOptions, 'reason'>, { t }: Pick<Shell, 't'>): string {
  const said = reason.trim();
  if (said === '') throw new HubError('HUB_CLI_USAGE', t.usage.reasonEmpty);
  return said;
}

/** Says a person's word to the hub, waits until it is applied, and shows what came of it. */
export async function sayOfPair(
  options: PairWordOptions,
  word: Omit<PairWordAsk, 'actor' | 'commandId'>,
  shell: Shell,
): Promise<void> {
  const items = word.items.map(({ itemId, partition }) => ({ itemId, partition })) as PairWordAsk['items'];
  const ask: PairWordAsk = { ...word, items, actor: actorOf(options.actor), commandId: randomUUID() };
  const said = (hub: { call(method: string, argument: unknown): Promise<unknown> }) =>
    hub.call('pairWord', ask) as Promise<PairWordResult>;
  const result = await withHub(options, shell, said);
  if (result.outcome === 'dead') {
    throw new HubError('HUB_PROCESS_FAILED', `${result.owner.baseId}: ${result.code} ${result.reason}`);
  }
  if (options.json === true) return shell.print(JSON.stringify(result, null, 2));
  for (const line of pairWordView(result, ask, shell.t)) await shell.print(line);
}
