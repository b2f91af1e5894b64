import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import kafkajs from 'kafkajs';
import { systemClock } from '../../runtime/clock.ts';
import { Outputs } from '../../runtime/core/outputs.ts';
import { openSerde, type Serde } from '../../runtime/core/serde.ts';
import { kafkaOptions } from '../../runtime/kafka/options.ts';
import { KafkaLog } from '../../runtime/log/kafka.ts';
import { partitionOf } from '../../runtime/log/partition.ts';
import { confluentSchemaRegistry } from '../../runtime/schema-registry/confluent.ts';
import { registryOptions } from '../../runtime/schema-registry/confluent-options.ts';
import { silentLogger } from '../../runtime/telemetry.ts';
import { topics } from '../../runtime/topics.ts';
import { exampleItem } from '../../schemas/examples.ts';
import type { Item } from '../../schemas/types.ts';
import { freshInstance, shared } from '../services/shared.ts';
import { javaClassPath } from '../support/java-program.ts';

/*
 * Programs that know nothing of us read what the hub's own log, registry and serde wrote: those of docs/departments.md, as they
 * stand there.
 */

const root = fileURLToPath(new URL('../..', import.meta.url));
const page = readFileSync(join(root, 'docs/departments.md'), 'utf8');
const project = join(root, 'test/clients/java');
const blocks = (language: string): readonly string[] =>
  [...page.matchAll(new RegExp(`^\`\`\`${language}\n([\\s\\S]*?)^\`\`\``, 'gm'))].map(([, text]) => text!);
const commandOf = (program: string): string =>
  blocks('sh')
    .find((text) => text.startsWith(program))
    ?.trim() ?? '';

const instance = freshInstance();
const partitions = 4;
const unified = topics.items;
const department = topics.department('law-enforcement');
const onCluster = (topic: string): string => `${instance}.${topic}`;

/** Every optional part filled, nearly none, and one that has left the department. */
const written: readonly Item[] = [
  exampleItem,
  {
    ...exampleItem,
    itemId: '0a0a0a0a-9726-5218-85d3-181c701304cc',
    revision: 1,
    title: '路灯坏了',
    subject: null,
    attachments: [],
    links: [],
    ext: {},
    quality: [],
  },
  {
    ...exampleItem,
    revision: 6,
    title: '',
    removed: { reason: 'REROUTED', to: 'transport', at: exampleItem.reportedAt },
  },
];
const takenBack: Item = { ...exampleItem, revision: 5 };
const lineOf = ({ itemId, revision, status, title }: Item): string =>
  `${itemId} ${revision} ${status} ${title}`;

let folder: string;
let environment: Readonly<Record<string, string>>;
let classPath: string;

