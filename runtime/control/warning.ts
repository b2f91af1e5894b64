import { z } from 'zod';
import type { Warning } from '../../schemas/types.ts';
import type { Clock } from '../clock.ts';
import type { Commands } from '../core/commands.ts';
import { warningIdOf } from '../core/ids.ts';
import type { Serde } from '../core/serde.ts';
import { WarningTopic } from '../core/warning-topic.ts';
import { HubError } from '../errors.ts';
import type { Log } from '../log/index.ts';

const time = z.int();
const said = {
  actor: z.string().min(1),
  reason: z.string().min(1),
};

export const setWarningAsk = z.object({
  ...said,
  /** Type and areas are the catalogue's; who asks has looked them up. */
  type: z.string().min(1),
  level: z.enum(['BLUE', 'YELLOW', 'ORANGE', 'RED']),
  areas: z.array(z.string().min(1)).min(1),
  /** ms; null: from now on. */
  from: time.nullable(),
  /** ms; null: until it is cleared. */
  until: time.nullable(),
  /** Kept by a caller that tries again: the warning is then set once. */
  commandId: z.string().min(1),
});
export type SetWarningAsk = z.infer<typeof setWarningAsk>;

export const clearWarningAsk = z.object({
  ...said,
  warningId: z.string().min(1),
  /** ms; null: now. A time before it began takes it back as if it had never been. */
  at: time.nullable(),
});
export type ClearWarningAsk = z.infer<typeof clearWarningAsk>;

export interface WarningDeps {
  readonly log: Log;
  readonly serde: Serde;
  readonly clock: Clock;
  readonly commands: Pick<Commands, 'warn'>;
}

/** Durable when it resolves; items look at it in their turn. */
export async function setWarning(
  { log, serde, clock, commands }: WarningDeps,
  ask: SetWarningAsk,
): Promise<string> {
  const { type, level, areas, until, actor, reason, commandId } = ask;
  const now = clock.now();
  const warningId = warningIdOf(commandId);
  const { known } = await new WarningTopic(log, serde).book();
  if (known.some((one) => one.warningId === warningId)) return warningId;
  await commands.warn({
    warningId,
    status: 'SET',
    type,
    level,
    areas,
    from: ask.from ?? now,
    until,
    issuedAt: now,
    issuer: actor,
    reference: null,
    text: reason,
  });
  return warningId;
}

/** Ends a warning, also one of a feed. Throws HUB_WARNING_UNKNOWN. */
export async function clearWarning(
  { log, serde, clock, commands }: WarningDeps,
  { warningId, at, actor, reason }: ClearWarningAsk,
): Promise<string> {
  const topic = new WarningTopic(log, serde);
  const { known } = await topic.book();
  const now = clock.now();
  const ends = at ?? now;
  const warning = known.find((one) => one.warningId === warningId);
  if (warning === undefined || (warning.until !== null && warning.until <= ends)) {
    const why = warning === undefined ? 'is not known' : 'is over';
    throw new HubError('HUB_WARNING_UNKNOWN', `warning ${warningId} ${why}`, { context: { warningId } });
  }
  const { type, level, areas, from } = warning;
  const issuedAt = Math.max(now, newestIssue(topic.records(), warningId));
  await commands.warn({
    warningId,
    status: 'CLEARED',
    type,
    level,
    areas,
    from,
    until: ends,
    issuedAt,
    issuer: actor,
    reference: null,
    text: reason,
  });
  return warningId;
}

/** A feed's clock may be ahead of ours: what a person clears now is cleared all the same. */
const newestIssue = (records: readonly Warning[], warningId: string): number =>
  Math.max(0, ...records.filter((one) => one.warningId === warningId).map(({ issuedAt }) => issuedAt));
