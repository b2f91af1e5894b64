import type { PairWordAsk, PairWordResult, PlaceInCluster } from '../../runtime/control/pair-word.ts';
import type { Messages } from '../messages/index.ts';
import { indented } from './layout.ts';

/** What came of a person's word on two items: who leads now, or why they are not together. */
export function pairWordView(
  { owner, other, after, keptApart }: PairWordResult,
  { word, assignee }: Pick<PairWordAsk, 'word' | 'assignee'>,
  t: Messages,
): string[] {
  const both = t.link.both(other.baseId, owner.baseId);
  if (after === null) return [t.reclass.waiting(both)];
  if (word === 'NONE') return [t.link.assigned(both, assignee ?? '')];
  const isTogether = after.owner.clusterId === after.other.clusterId;
  const wasTogether = owner.clusterId === other.clusterId;
  const said = {
    LINK: isTogether
      ? wasTogether
        ? t.link.wereTogether(both)
        : t.link.linked(both)
      : t.link.stillApart(both),
    UNLINK: wasTogether ? t.link.parted(both) : t.link.wereApart(both),
  };
  const places = isTogether
    ? [together(after.owner, t)]
    : [after.other, after.owner].map((one) => placeLine(one, t));
  const reasons = keptApart.map(([one, two]) => t.link.keptApart(one, two, `hub why ${two}`));
  const unexplained = word === 'LINK' && !isTogether && reasons.length === 0 ? [t.link.notCompared] : [];
  // A link by a person may part those from each other that another one has kept apart.
  const present = new Set([...after.owner.members, ...after.other.members]);
  const left = [...new Set([...owner.members, ...other.members])]
    .filter((one) => !present.has(one))
    .map((one) => t.link.left(one, `hub why ${one}`));
  return [said[word], ...indented([...places, ...left, ...reasons, ...unexplained])];
}

const together = ({ primary, clusterId, members }: PlaceInCluster, t: Messages): string =>
  t.link.leads(primary.baseId, members.length, clusterId);

function placeLine({ itemId, baseId, primary, members, clusterId }: PlaceInCluster, t: Messages): string {
  const items = members.length;
  if (items === 1) return t.link.alone(baseId);
  return primary.itemId === itemId
    ? t.link.leads(baseId, items, clusterId)
    : t.link.follows(baseId, primary.baseId, items);
}
