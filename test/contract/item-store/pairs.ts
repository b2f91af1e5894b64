import { describe, expect, test } from '@jest/globals';
import { exampleItem } from '../../../schemas/examples.ts';
import { a, b, c, type OpenItemStore, useStore, uuid } from './fixture.ts';

const system = exampleItem.source.system;
const present = uuid(9);

export function pairContract(open: OpenItemStore): void {
  describe('pairs', () => {
    const surroundings = useStore(open);

    test('are held with the last verdict, and what each item is at present', async () => {
      const { publish, pair, project, store } = surroundings();
      await publish(a, a, { status: 'CLOSED' });
      await publish(b, present);
      await pair(b, a, {});
      await pair(b, a, { outcome: 'MADE' });
      await project();
      const found = await store.pairsOf(a);
      expect(found).toEqual([
        {
          outcome: 'MADE',
          word: 'NONE',
          owner: {
            itemId: b,
            baseId: `${system}:R2`,
            partition: 2,
            clusterId: present,
            status: exampleItem.status,
          },
          other: { itemId: a, baseId: `${system}:R1`, partition: 1, clusterId: a, status: 'CLOSED' },
        },
      ]);
      expect(await store.pairsOf(b)).toEqual(found);
      expect(await store.pairsOf(c)).toEqual([]);
      expect(await store.suggestedPairs()).toEqual([]);
    });

    test('wait for a person while they are suggested and nobody has said a word', async () => {
      const { publish, pair, project, store } = surroundings();
      for (const itemId of [a, b, c]) await publish(itemId, itemId);
      await pair(c, a, {});
      await pair(b, a, {});
      await pair(c, b, { word: 'LINK' });
      await project();
      const waiting = async () =>
        (await store.suggestedPairs()).map(({ owner, other }) => `${owner.itemId[0]}${other.itemId[0]}`);
      expect(await waiting()).toEqual(['21', '31']);
      await pair(b, a, { word: 'UNLINK' });
      await project();
      expect(await waiting()).toEqual(['31']);
    });

    test('tell which clusters a person keeps apart, each two once, and are gone when they are taken back', async () => {
      const { publish, pair, project, store } = surroundings();
      await publish(a, a);
      await publish(b, present);
      await publish(c, present);
      await pair(b, a, { word: 'UNLINK' });
      await pair(c, a, { word: 'UNLINK' });
      await project();
      expect(await store.unlinkedClusters()).toEqual([[present, a]]);
      await pair(b, a, null);
      await project();
      expect(await store.unlinkedClusters()).toEqual([[present, a]]);
      await pair(c, a, null);
      await project();
      expect(await store.unlinkedClusters()).toEqual([]);
      expect(await store.pairsOf(a)).toEqual([]);
    });

    test('of an item that is not known yet come to light with it', async () => {
      const { publish, pair, project, store } = surroundings();
      await publish(b, b);
      await pair(b, a, {});
      await project();
      expect(await store.pairsOf(b)).toEqual([]);
      await publish(a, a);
      await project();
      expect(await store.pairsOf(b)).toHaveLength(1);
    });
  });
}
