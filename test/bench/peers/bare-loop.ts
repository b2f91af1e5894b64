// The least that a Node.js process can do of this work with exactly once: node-rdkafka itself, one transaction a batch, what was
// seen in a Set that a restart would lose. Prints `running`, and ends on SIGTERM.

import { promisify } from 'node:util';
import avro from 'avsc';
import type { RdkafkaSettings } from '../../../runtime/kafka/connection.ts';
import {
  assignPartitions,
  loadKafkaClient,
  type NativeConsumer,
  type NativeError,
  type NativePlace,
  type NativeProducer,
  type NativeRecord,
} from '../../../runtime/kafka/native.ts';
import { partitionOf } from '../../../runtime/log/partition.ts';
import type { Run } from '../kafka/contender.ts';
import { registerReport } from '../kafka/registered.ts';
import type { Report } from '../kafka/reports.ts';
import { decide, reportSchema, rules } from '../kafka/rules.ts';

const { brokers, registry, input, partitions, prefix, group } = JSON.parse(process.argv[2]!) as Run;
/** Records of a transaction. */
const batch = 10_000;
const timeoutMs = 30_000;

const schemaId = await registerReport(registry, prefix);
const type = avro.Type.forSchema(JSON.parse(reportSchema));
const topics = new Map(rules.departments.map((department) => [department, prefix + department]));
const client = await loadKafkaClient();
const seen = new Set<string>();
let buffer = Buffer.alloc(64 * 1024);

const settings: RdkafkaSettings = {
  'metadata.broker.list': brokers,
  'group.id': group,
  'partition.assignment.strategy': 'cooperative-sticky',
  'enable.auto.commit': false,
  'isolation.level': 'read_committed',
  'queued.min.messages': 100_000,
  'fetch.wait.max.ms': 10,
};
const consumer: NativeConsumer = new client.KafkaConsumer(
  Object.assign(settings, {
    rebalance_cb(error: NativeError, places: readonly NativePlace[]) {
      if (error.code === assignPartitions) consumer.incrementalAssign(places);
      else consumer.incrementalUnassign(places);
    },
  }),
  { 'auto.offset.reset': 'earliest' },
);
const producer: NativeProducer = new client.Producer(
  {
    'metadata.broker.list': brokers,
    'transactional.id': group,
    'linger.ms': 5,
    'queue.buffering.max.messages': 100_000,
    'batch.num.messages': 10_000,
  },
  {},
);
await connect(consumer);
await connect(producer);
await promisify(producer.initTransactions.bind(producer))(timeoutMs);
const begin = promisify(producer.beginTransaction.bind(producer));
const sendOffsets = promisify(producer.sendOffsetsToTransaction.bind(producer));
const commit = promisify(producer.commitTransaction.bind(producer));
const consume: (max: number) => Promise<readonly NativeRecord[]> = promisify(consumer.consume.bind(consumer));
consumer.setDefaultConsumeTimeout(10);
consumer.subscribe([input]);

let ending = false;
process.on('SIGTERM', () => {
  ending = true;
});
let running = false;
while (!ending) {
  const records = await consume(batch);
  if (records.length === 0) continue;
  if (!running) process.stdout.write('running\n');
  running = true;
  await begin();
  const next = new Map<number, NativePlace>();
  for (const { partition, offset, value } of records) {
    next.set(partition, { topic: input, partition, offset: offset + 1 });
    if (value !== null) take(JSON.parse(value.toString()) as Report);
  }
  await sendOffsets([...next.values()], consumer, timeoutMs);
  await commit(timeoutMs);
}
process.exit(0);

function take(report: Report): void {
  if (seen.has(report.id)) return;
  seen.add(report.id);
  const decision = decide(report.title, report.text);
  const value = encoded({ ...report, ...decision });
  const partition = partitionOf(report.id, partitions);
  producer.produce(topics.get(decision.department)!, partition, value, report.id, 0, undefined, undefined);
}

/** Confluent's wire format. The client copies it. */
function encoded(value: unknown): Buffer {
  const end = type.encode(value, buffer, 5);
  if (end < 0) {
    buffer = Buffer.alloc(2 * (buffer.length - end));
    return encoded(value);
  }
  buffer.writeUInt32BE(schemaId, 1);
  return buffer.subarray(0, end);
}

function connect(one: NativeConsumer | NativeProducer): Promise<unknown> {
  return promisify(one.connect.bind(one))({ timeout: timeoutMs });
}
