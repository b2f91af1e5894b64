import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { exampleVesselPosition } from '../../schemas/examples.ts';
import { openEmbedded } from '../../test/support/embedded-log.ts';
import { systemClock } from '../clock.ts';
import { openDatabase } from '../embedded/database.ts';
import { HubError } from '../errors.ts';
import type { Log } from '../log/index.ts';
import { partitionOf } from '../log/partition.ts';
import { embeddedSchemaRegistry } from '../schema-registry/embedded.ts';
import { memoryCounters } from '../telemetry.ts';
import { topicSpecs, topics } from '../topics.ts';
import { type IntakeBatch, openIntake } from './intake.ts';
import { openSerde, type Serde } from './serde.ts';

const source = 'smart-ocean';
const partitions = 4;
const [mmsi, receiver] = [exampleVesselPosition.mmsi, '10.20.0.11:5631'];
const batch = (position: unknown): IntakeBatch => ({
  source,
  origin: 'LIVE',
  ingestedAt: Date.UTC(2026, 2, 10),
  records: [],
  position,
  beside: {
    vessels: [exampleVesselPosition],
    stream: [{ key: receiver, bytes: Buffer.from('!AIVDM…\r\n') }],
  },
});

let opened: Awaited<ReturnType<typeof openEmbedded>>;
let serde: Serde;

beforeEach(async () => {
  opened = await openEmbedded();
  await opened.log.ensureTopics(topicSpecs(partitions, [source], [], [source]));
  const registry = openDatabase(opened.folder, 'write');
  serde = await openSerde(embeddedSchemaRegistry(registry));
  registry.close();
});
afterEach(() => opened.close());

const intakeOver = (log: Log) =>
  openIntake({
    name: source,
    log,
    serde,
    attachments: { put: async () => '', get: async () => new Uint8Array(), has: async () => false },
    clock: systemClock,
    counters: memoryCounters(),
    partitions,
    catalogueVersion: '2026.1',
  });

/** What lies in the log: vessels, pieces, position. */
async function found() {
  const { log } = opened;
  const vessel = (await log.latest(topics.vessels, partitionOf(mmsi, partitions), [mmsi])).get(mmsi);
  const pieces = await log.read(topics.stream(source), partitionOf(receiver, partitions), 0, 10);
  return {
    vessel: vessel?.value ? serde.decode('vessel-position', vessel.value) : null,
    pieces: pieces.map(({ key, value }) => [key, Buffer.from(value!).toString()]),
    position: await (await intakeOver(log)).position(),
  };
}

test('what a batch carries beside records is stored with its position', async () => {
  const intake = await intakeOver(opened.log);
  expect(await intake.accept(batch({ at: 1 }))).toEqual({ accepted: 0, repeated: 0, dead: 0, vessels: 1 });
  expect(await found()).toEqual({
    vessel: exampleVesselPosition,
    pieces: [[receiver, '!AIVDM…\r\n']],
    position: { at: 1 },
  });
});

test('and not at all where its commit fails', async () => {
  const { log } = opened;
  const failing: Log = Object.create(log, {
    producer: {
      value: async (id: string) => {
        const producer = await log.producer(id);
        const begin = () => {
          const transaction = producer.begin();
          const commit = async () => {
            await transaction.abort();
            throw new HubError('HUB_DATA_WRITE', 'disk full');
          };
          return Object.create(transaction, {
            append: { value: transaction.append.bind(transaction) },
            commit: { value: commit },
          });
        };
        return { begin, close: () => producer.close() };
      },
    },
    latest: { value: log.latest.bind(log) },
  });
  const intake = await intakeOver(failing);
  await expect(intake.accept(batch({ at: 1 }))).rejects.toMatchObject({ code: 'HUB_DATA_WRITE' });
  expect(await found()).toEqual({ vessel: null, pieces: [], position: null });
});

test('a stream is kept for a rolling day, a vessel as long as nothing newer comes', async () => {
  const { log } = opened;
  const intake = await intakeOver(log);
  await intake.accept(batch({ at: 1 }));
  const { ingestedAt } = batch(null);
  await log.trim(ingestedAt + 23 * 3_600_000);
  expect((await found()).pieces).toHaveLength(1);
  await log.trim(ingestedAt + 25 * 3_600_000);
  expect(await found()).toMatchObject({ vessel: { mmsi }, pieces: [] });
});
