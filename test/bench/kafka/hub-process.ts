// The reduced hub as a process of its own, like its peers: prints `running`, and ends on SIGTERM.

import avro from 'avsc';
import { systemClock } from '../../../runtime/clock.ts';
import { HubError } from '../../../runtime/errors.ts';
import { kafkaOptions } from '../../../runtime/kafka/options.ts';
import { KafkaLog } from '../../../runtime/log/kafka.ts';
import { confluentSchemaRegistry } from '../../../runtime/schema-registry/confluent.ts';
import { registryOptions } from '../../../runtime/schema-registry/confluent-options.ts';
import { stderrLogger } from '../../../runtime/telemetry.ts';
import { subjectOf } from '../../../schemas/index.ts';
import type { Run } from './contender.ts';
import { ReducedHub } from './reduced-hub.ts';
import { reportSchema, rules } from './rules.ts';

interface Arguments extends Run {
  readonly worker: number;
  readonly batch: number;
  /** Null: all. */
  readonly keep: number | null;
}

const given = JSON.parse(process.argv[2]!) as Arguments;
const { brokers, registry: url, input, partitions, prefix, group, worker, batch, keep } = given;

const registry = confluentSchemaRegistry(registryOptions.parse({ url }));
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
  member: `${group}-${worker}`,
  batch,
  keep: keep ?? Number.POSITIVE_INFINITY,
});

const stopping = new AbortController();
process.on('SIGTERM', () => stopping.abort());
let running = false;
while (!stopping.signal.aborted) {
  let taken = 0;
  try {
    taken = await hub.turn(stopping.signal);
  } catch (error) {
    // Partitions went to another worker meanwhile; a rewind has put back what was read of them.
    if (!(error instanceof HubError && error.code === 'HUB_LOG_FENCED')) throw error;
  }
  if (running || taken === 0) continue;
  running = true;
  process.stdout.write('running\n');
}
await hub.close();
await log.close();
