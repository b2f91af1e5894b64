import { describe, expect, test } from '@jest/globals';
import { clusterIdOf } from '../../../runtime/core/ids.ts';
import type { ItemQuery } from '../../../runtime/item-store/index.ts';
import { topics } from '../../../runtime/topics.ts';
import { exampleItem } from '../../../schemas/examples.ts';
import type { Item } from '../../../schemas/types.ts';
import { a, b, c, idsOf, type OpenItemStore, type Surroundings, useStore, uuid } from './fixture.ts';

const [old, present] = [uuid(8), uuid(9)];
const system = exampleItem.source.system;
const routed = (leadDepartment: string) => ({ route: { ...exampleItem.route, leadDepartment } });
const classed = (itemClass: Item['classification']['itemClass']) => ({
  classification: { ...exampleItem.classification, itemClass },
});
const categorised = (code: string) => ({ category: { ...exampleItem.category, code } });

export function findingContract(open: OpenItemStore): void {
  describe('finding items', () => {
    const surroundings = useStore(open);

    test('by item id, the beginning of one, source:recordId and the bare record number, in whatever case', async () => {
      const { publish, project, store } = surroundings();
      await publish(a, a);
      await publish(b, b);
      await project();
      for (const asked of [a, a.toUpperCase(), a.slice(0, 8), `${system}:R1`, 'R1'])
        expect({ asked, found: idsOf(await store.find(asked)) }).toEqual({ asked, found: [a] });
      const [found] = await store.find(a);
      expect(found).toMatchObject({ itemId: a, baseId: `${system}:R1`, partition: 1 });
      expect(found!.item).toEqual({ ...exampleItem, ...found!.item });
      for (const asked of [uuid(7), 'R7', 'elsewhere:R1', '', "R1' OR '1'='1", '10000000%', '1000000'])
        expect({ asked, found: await store.find(asked) }).toEqual({ asked, found: [] });
    });

    test('gives all that answer to a number, the newest report first', async () => {
      const { publish, project, store } = surroundings();
      const numbered = { source: { ...exampleItem.source, recordId: 'R9' } };
      await publish(a, a, { ...numbered, reportedAt: 1_000 });
      await publish(b, b, { ...numbered, reportedAt: 3_000 });
      await publish(c, c, { ...numbered, reportedAt: 2_000 });
      await project();
      expect((await store.find('R9')).map(({ itemId }) => itemId)).toEqual([b, c, a]);
      expect(await store.find(`${system}:R9`)).toHaveLength(3);
    });

    test('by each cluster id that they ever had, also those between two looks', async () => {
      const { publish, project, store } = surroundings();
      const alone = clusterIdOf(b);
      const follows = (primaryItemId: string) => ({ primaryItemId });
      await publish(a, old);
      await publish(b, alone);
      await publish(b, old, follows(a));
      await publish(b, present, follows(c));
      await publish(c, present);
      await project();
      expect(idsOf(await store.ofCluster(old))).toEqual([a, b]);
      expect(idsOf(await store.ofCluster(present))).toEqual([b, c]);
      expect(idsOf(await store.find(alone))).toEqual([b]);
      expect(idsOf(await store.find(clusterIdOf(c)))).toEqual([c]);
      expect(idsOf(await store.find(old.toUpperCase()))).toEqual([a, b]);
      expect(idsOf(await store.find(a))).toEqual([a]);
      expect(await store.find(uuid(7))).toEqual([]);
    });

    test('that were always alone by the cluster id that they have', async () => {
      const { publish, project, store } = surroundings();
      await publish(a, clusterIdOf(a));
      await project();
      expect(idsOf(await store.find(clusterIdOf(a)))).toEqual([a]);
      expect(await store.ofCluster(clusterIdOf(a))).toEqual([]);
    });

    test('as their newest revision has them', async () => {
      const { publish, project, store } = surroundings();
      await publish(a, a, { status: 'SUBMITTED', revision: 1, ...categorised('URB.ONE'), title: 'one' });
      await project();
      await publish(a, a, { status: 'SIGNED', revision: 2, ...categorised('URB.TWO'), title: 'two' });
      await publish(a, a, { status: 'CLOSED', revision: 3, ...categorised('URB.TWO'), title: 'three' });
      await project();
      expect((await store.find(a))[0]!.item).toMatchObject({ revision: 3, status: 'CLOSED', title: 'three' });
      expect(idsOf(await store.search({ status: 'CLOSED', category: 'URB.TWO', text: 'three' }))).toEqual([
        a,
      ]);
      for (const gone of [{ status: 'SUBMITTED' }, { category: 'URB.ONE' }, { text: 'two' }])
        expect(await store.search(gone)).toEqual([]);
    });
  });

  describe('searching', () => {
    const surroundings = useStore(open);
    const found = async (query: ItemQuery) => idsOf(await surroundings().store.search(query));

    async function three({ publish, project }: Surroundings): Promise<void> {
      const other = { source: { ...exampleItem.source, system: 'grid-safety' } };
      await publish(a, a, { ...classed('MAJOR'), ...routed('court'), status: 'SIGNED', reportedAt: 1_000 });
      await publish(b, b, { ...classed('ORDINARY'), ...routed('court'), ...other, reportedAt: 2_000 });
      await publish(c, c, { ...classed('MAJOR'), ...routed('health'), ...other, reportedAt: 3_000 });
      await project();
    }

    test('meets every criterion given; times are half-open', async () => {
      await three(surroundings());
      expect(await found({})).toEqual([a, b, c]);
      expect(await found({ itemClass: 'MAJOR' })).toEqual([a, c]);
      expect(await found({ lead: 'court' })).toEqual([a, b]);
      expect(await found({ source: 'grid-safety' })).toEqual([b, c]);
      expect(await found({ itemClass: 'MAJOR', lead: 'court', status: 'SIGNED' })).toEqual([a]);
      expect(await found({ reportedFrom: 1_000, reportedTo: 3_000 })).toEqual([a, b]);
      expect(await found({ reportedFrom: 3_001 })).toEqual([]);
    });

    test('gives the newest reports first, those of one time in the order of their ids, and no more than asked for', async () => {
      const { publish, project, store } = surroundings();
      const digits = [4, 2, 6, 1, 5, 3];
      for (const digit of digits) await publish(uuid(digit), uuid(digit), { reportedAt: 1_000 });
      await publish(uuid(7), uuid(7), { reportedAt: 2_000 });
      await project();
      const order = async (limit: number) => (await store.search({ limit })).map(({ itemId }) => itemId[0]);
      expect(await order(1_000)).toEqual(['7', '1', '2', '3', '4', '5', '6']);
      expect(await order(3)).toEqual(['7', '1', '2']);
    });

    test('looks for a text letter by letter: no pattern, no other case, no other form of a letter', async () => {
      const { publish, project } = surroundings();
      await publish(a, a, { title: '海印路 50% 的路灯_不亮 (Straße) 🚧' });
      await publish(b, b, { title: 'Cafe\u0301 noise\\ near O\u2019Hara\u0000 gate' });
      await project();
      for (const text of ['路灯', '50% 的', '灯_不', 'Straße', '🚧', ''])
        expect({ text, found: await found({ text }) }).toEqual({ text, found: text === '' ? [a, b] : [a] });
      for (const text of ['e\u0301 noise\\', 'O\u2019H', '\u0000 gate', 'Hara\u0000'])
        expect({ text, found: await found({ text }) }).toEqual({ text, found: [b] });
      for (const text of ['50%的', '%', '灯%亮', 'strasse', 'straße', 'Café', 'noise near', "O'Hara", 'x'])
        expect({ text, found: await found({ text }) }).toEqual({ text, found: text === '%' ? [a] : [] });
    });

    test('counts by class, status and who leads; a member that follows another item burdens nobody', async () => {
      const { publish, project, store } = surroundings();
      await publish(a, a, { ...routed('court'), ...classed('MAJOR'), status: 'SUBMITTED' });
      await publish(b, b, { ...routed('health'), status: 'DISPATCHED' });
      await publish(c, a, { ...routed('court'), status: 'LINKED' });
      await project();
      const { total, byClass, byStatus, byLead, unsignedMajor } = await store.counts();
      expect({ total, byStatus, byLead, unsignedMajor }).toEqual({
        total: 3,
        byStatus: { SUBMITTED: 1, DISPATCHED: 1, LINKED: 1 },
        byLead: { court: 1, health: 1 },
        unsignedMajor: 1,
      });
      expect(byClass.MAJOR).toBe(1);
    });
  });

  describe('looking through categories', () => {
    const surroundings = useStore(open);
    const query = { categories: ['SEA.LOST', 'SEA.FIRE'], reportedFrom: 1_000, reportedTo: 2_000 };
    const end = (partition: number, next: number) => ({ topic: topics.items, partition, next });

    test('goes page by page in the order of ids, within the times', async () => {
      const { publish, project, store } = surroundings();
      for (const digit of [5, 3, 1, 4, 2])
        await publish(uuid(digit), uuid(digit), { ...categorised('SEA.LOST'), reportedAt: 1_000 });
      await publish(uuid(6), uuid(6), { ...categorised('SEA.FIRE'), reportedAt: 1_999 });
      await publish(uuid(7), uuid(7), { ...categorised('SEA.LOST'), reportedAt: 2_000 });
      await publish(uuid(8), uuid(8), { ...categorised('URB.LAMP'), reportedAt: 1_000 });
      await project();
      const pages: string[][] = [];
      for (let after = ''; ; ) {
        const page = await store.inCategories(query, after, 2, [end(1, 2), end(2, 2)]);
        if (page!.length > 0) pages.push(page!.map(({ itemId }) => itemId[0]!));
        if (page!.length < 2) break;
        after = page!.at(-1)!.itemId;
      }
      expect(pages).toEqual([
        ['1', '2'],
        ['3', '4'],
        ['5', '6'],
      ]);
    });

    test('tells nothing that is wanted of the log and not taken in apart from nothing that is found', async () => {
      const { publish, project, store, writer } = surroundings();
      expect(await store.inCategories(query, '', 10, [])).toEqual([]);
      expect(await store.inCategories(query, '', 10, [end(1, 1)])).toBeNull();
      await publish(a, a, { ...categorised('SEA.LOST'), reportedAt: 1_000 });
      await project();
      expect(await store.inCategories(query, '', 10, [end(1, 1)])).toHaveLength(1);
      expect(await store.inCategories(query, a, 10, [end(1, 1)])).toEqual([]);
      expect(await store.inCategories(query, '', 10, [end(1, 2)])).toBeNull();
      expect(await store.inCategories(query, '', 10, [end(1, 1), end(2, 1)])).toBeNull();
      await writer.reset();
      expect(await store.inCategories(query, '', 10, [end(1, 1)])).toBeNull();
    });
  });

  describe('the events of an item', () => {
    const surroundings = useStore(open);

    test('come in the order of their numbers, each once, and none of an unknown item', async () => {
      const { event, project, store } = surroundings();
      for (const seq of [2, 1, 3, 2]) await event(a, seq);
      await event(b, 1);
      await project();
      expect((await store.events(a)).map(({ seq }) => seq)).toEqual([1, 2, 3]);
      expect((await store.events(a)).every(({ itemId }) => itemId === a)).toBe(true);
      expect(await store.events(c)).toEqual([]);
    });
  });
}
