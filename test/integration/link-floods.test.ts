import { describe, expect, test } from '@jest/globals';
import { topics } from '../../runtime/topics.ts';
import type { Item, SourceRecord } from '../../schemas/types.ts';
import { morning, sourceRecord } from '../support/records.ts';
import { openSmallHub } from '../support/small-hub.ts';

/** What must stay bounded when many records look alike (design.md §4 point 7). */

const k = 32;
const reporter = (ref: string | null) => ({ ...sourceRecord().reporter, ref, name: null, phone: null });

interface Tide {
  readonly revisions: number;
  /** Members of the largest cluster. */
  readonly largest: number;
}

/** Hands the records in by fifties as they come in such a minute, to two workers, and looks at what has come of them. */
async function pour(records: readonly Partial<SourceRecord>[]): Promise<Tide> {
  const hub = await openSmallHub({ workers: 2, k });
  try {
    for (let from = 0; from < records.length; from += 50) {
      await hub.accept(...records.slice(from, from + 50));
      await hub.settle();
    }
    const items = await hub.items(topics.items);
    const last = new Map<string, Item>(items.map((item) => [item.itemId, item]));
    expect(last.size).toBe(records.length);
    const sizes = new Map<string, number>();
    for (const { clusterId } of last.values()) sizes.set(clusterId, (sizes.get(clusterId) ?? 0) + 1);
    return { revisions: items.length, largest: Math.max(...sizes.values()) };
  } finally {
    await hub.close();
  }
}

const many = (count: number, tell: (number: number) => Partial<SourceRecord>) =>
  Array.from({ length: count }, (_, number) => ({
    recordId: `F${number}`,
    // A thousand in a minute.
    reportedAt: morning + number * 60,
    ingestedAt: morning + 60_000,
    ...tell(number),
  }));

test('a thousand template texts of one claimant against different firms make no cluster', async () => {
  const { revisions, largest } = await pour(
    many(1000, (number) => ({
      title: '食品标签不合格',
      body: '本人在该店购买的商品外包装上没有标注生产日期和保质期,违反食品安全法的规定,要求退一赔十并依法查处',
      place: { ...sourceRecord().place, address: `滨港路${number}号`, lon: null, lat: null },
      subject: {
        kind: 'ORG',
        name: `第${number}海鲜排档`,
        ref: `91330903MA${String(number).padStart(8, '0')}`,
      },
      reporter: reporter('hk1:claimant'),
    })),
  );
  expect(largest).toBe(1);
  expect(revisions).toBe(1000);
}, 600_000);

test('a thousand times the same words about one place: clusters that the index bounds, revisions in proportion', async () => {
  const outage = (number: number) => ({
    title: '海印路整条街停电',
    body: '海印路菜场一带从今天早上开始整条街停电,家里冰箱里的东西都要坏了,什么时候能来电,请尽快派人抢修',
    reporter: reporter(`hk1:${number}`),
  });
  const few = await pour(many(250, outage));
  const all = await pour(many(1000, outage));
  for (const { largest } of [few, all]) {
    expect(largest).toBeGreaterThanOrEqual(10);
    expect(largest).toBeLessThanOrEqual(k + 1);
  }
  expect(all.revisions / few.revisions).toBeLessThan(4 * 1.25);
}, 600_000);

describe('three hundred', () => {
  test('calls of one person about other things each time stay apart', async () => {
    const things = [
      '路灯不亮',
      '井盖破了',
      '公交车晚点',
      '楼上漏水',
      '社保怎么转',
      '狗叫扰民',
      '停车位被占',
      '学校放学拥堵',
    ];
    const { largest } = await pour(
      many(300, (number) => ({
        title: `${things[number % things.length]}`,
        body: `${things[number % things.length]},在第${number}号地点,请处理`,
        place: {
          ...sourceRecord().place,
          address: `东港街道第${number}号路`,
          lon: 122.2 + number / 200,
          lat: 29.9,
        },
        reporter: reporter('hk1:caller'),
      })),
    );
    expect(largest).toBeLessThanOrEqual(3);
  }, 600_000);

  test('texts of which each is like the last make a chain, and no cluster of all', async () => {
    const words = [
      ...'菜场后门堆着三天没人清的生活垃圾臭气熏天苍蝇乱飞附近居民开不了窗希望有关部门尽快派车运走并且定期清扫不要再拖',
    ];
    // Each text has lost two characters of the one before and won two new ones.
    const text = (number: number) =>
      Array.from({ length: 60 }, (_, at) => {
        const place = number * 2 + at;
        return place < words.length ? words[place] : String.fromCodePoint(0x4e00 + ((place * 7919) % 20_000));
      }).join('');
    const { largest, revisions } = await pour(
      many(300, (number) => ({
        title: '反映问题',
        body: text(number),
        place: {
          ...sourceRecord().place,
          address: null,
          lon: null,
          lat: null,
          townCode: null,
          adminCode: null,
        },
        reporter: reporter(`hk1:${number}`),
      })),
    );
    expect(largest).toBeLessThanOrEqual(k + 1);
    expect(revisions).toBeLessThan(10 * 300);
  }, 600_000);
});
