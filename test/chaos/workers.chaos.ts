import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { FakePortal } from '../../connectors/complaint-report/fake-portal.ts';
import type { LogRecord } from '../../runtime/log/index.ts';
import { readWorkers } from '../../runtime/placement/workers.ts';
import { topics } from '../../runtime/topics.ts';
import { hub as command, until } from '../support/hub-process.ts';
import { startOpenPortal } from '../support/open-portal.ts';
import { type KafkaHub, openKafkaHub } from '../support/worker-process.ts';

let folder: string;
let portal: FakePortal;
let hub: KafkaHub;
let records: number;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'hub-work-'));
  portal = await startOpenPortal(folder);
  records = (await portal.records()).length;
  hub = await openKafkaHub(folder, {
    connectors: { 'complaint-report': { ...portal.account, pageSize: 10, pollIntervalMs: 1_000 } },
    sinks: { files: { type: 'file', folder: join(folder, 'out'), organisations: ['*'], topics: ['items'] } },
  });
});
afterAll(async () => {
  await hub?.close();
  await portal?.stop();
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
});

async function all(topic: string): Promise<readonly LogRecord[]> {
  const found: LogRecord[] = [];
  for (let partition = 0; partition < hub.partitions; partition += 1) {
    const { start, end } = await hub.log.range(topic, partition);
    for (let next = start; next < end; ) {
      const read = await hub.log.read(topic, partition, next, 1_000);
      if (read.length === 0) break;
      found.push(...read);
      next = read.at(-1)!.offset + 1;
    }
  }
  return found;
}

const itemsPublished = async (): Promise<number> =>
  new Set((await all(topics.items)).map(({ key }) => key)).size;

test('two workers share the work of a hub; what one was doing when it is killed the other does', async () => {
  const one = hub.work('one', 'connectors,processors,sinks');
  const two = hub.work('two', 'connectors,processors,sinks,api');
  await until(one, 'every record is an item', async () => (await itemsPublished()) === records);
  const parts = async () =>
    (await readWorkers(hub.log))
      .flatMap(({ worker, parts }) => parts.map(({ kind, name }) => `${worker} ${kind} ${name}`))
      .sort();
  await until(two, 'both workers tell of themselves', async () => (await readWorkers(hub.log)).length === 2);
  await until(two, 'each part runs once', async () => {
    const named = (await parts()).map((part) => part.slice(part.indexOf(' ') + 1));
    return named.join() === 'connector complaint-report,sink files';
  });

  const page = async (path: string): Promise<string> => {
    const front = (await readWorkers(hub.log)).find(({ worker }) => worker === 'two')?.front;
    return front?.address == null ? '' : (await fetch(`${front.address}${path}`)).text();
  };
  await until(two, 'the page shows both workers and the items', async () => {
    const text = await page('/?lang=en');
    return /worker one: /.test(text) && /worker two: /.test(text) && text.includes(`items: ${records}`);
  });
  expect(await page('/metrics')).toMatch(/^hub_items\{/m);
  const status = JSON.parse((await command('status', '--json', '--data', join(folder, 'one'))).stdout);
  expect(JSON.stringify(status.lines)).toMatch(/"kind":"worker".*"kind":"worker"/);

  one.kill('SIGKILL');
  await one.exited;
  await until(
    two,
    'the other has all parts',
    async () =>
      (await parts()).filter((part) => part.startsWith('two ')).join() ===
      'two connector complaint-report,two sink files',
  );
  expect(await itemsPublished()).toBe(records);
  await until(two, 'the page shows the silent one in red', async () =>
    /worker one: [^<]*SILENT/.test(await page('/?lang=en')),
  );
  expect(await two.stop()).toBe(0);
  expect((await readWorkers(hub.log)).map(({ worker }) => worker)).toEqual(['one']);
}, 300_000);
