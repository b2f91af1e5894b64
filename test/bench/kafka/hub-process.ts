// The reduced hub as a process of its own, like its peers: prints `running`, and ends on SIGTERM.

import avro from 'avsc';
import { systemClock } from '../../../runtime/clock.ts';
import { kafkaOptions } from '../../../runtime/kafka/options.ts';
import { KafkaLog } from '../../../runtime/log/kafka.ts';
import { confluentSchemaRegistry } from '../../../runtime/schema-registry/confluent.ts';
import { registryOptions } from '../../../runtime/schema-registry/confluent-options.ts';
import { stderrLogger } from '../../../runtime/telemetry.ts';
import { subjectOf } from '../../../schemas/index.ts';
import { partitions } from './cluster.ts';
import { ReducedHub } from './reduced-hub.ts';
import { reportSchema, rules } from './rules.ts';

const [brokers = '', registryUrl = '', input = '', prefix = '', group = '', batch = '10000'] =
  process.argv.slice(2);

const registry = confluentSchemaRegistry(registryOptions.parse({ url: registryUrl }));
let schemaId = 0;
for (const department of rules.departments)
  schemaId = await registry.register(subjectOf(prefix + department), reportSchema);
const log = await KafkaLog.open({
  kafka: kafkaOptions.parse({ brokers: brokers.split(','), replication: 1, minInSyncReplicas: 1 }),
  instance: 'hub',
  clientId: 'bench',
  folder: null,
  clock: systemClock,
  log: stderrLogger('error'),
});
const hub = await ReducedHub.open({
  log,
  schemaId,
  type: avro.Type.forSchema(JSON.parse(reportSchema)),
  input,
  prefix,
  memory: `${prefix}seen`,
  // On the cluster its name begins with `hub.`.
  group: group.replace(/^hub\./, ''),
  partitions,
  batch: Number(batch),
});

const stopping = new AbortController();
process.on('SIGTERM', () => stopping.abort());
let running = false;
while (!stopping.signal.aborted) {
  const taken = await hub.turn(stopping.signal);
  if (running || taken === 0) continue;
  running = true;
  process.stdout.write('running\n');
}
await hub.close();
await log.close();
