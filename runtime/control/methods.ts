import { z } from 'zod';
import type { Serde } from '../core/serde.ts';
import { HubError } from '../errors.ts';
import type { Methods } from '../threads/rpc.ts';
import { type PairWordResult, pairWord, pairWordAsk } from './pair-word.ts';
import { type ReclassResult, reclass, reclassAsk } from './reclass.ts';
import { type RedriveDeps, type RedriveResult, redrive, redriveAsk } from './redrive.ts';
import { clearWarning, clearWarningAsk, setWarning, setWarningAsk } from './warning.ts';

const discardAsk = z.object({
  actor: z.string().min(1),
  reason: z.string().min(1),
  letters: z.array(z.object({ id: z.string(), partition: z.int().min(0) })),
});
export type DiscardAsk = z.infer<typeof discardAsk>;

export interface ControlDeps extends RedriveDeps {
  readonly serde: Serde;
}

/** What people may do to a hub, for the writer's `admin`. The item writer must be running meanwhile. */
export interface ControlMethods extends Methods {
  reclass(ask: unknown): Promise<ReclassResult>;
  pairWord(ask: unknown): Promise<PairWordResult>;
  /** The warning's id. */
  setWarning(ask: unknown): Promise<string>;
  clearWarning(ask: unknown): Promise<string>;
  redrive(ask: unknown): Promise<readonly RedriveResult[]>;
  /** How many were discarded. */
  discard(ask: unknown): Promise<number>;
}

/** Arguments come from another process: each is checked, HUB_CONTROL_REFUSED says what does not fit. */
export function controlMethods(deps: ControlDeps): ControlMethods {
  return {
    reclass: async (ask) => reclass(deps, checked(reclassAsk, ask)),
    pairWord: async (ask) => pairWord(deps, checked(pairWordAsk, ask)),
    setWarning: async (ask) => setWarning(deps, checked(setWarningAsk, ask)),
    clearWarning: async (ask) => clearWarning(deps, checked(clearWarningAsk, ask)),
    redrive: async (ask) => redrive(deps, checked(redriveAsk, ask)),
    discard: async (ask) => {
      const { actor, reason, letters } = checked(discardAsk, ask);
      for (const { id, partition } of letters) {
        await deps.commands.resolve(id, partition, 'discarded', actor, reason);
      }
      return letters.length;
    },
  };
}

function checked<T>(schema: z.ZodType<T>, ask: unknown): T {
  const { success, data, error } = schema.safeParse(ask);
  if (success) return data;
  const problems = error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  throw new HubError('HUB_CONTROL_REFUSED', `the request does not fit: ${problems.join('; ')}`);
}
