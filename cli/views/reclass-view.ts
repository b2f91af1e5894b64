import type { ReclassResult } from '../../runtime/control/reclass.ts';
import type { Messages } from '../messages/index.ts';
import { indented, labelled } from './layout.ts';

/** What came of a person's decision: class, revision and lead before and after. */
export function reclassView(
  baseId: string,
  { outcome, before, after }: ReclassResult,
  t: Messages,
): string[] {
  if (outcome === 'waiting') return [t.reclass.waiting(baseId)];
  const change = (from: string | number, to: string | number) => (from === to ? `${to}` : `${from} → ${to}`);
  const isUnchanged = before.revision === after.revision && before.itemClass === after.itemClass;
  return [
    isUnchanged ? t.reclass.unchanged(baseId) : t.reclass.applied(baseId),
    ...indented(
      labelled([
        [t.reclass.class_, change(before.itemClass, after.itemClass)],
        [t.reclass.revision, change(before.revision, after.revision)],
        [t.reclass.lead, change(before.leadDepartment, after.leadDepartment)],
      ]),
    ),
  ];
}
