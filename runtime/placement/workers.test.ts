import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { openEmbedded } from '../../test/support/embedded-log.ts';
import { systemClock } from '../clock.ts';
import { Outputs } from '../core/outputs.ts';
import { openReports, readWorkers, workerTopic } from './workers.ts';

let opened: Awaited<ReturnType<typeof openEmbedded>>;

beforeEach(async () => {
  opened = await openEmbedded();
  await opened.log.ensureTopics([workerTopic]);
});

afterEach(() => opened.close());

const report = (pid: number) => ({
  roles: ['processors'],
  host: 'node-1',
  pid,
  version: '0.1.0',
  startedAt: 1,
  parts: [],
  front: null,
});

test('the last word of each worker stands, until it takes it back', async () => {
  const one = await openReports(opened.log, 'one', systemClock);
  const two = await openReports(opened.log, 'two', systemClock);
  await two.write(report(20));
  await one.write(report(10));
  await one.write(report(11));
  expect((await readWorkers(opened.log)).map(({ worker, pid }) => [worker, pid])).toEqual([
    ['one', 11],
    ['two', 20],
  ]);
  await two.write(null);
  expect((await readWorkers(opened.log)).map(({ worker }) => worker)).toEqual(['one']);
});

test('bytes of somebody else on the topic hide no worker', async () => {
  const one = await openReports(opened.log, 'one', systemClock);
  await one.write(report(10));
  const out = new Outputs();
  for (const [key, value] of [
    ['stranger', 'no JSON'],
    ['other', '{"roles":7}'],
    ['nothing', 'null'],
  ] as const)
    out.append(workerTopic.name, 0, { key, value: Buffer.from(value), timestamp: 1 });
  await out.commit(await opened.log.producer('stranger'));
  expect((await readWorkers(opened.log)).map(({ worker }) => worker)).toEqual(['one']);
});
