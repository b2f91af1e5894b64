import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import avro from 'avsc';
import { partitionOf } from '../../../runtime/log/partition.ts';
import type { Run } from './contender.ts';
import { distinctIndex, type Report, reportOf } from './reports.ts';
import { decide, rules } from './rules.ts';

/** A report as a peer wrote it. */
type Written = Report & { readonly department: string; readonly rules: readonly string[] };

/**
 * Reads what a contender wrote to its twelve topics with a client that is nobody's (kcat, `read_committed`) and compares it with
 * what the corpus asks for: each distinct report once, on the topic of its department, in the partition of its key, readable
 * through the registry, with the rules that fire. Throws with all that is wrong.
 *
 * @param records how many of the corpus were in the input.
 */
export async function check(run: Run, records: number): Promise<void> {
  const until = performance.now() + markersWithinMs;
  for (;;) {
    const wrong = await problems(run, records);
    if (wrong.length === 0) return;
    if (performance.now() > until) throw new Error(`what ${run.group} wrote is wrong:\n${wrong.join('\n')}`);
    await setTimeout(500);
  }
}

/** A group's offsets can be seen as committed a moment before the last outputs of the same transaction. */
const markersWithinMs = 20_000;

async function problems(
  { brokers, registry, prefix, partitions }: Run,
  records: number,
): Promise<readonly string[]> {
  const wrong: string[] = [];
  const seen = new Set<string>();
  const schemas = new Map<number, avro.Type>();
  for (const department of rules.departments) {
    for await (const { partition, key, value } of read(brokers, prefix + department)) {
      if (wrong.length > 20) break;
      const id = value.readUInt32BE(1);
      if (!schemas.has(id)) schemas.set(id, await schemaOf(registry, id));
      const written = schemas.get(id)!.fromBuffer(value.subarray(5)) as Written;
      if (seen.has(written.id)) wrong.push(`${written.id} stands twice`);
      seen.add(written.id);
      const report = reportOf(Number(written.id.slice('TS-'.length)));
      const expected = { ...report, ...decide(report.title, report.text) };
      if (key !== written.id || value[0] !== 0 || partition !== partitionOf(key, partitions))
        wrong.push(`${written.id} has the key ${key} in partition ${partition}`);
      if (expected.department !== department || !same(written, expected))
        wrong.push(`${written.id} on ${department} is not as it should be: ${JSON.stringify(written)}`);
    }
  }
  const distinct = Array.from({ length: records }, (_, i) => i).filter((i) => distinctIndex(i) === i);
  const missing = distinct.filter((i) => !seen.has(reportOf(i).id));
  if (missing.length > 0) wrong.push(`${missing.length} are missing, the first is number ${missing[0]}`);
  if (seen.size > distinct.length) wrong.push(`${seen.size - distinct.length} more than there should be`);
  return wrong;
}

const same = (a: Written, b: Written): boolean =>
  (Object.keys(b) as (keyof Written)[]).every((field) => String(a[field]) === String(b[field]));

async function schemaOf(registry: string, id: number): Promise<avro.Type> {
  const reply = await fetch(`${registry}/schemas/ids/${id}`);
  if (!reply.ok) throw new Error(`the registry knows no schema ${id}: ${reply.status}`);
  const { schema } = (await reply.json()) as { schema: string };
  return avro.Type.forSchema(JSON.parse(schema));
}

interface Read {
  readonly partition: number;
  readonly key: string;
  readonly value: Buffer;
}

/** All committed records of a topic. Each comes as a line of its partition and the lengths of key and value, then both. */
async function* read(broker: string, topic: string): AsyncGenerator<Read> {
  const args = ['-C', '-q', '-e', '-b', broker, '-t', topic, '-X', 'isolation.level=read_committed'];
  const kcat = spawn('kcat', [...args, '-f', '%p %K %S\\n%k%s'], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(kcat, 'exit');
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of kcat.stdout as AsyncIterable<Buffer>) {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    let at = 0;
    for (;;) {
      const line = rest.indexOf(10, at);
      if (line < 0) break;
      const [partition = 0, keyLength = 0, length = 0] = rest
        .toString('latin1', at, line)
        .split(' ')
        .map(Number);
      const value = line + 1 + keyLength;
      if (rest.length < value + length) break;
      yield {
        partition,
        key: rest.toString('utf8', line + 1, value),
        value: rest.subarray(value, value + length),
      };
      at = value + length;
    }
    rest = rest.subarray(at);
  }
  const [code] = await ended;
  if (code !== 0) throw new Error(`kcat ended with ${code} on ${topic}`);
}
