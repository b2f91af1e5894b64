import { defineProcessor, drop, next } from '../../runtime/index.ts';
import { judgeIdentity } from './judge.ts';

export { chooseGeneration, type IdentityVerdict, judgeIdentity } from './judge.ts';

/**
 * Absorbs what the hub knows already (REDELIVERY, STALE) and says what a record changes. A re-evaluation (a person's
 * word, changed facts) passes: it carries no new record.
 */
export const identity = defineProcessor({
  name: 'identity',
  version: '1',
  summary: 'Tells new records, corrections and changes of status from repeats and stale copies.',
  process(draft, { state }) {
    if (draft.change === 'REEVALUATION') return next(draft);
    const verdict = judgeIdentity(state, draft.record);
    switch (verdict) {
      case 'STALE':
      case 'REDELIVERY':
        return drop(verdict);
      case 'ID_REUSED':
        // chooseGeneration gives another matter a state of its own, so this state is not the one it has chosen.
        throw new Error(`generation ${draft.generation} was handed the state of another matter`);
      default:
        return next({ ...draft, change: verdict });
    }
  },
});
