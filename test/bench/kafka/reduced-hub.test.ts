import { afterEach, beforeEach, expect, test } from '@jest/globals';
import avro from 'avsc';
import type { Log } from '../../../runtime/log/index.ts';
import { partitionOf } from '../../../runtime/log/partition.ts';
import { openEmbedded } from '../../support/embedded-log.ts';
import { ReducedHub } from './reduced-hub.ts';
import { distinctIndex, inputRecord, reportOf } from './reports.ts';
import { decide, reportSchema, rules } from './rules.ts';

const partitions = 4;
const input = 'bench.input';
const type = avro.Type.forSchema(JSON.parse(reportSchema));

let opened: Awaited<ReturnType<typeof openEmbedded>>;
let log: Log;
beforeEach(async () => {
  opened = await openEmbedded();
  log = opened.log;
  await log.ensureTopics([{ name: input, partitions }]);
});
afterEach(() => opened.close());

const open = (keep = Number.POSITIVE_INFINITY): Promise<ReducedHub> =>
  ReducedHub.open({
    log,
    schemaId: 7,
    type,
    input,
    prefix: 'bench.',
    memory: 'bench.seen',
    group: 'bench',
    member: 'bench-0',
    partitions,
    batch: 100,
    keep,
  });

async function fill(from: number, to: number): Promise<void> {
  const producer = await log.producer('filler');
  const transaction = producer.begin();
  for (let index = from; index < to; index++) {
    const { id, value } = inputRecord(index);
    transaction.append(input, partitionOf(id, partitions), [{ key: id, value, timestamp: 1_000 + index }]);
  }
  await transaction.commit();
  await producer.close();
}

/** Until all is committed. */
async function work(hub: ReducedHub): Promise<void> {
  while ((await hub.turn(new AbortController().signal)) > 0);
}

/** Ids by department, sorted. */
async function written(): Promise<Readonly<Record<string, readonly string[]>>> {
  const ids: Record<string, string[]> = {};
  for (const department of rules.departments) {
    const all = [];
    for (let partition = 0; partition < partitions; partition++)
      all.push(...(await log.read(`bench.${department}`, partition, 0, 10_000)));
    ids[department] = all.map(({ key }) => key!).sort();
  }
  return ids;
}

function expected(records: number): Readonly<Record<string, readonly string[]>> {
  const ids: Record<string, string[]> = Object.fromEntries(rules.departments.map((name) => [name, []]));
  for (let index = 0; index < records; index++) {
    if (distinctIndex(index) !== index) continue;
    const { id, title, text } = reportOf(index);
    ids[decide(title, text).department]!.push(id);
  }
  return Object.fromEntries(Object.entries(ids).map(([name, of]) => [name, of.sort()]));
}

test('every report goes once to its department, also over a restart', async () => {
  await fill(0, 600);
  const first = await open();
  await first.turn(new AbortController().signal);
  await first.close();
  await fill(0, 700);
  const second = await open();
  await work(second);
  await second.close();
  expect(await written()).toEqual(expected(700));
});

test('a turn whose producer is fenced writes nothing and leaves its records to the next process', async () => {
  await fill(0, 300);
  const hub = await open();
  // Fences the producer of the hub, as another process of its name does.
  const rival = await log.producer('bench-0');
  await expect(hub.turn(new AbortController().signal)).rejects.toMatchObject({ code: 'HUB_LOG_FENCED' });
  await rival.close();
  await hub.close();
  const next = await open();
  await work(next);
  await next.close();
  expect(await written()).toEqual(expected(300));
});

test('a bounded memory forgets the oldest, here and on the log', async () => {
  await fill(0, 1_000);
  const hub = await open(20);
  await work(hub);
  await hub.close();
  let kept = 0;
  for (let partition = 0; partition < partitions; partition++) {
    const records = await log.read('bench.seen', partition, 0, 10_000);
    kept += new Map(records.map(({ key, value }) => [key, value]))
      .values()
      .filter((one) => one !== null)
      .toArray().length;
  }
  expect(kept).toBe(20 * partitions);
});
