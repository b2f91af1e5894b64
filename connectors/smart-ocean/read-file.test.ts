import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { positionSentence } from '../../test/support/ais-sentences.ts';
import { writeTagBlock } from '../transports/ais-tcp/index.ts';
import { smartOcean } from './index.ts';

const ingestedAt = Date.parse('2026-03-11T00:00:00Z');
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'hub-ais-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function outcomesOf(text: string): Promise<string[]> {
  const path = join(folder, 'file');
  writeFileSync(path, text);
  const outcomes: string[] = [];
  for await (const raw of smartOcean.readFile(path)) {
    const outcome = smartOcean.normalize(raw, { config: null, ingestedAt });
    if (outcome.kind === 'next') outcomes.push(outcome.value.recordId);
    else outcomes.push(outcome.kind === 'reject' ? outcome.code : outcome.kind);
  }
  return outcomes;
}

const sart = positionSentence({ mmsi: 970_009_901, status: 14, lon: 122.75, lat: 29.66 });
const at = (time: string) => writeTagBlock('r1', Date.parse(time));

test('a recording gives its distress signals, one for each open interval', async () => {
  const lines = [
    '# recorded at the coast',
    `${at('2026-03-10T00:00:00Z')}${positionSentence({ mmsi: 412_999_901, lon: 122.6, lat: 29.8 })}`,
    `${at('2026-03-10T00:00:10Z')}${sart}`,
    `${at('2026-03-10T00:01:10Z')}${sart}`,
    `${at('2026-03-10T12:00:00Z')}${sart}`,
  ];
  expect(await outcomesOf(lines.join('\r\n'))).toEqual([
    'AIS/970009901/SART/20260310T000010Z',
    'AIS/970009901/SART/20260310T120000Z',
  ]);
});

test('a distress without a time is a dead letter, not silence', async () => {
  expect(await outcomesOf(`${sart}\n`)).toEqual(['HUB_RECORD_NO_TIME']);
});

test('a file of alarms gives each of them', async () => {
  const alarm = { alarmType: '越界', mmsi: '412999902', lastTime: '2026-03-10 01:22:41' };
  const lines = [{ ...alarm, alarmId: 'YJ1' }, alarm].map((line) => JSON.stringify(line));
  expect(await outcomesOf(lines.join('\n'))).toEqual(['YJ1', '412999902/越界/20260309T172241Z']);
});
