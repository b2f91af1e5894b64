import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { parse } from 'csv-parse/sync';
import type { FakePortal } from '../../connectors/complaint-report/fake-portal.ts';
import { seededRandom } from '../simulation/random.ts';
import { type HubProcess, hub, settled, startHub, until } from '../support/hub-process.ts';
import { startOpenPortal } from '../support/open-portal.ts';

let folder: string;
let data: string;
let out: string;
let portal: FakePortal;
let records: number;
let running: HubProcess | null = null;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'hub-files-'));
  data = join(folder, 'data');
  out = join(folder, 'out');
  portal = await startOpenPortal(folder);
  records = (await portal.records()).length;
});
afterEach(async () => {
  running?.kill('SIGKILL');
  await running?.exited;
});
afterAll(async () => {
  await portal.stop();
  rmSync(folder, { recursive: true, force: true });
});

const config = () => ({
  log: { level: 'info' },
  connectors: {
    'complaint-report': {
      ...portal.account,
      pageSize: 10,
      pollIntervalMs: 2_000,
      // Covers all records, so that each start reads all of them, and `settled` can count.
      overlapMs: 3_600_000,
    },
  },
  sinks: {
    everything: { type: 'file', folder: out, organisations: ['*'], topics: ['items', 'events'] },
    sheets: { type: 'file', folder: out, organisations: [office], format: 'csv' },
  },
});

const office = 'duty-office';
const bureau = 'housing-construction';
const topicOf = (name: string): string => (name === office || name === bureau ? `department.${name}` : name);

interface Line {
  readonly itemId: string;
  readonly revision?: number;
  readonly seq?: number;
  readonly removed?: unknown;
}

const tapped = async (topic: string): Promise<readonly string[]> => {
  const { stdout, code } = await hub('tap', topic, '--from', 'beginning', '--until-end', '--data', data);
  expect(code).toBe(0);
  return stdout.split('\n').slice(0, -1);
};

/** Texts of all files of one format in a topic's folder, in order of their days. */
const textsIn = (name: string, extension: string): readonly string[] =>
  (existsSync(join(out, name)) ? readdirSync(join(out, name)) : [])
    .filter((file) => file.endsWith(`.${extension}`) && !file.startsWith('.'))
    .sort()
    .map((file) => readFileSync(join(out, name, file), 'utf8'));

const linesIn = (name: string): readonly string[] =>
  textsIn(name, 'jsonl').flatMap((text) => text.split('\n').slice(0, -1));

const rowsIn = (name: string): readonly Readonly<Record<string, string>>[] =>
  textsIn(name, 'csv').flatMap(
    (text) => parse(text, { bom: true, columns: true }) as Readonly<Record<string, string>>[],
  );

/** Line numbers of each item, in the order of the lines. */
function orderOf(lines: readonly string[]): Readonly<Record<string, readonly number[]>> {
  const order: Record<string, number[]> = {};
  for (const line of lines) {
    const { itemId, revision, seq } = JSON.parse(line) as Line;
    order[itemId] = [...(order[itemId] ?? []), seq ?? revision ?? 0];
  }
  return order;
}

describe('the files of a hub that is killed again and again (kill -9)', () => {
  test('hold what its topics hold: each record once, those of one item in order', async () => {
    const random = seededRandom(20260310, 'files');
    for (let kill = 0; kill < 4; kill++) {
      running = startHub({ data, config: config() });
      await setTimeout(1_500 + random.below(2_500));
      running.kill('SIGKILL');
      expect((await running.exited).signal).toBe('SIGKILL');
    }
    running = startHub({ data, config: config() });
    await until(running, 'all is taken in', settled(data, records));
    const held = (await tapped(topicOf(bureau))).map((line) => JSON.parse(line) as Line);
    // A major item is shown to the duty office as well; an ordinary one leaves it again.
    for (const { itemId } of held.slice(0, 3))
      for (const itemClass of ['MAJOR', 'ORDINARY']) {
        const { code } = await hub('reclass', itemId, itemClass, '--reason', '试判', '--data', data);
        expect(code).toBe(0);
      }
    await until(running, 'the decisions are done', settled(data, records));

    const expected = new Map<string, readonly string[]>();
    for (const name of ['items', 'events', office, bureau]) expected.set(name, await tapped(topicOf(name)));
    const complete = async () =>
      [...expected].every(([name, lines]) => linesIn(name).length >= lines.length) &&
      rowsIn(office).length >= expected.get(office)!.length;
    await until(running, 'the files are complete', complete);
    expect(await running.stop()).toBe(0);

    for (const [name, lines] of expected) {
      expect(lines.length).toBeGreaterThan(0);
      expect([...linesIn(name)].sort()).toEqual([...lines].sort());
      const order = orderOf(linesIn(name));
      expect(order).toEqual(orderOf(lines));
      for (const numbers of Object.values(order))
        expect(numbers).toEqual([...new Set(numbers)].sort((a, b) => a - b));
    }
    const own = expected.get(office)!.map((line) => JSON.parse(line) as Line);
    const keyOf = ({ itemId, revision, removed }: Line) => `${itemId} ${revision} ${removed !== null}`;
    const rows = rowsIn(office).map((row) => `${row.事项编号} ${row.版本} ${row.移出原因 !== ''}`);
    expect(rows.sort()).toEqual(own.map(keyOf).sort());
    expect(own.filter(({ removed }) => removed !== null).length).toBeGreaterThan(0);

    // The program that the departments' page shows: what is theirs at this moment.
    const page = readFileSync(new URL('../../docs/departments.md', import.meta.url), 'utf8');
    const program = /^cat law-enforcement[\s\S]*?^'$/m.exec(page)?.[0] ?? '';
    const said = execFileSync('bash', ['-c', program.replace('law-enforcement', office)], {
      cwd: out,
      encoding: 'utf8',
    });
    const newest = new Map(own.map((item) => [item.itemId, item]));
    const theirs = [...newest.values()].filter(({ removed }) => removed === null).map(({ itemId }) => itemId);
    const shown = said.match(/^[0-9a-f]{8}-[0-9a-f-]{27}(?= )/gm) ?? [];
    expect(theirs.length).toBeGreaterThan(0);
    expect([...shown].sort()).toEqual(theirs.sort());
  }, 240_000);
});
