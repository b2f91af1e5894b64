import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { citizenMessages } from '../support/citizen-messages.ts';
import { checkData, hub, readJsonLines } from '../support/hub-process.ts';

let folder: string;
let data: string;
let file: string;
let messages: ReturnType<typeof citizenMessages>;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'hub-real-'));
  data = join(folder, 'data');
  file = join(folder, 'messages.jsonl');
  messages = citizenMessages();
  writeFileSync(file, messages.map((message) => `${JSON.stringify(message)}\n`).join(''));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const backfill = async (): Promise<Record<string, number>> => {
  const { stdout, stderr, code } = await hub('backfill', 'complaint-report', file, '--data', data);
  expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
  return JSON.parse(stdout) as Record<string, number>;
};

describe('the messages of real citizens', () => {
  test('each become an item, a redelivery or a dead letter with its reason, and a second run changes nothing', async () => {
    const first = await backfill();
    const read = messages.length;
    expect(first).toMatchObject({ read, stale: 0 });
    expect(first.items! + first.redelivered! + first.dead!).toBe(read);
    // The rows of the sheets that carry no time at all: nobody could say when they were reported.
    expect(first.dead).toBe(messages.filter(({ createTime }) => createTime === '').length);

    const before = await checkData(data);
    expect([...before.problems, ...before.betweenItems]).toEqual([]);
    expect(Object.keys(before.projection).length).toBe(first.items);
    expect(new Set(Object.values(before.deadLetters).map(({ code }) => code))).toEqual(
      new Set(['HUB_RECORD_NO_TIME']),
    );

    const second = await backfill();
    expect(second).toMatchObject({ read, items: 0, revisions: 0, stale: 0, dead: first.dead });
    const after = await checkData(data);
    const published = ({ records }: typeof before) =>
      Object.entries(records).filter(([topic]) => /^hub\.(items|events|department\.)/.test(topic));
    expect(published(after)).toEqual(published(before));
    expect(after.projection).toEqual(before.projection);

    const { stdout } = await hub('tap', 'items', '--from', 'beginning', '--until-end', '--data', data);
    const items = readJsonLines(stdout);
    expect(items.length).toBe(first.revisions);
    expect(items[0]).toMatchObject({
      source: { system: 'complaint-report' },
      classification: { decidedBy: 'RULE' },
      origin: 'BACKFILL',
      removed: null,
      reportedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+08:00$/),
    });
  }, 600_000);
});
