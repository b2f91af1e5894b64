import type { Item } from '../../schemas/types.ts';
import type { Catalogue, Organisation } from '../catalogue/index.ts';

/** An organisation's people, right after its name: then they are the subject, not its duty. */
const itsPeople =
  /^(?:的)?(?:某)?(?:工作人员|干部|领导|负责人|执法人员|执法队员|民警|辅警|书记|主任|局长|所长|队长|镇长|科长|窗口)/;
const accused = /(?:举报|投诉|检举|控告)区?$/;

/**
 * Is the matter about this organisation itself? Its name (or an alias, or its town's name) as the subject, or in the text
 * with its people after it or with 举报, 投诉, 检举, 控告 before it. Asked only of confidential items: a complaint that merely
 * says "I have called the police" must still reach the police.
 */
export function isAbout(item: Item, organisation: Organisation, catalogue: Catalogue): boolean {
  const names = namesOf(organisation, catalogue);
  const subject = item.subject?.kind === 'ORG' ? `${item.subject.name ?? ''} ${item.subject.ref ?? ''}` : '';
  if (names.some((name) => subject.includes(name))) return true;
  const text = `${item.title}\n${item.body}`;
  return names.some((name) => {
    const around = text.split(name);
    return (
      around.slice(1).some((after) => itsPeople.test(after)) ||
      around.slice(0, -1).some((before) => accused.test(before))
    );
  });
}

function namesOf({ id, zh, townCode }: Organisation, catalogue: Catalogue): readonly string[] {
  const own = zh.replace(/（.*）$/, '');
  const aliases = Object.entries(catalogue.aliases.organisations).flatMap(([name, of]) =>
    of === id ? [name] : [],
  );
  const towns = townCode === null ? [] : (catalogue.aliases.towns[townCode] ?? []);
  return [id, own, ...aliases, ...towns];
}