beforeAll(async () => {
  classPath = javaClassPath(project);
  const { brokers } = await shared('kafka');
  const { url } = await shared('registry');
  const log = await KafkaLog.open({
    kafka: kafkaOptions.parse({ brokers, replication: 1, minInSyncReplicas: 1 }),
    instance,
    clientId: 'clients-test',
    folder: null,
    clock: systemClock,
    log: silentLogger,
  });
  try {
    await log.ensureTopics([unified, department].map((name) => ({ name, partitions })));
    const serde = await openSerde(confluentSchemaRegistry(registryOptions.parse({ url })), [department]);
    await publish(log, serde, written.slice(0, 2));
    await publishAndTakeBack(brokers, serde, takenBack);
    await publish(log, serde, written.slice(2));
  } finally {
    await log.close();
  }
  folder = mkdtempSync(join(tmpdir(), 'hub-clients-'));
  const [reader = '', decoder = ''] = blocks('python');
  writeFileSync(join(folder, 'read_topic.py'), reader);
  writeFileSync(join(folder, 'decode.py'), decoder);
  symlinkSync(join(root, '.ci/venv/bin/python'), join(folder, 'python3'));
  environment = {
    BROKERS: brokers.join(),
    REGISTRY: new URL(url).origin,
    PATH: `${join(root, '.ci/venv/bin')}${delimiter}${process.env.PATH}`,
  };
}, 600_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** As the item writer does: one transaction over the unified stream and the department's topic. */
async function publish(log: KafkaLog, serde: Serde, items: readonly Item[]): Promise<void> {
  const outputs = new Outputs();
  for (const item of items) {
    const record = {
      key: item.itemId,
      value: serde.encode('item', item),
      timestamp: item.reportedAt,
    };
    for (const topic of [unified, department])
      outputs.append(topic, partitionOf(item.itemId, partitions), record);
  }
  const producer = await log.producer('writer-0');
  await outputs.commit(producer);
  await producer.close();
}

/** Our log sends nothing before it commits; a writer that dies on the way leaves what it sent, to be aborted. */
async function publishAndTakeBack(brokers: readonly string[], serde: Serde, item: Item): Promise<void> {
  const kafka = new kafkajs.Kafka({ brokers: [...brokers], logLevel: kafkajs.logLevel.NOTHING });
  const producer = kafka.producer({ transactionalId: `${instance}-aborts`, maxInFlightRequests: 1 });
  await producer.connect();
  const transaction = await producer.transaction();
  const message = {
    key: item.itemId,
    value: Buffer.from(serde.encode('item', item)),
    partition: partitionOf(item.itemId, partitions),
  };
  for (const topic of [unified, department])
    await transaction.send({ topic: onCluster(topic), messages: [message] });
  await transaction.abort();
  await producer.disconnect();
}

/** The lines that a command of the page prints, at most `count`; it is ended where it would go on. */
async function linesOf(command: string, topic: string, count: number): Promise<readonly string[]> {
  const here = command
    .replaceAll(topics.department('law-enforcement'), onCluster(topic))
    .replace('target/classes:target/dependency/*', () => classPath);
  const child = spawn('bash', ['-c', `set -o pipefail; exec ${here}`], {
    cwd: folder,
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  let complaint = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaint += text;
  });
  const ended = once(child, 'exit');
  const lines: string[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    lines.push(line);
    if (lines.length === count) break;
  }
  if (lines.length < count) throw new Error(`${here} printed ${lines.length} lines, and said ${complaint}`);
  if (child.exitCode === null) process.kill(-child.pid!, 'SIGKILL');
  await ended;
  return lines.sort();
}

const readers = [
  ["Java with Apicurio's deserializer", commandOf('java')],
  ["Python with Confluent's client and fastavro", commandOf('python3')],
  ['kcat and fastavro', commandOf('kcat')],
] as const;

describe.each([
  ["a department's topic", department],
  ['the unified stream', unified],
])('%s, written by the hub on Kafka', (_, topic) => {
  test.each(readers)(
    'is read by %s, without what was taken back',
    async (_name, command) => {
      const lines = await linesOf(command, topic, written.length);
      expect(lines).toEqual(written.map(lineOf).sort());
    },
    240_000,
  );

  test('holds what was taken back, for whoever does not ask for committed records', async () => {
    const careless = commandOf('kcat').replace('read_committed', 'read_uncommitted');
    const lines = await linesOf(careless, topic, written.length + 1);
    expect(lines).toContain(lineOf(takenBack));
  });
});

describe('docs/departments.md', () => {
  test('shows the Java program and its dependencies as they are built', () => {
    expect(blocks('java')).toEqual([readFileSync(join(project, 'src/main/java/ReadTopic.java'), 'utf8')]);
    expect(readFileSync(join(project, 'pom.xml'), 'utf8')).toContain(blocks('xml')[0]);
  });

  test('sets read_committed in every client', () => {
    const clients = [...blocks('java'), blocks('python')[0], commandOf('kcat')];
    expect(clients.filter((text) => !text?.includes('read_committed'))).toEqual([]);
  });
});
