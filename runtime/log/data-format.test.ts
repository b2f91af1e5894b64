import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { writeRecords } from '../../test/contract/log/fixture.ts';
import { openEmbedded } from '../../test/support/embedded-log.ts';
import { formatVersion } from '../embedded/format.ts';
import type { LogRecord, NewRecord } from './index.ts';

const page = readFileSync(new URL('../../docs/data-format.md', import.meta.url), 'utf8');
const reader = /```python\n(.*?)```/s.exec(page)![1]!;

const dump = `
import sys, base64
db = open_data(sys.argv[1])
print(json.dumps([
    [topic, partition, offset, timestamp, key, headers, None if value is None else base64.b64encode(value).decode()]
    for topic, partition in partitions(db)
    for offset, timestamp, key, headers, value in records(db, topic, partition)]))
`;

const comparable = ({ topic, partition, offset, timestamp, key, headers, value }: LogRecord) => [
  topic,
  partition,
  offset,
  timestamp,
  key,
  headers,
  value === null ? null : Buffer.from(value).toString('base64'),
];

test('docs/data-format.md describes the current format', () => {
  expect(page).toContain(`Format ${formatVersion}.`);
});

test('the Python reader of docs/data-format.md reads every record of a data file as the hub does', async () => {
  const { log, folder, close } = await openEmbedded();
  await log.ensureTopics([
    { name: 'stream', partitions: 2 },
    { name: 'table', partitions: 1, compacted: true },
  ]);
  const text = fc.string({ unit: 'grapheme', maxLength: 8 });
  const record = (key: fc.Arbitrary<string | null>): fc.Arbitrary<NewRecord> =>
    fc.record({
      key,
      value: fc.option(fc.uint8Array({ maxLength: 20 })),
      headers: fc.dictionary(fc.constantFrom('code', 'reason', 'claim'), text, { noNullPrototype: true }),
      timestamp: fc.integer({ min: 0, max: 4_000_000_000_000 }),
    });
  const many = (key: fc.Arbitrary<string | null>, seed: number) =>
    fc.sample(record(key), { numRuns: 40, seed });
  for (let batch = 0; batch < 4; batch += 1) {
    await writeRecords(log, 'stream', batch % 2, many(fc.option(text), batch));
    await writeRecords(log, 'table', 0, many(fc.constantFrom('a', '投诉', ''), batch));
  }
  const places = [
    ['stream', 0],
    ['stream', 1],
    ['table', 0],
  ] as const;
  const expected = [];
  for (const [topic, partition] of places) {
    for (const each of await log.read(topic, partition, 0, 1_000)) expected.push(comparable(each));
  }
  const output = execFileSync('python3', ['-c', reader + dump, folder], { maxBuffer: 1 << 28 });
  await close();
  expect(expected.length).toBeGreaterThan(160);
  expect(JSON.parse(output.toString())).toEqual(expected);
});
