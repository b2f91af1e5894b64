import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { openEmbedded } from '../../test/support/embedded-log.ts';
import { systemClock } from '../clock.ts';
import type { RoutedWarnings, SaidWarning } from '../connector.ts';
import { embeddedSchemaRegistry } from '../schema-registry/embedded.ts';
import { memoryCounters } from '../telemetry.ts';
import { topicSpecs, topics } from '../topics.ts';
import { warningIdOf } from './ids.ts';
import { openIntake } from './intake.ts';
import { openSerde, type Serde } from './serde.ts';
import { WarningTopic } from './warning-topic.ts';

const source = 'weather-warnings';
const said: SaidWarning = {
  reference: 'A1',
  status: 'SET',
  type: 'TYPHOON',
  level: 'RED',
  areas: ['putuo'],
  from: 1_000,
  until: null,
  issuedAt: 900,
  text: '台风红色预警',
};

let opened: Awaited<ReturnType<typeof openEmbedded>>;
let serde: Serde;
beforeEach(async () => {
  opened = await openEmbedded();
  await opened.log.ensureTopics(topicSpecs(2, [source], []));
  serde = await openSerde(embeddedSchemaRegistry(new DatabaseSync(':memory:')));
});
afterEach(() => opened.close());

/** A fresh intake, as after a restart: it remembers nothing of what it has read. */
const accept = (text: string, ...warnings: readonly SaidWarning[]) =>
  acceptAll([text, { kind: 'route', to: 'warnings', recordId: 'A1', warnings }]);

async function acceptAll(...received: readonly (readonly [string, RoutedWarnings])[]) {
  const none = () => Promise.reject(new Error('no record here is large'));
  const intake = await openIntake({
    name: source,
    log: opened.log,
    serde,
    attachments: { put: none, get: none, has: async () => false },
    clock: systemClock,
    counters: memoryCounters(),
    partitions: 2,
    catalogueVersion: '2026.1',
  });
  const records = received.map(([text, outcome]) => ({
    raw: { bytes: Buffer.from(text), format: 'XML' as const, correlationId: 'c' },
    outcome,
  }));
  return intake.accept({
    source,
    origin: 'LIVE',
    ingestedAt: 5_000,
    records,
    position: 1,
  });
}
const records = async () => {
  const topic = new WarningTopic(opened.log, serde);
  await topic.book();
  return topic.records();
};
const rawRecords = async () =>
  (
    await Promise.all([0, 1].map((partition) => opened.log.read(topics.raw(source), partition, 0, 10)))
  ).flat();

test('what a feed says of warnings goes to their topic, its bytes to the raw one, and nothing to the lanes', async () => {
  expect(await accept('<alert/>', said)).toMatchObject({ accepted: 1, dead: 0 });
  const { reference, ...rest } = said;
  const warningId = warningIdOf('weather-warnings:A1');
  expect(await records()).toEqual([{ ...rest, reference, warningId, issuer: source, at: 5_000 }]);
  expect((await rawRecords()).map(({ key }) => key)).toEqual(['A1']);
  expect((await opened.log.range(topics.input, 0)).end + (await opened.log.range(topics.input, 1)).end).toBe(
    0,
  );
});

test('the same said again, after a restart too, is kept as bytes and not said twice', async () => {
  await accept('<alert/>', said);
  await accept('<alert />', said);
  expect(await records()).toHaveLength(1);
  expect(await rawRecords()).toHaveLength(2);
  await accept('<alert level="orange"/>', { ...said, level: 'ORANGE', issuedAt: 950 });
  expect(await records()).toHaveLength(2);
});

test('a forecast takes the place of one before it, of the same batch too', async () => {
  const forecast = (recordId: string, issuedAt: number, ...warnings: readonly SaidWarning[]) => ({
    kind: 'route' as const,
    to: 'warnings' as const,
    recordId,
    warnings,
    replaces: { areas: ['putuo'], from: issuedAt, issuedAt, text: '预报' },
  });
  await acceptAll(['1', forecast('F1', 900, said)], ['2', forecast('F2', 1_200)]);
  expect(await records()).toMatchObject([
    { reference: 'A1', status: 'SET', from: 1_000 },
    { reference: 'A1', status: 'CLEARED', until: 1_200, issuedAt: 1_200, text: '预报' },
  ]);
  await acceptAll(['3', forecast('F3', 1_300)]);
  expect(await records()).toHaveLength(2);
});
