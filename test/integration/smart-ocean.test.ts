import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { sign } from '../../connectors/transports/webhook/index.ts';
import type { Item, VesselPosition } from '../../schemas/types.ts';
import { type AisReceiver, startAisReceiver } from '../support/ais-receiver.ts';
import { nameSentence, positionSentence, safetySentence } from '../support/ais-sentences.ts';
import { type HubProcess, hub, recordsRead, settled, startHub, until } from '../support/hub-process.ts';
import { freePort } from '../support/ports.ts';

const secret = 'a-secret-of-the-platform';
let folder: string;
let data: string;
let hook: string;
let receiver: AisReceiver;
let running: HubProcess | null = null;
let start: () => HubProcess;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'hub-ocean-'));
  data = join(folder, 'data');
  receiver = await startAisReceiver();
  const port = await freePort();
  hook = `http://127.0.0.1:${port}/smart-ocean`;
  const config = {
    connectors: {
      'smart-ocean': {
        receivers: [receiver.address, '127.0.0.1:9'],
        secrets: [secret],
        listen: { port },
        batchIntervalMs: 200,
      },
    },
  };
  start = () => {
    running = startHub({ data, config });
    return running;
  };
});
afterEach(async () => {
  running?.kill('SIGKILL');
  await running?.exited;
});
afterAll(async () => {
  await receiver.close();
  rmSync(folder, { recursive: true, force: true });
});

async function push(alarm: object): Promise<void> {
  const body = JSON.stringify(alarm);
  const answer = await fetch(hook, { method: 'POST', body, headers: { ...sign(secret, body, Date.now()) } });
  expect([answer.status, await answer.text()]).toEqual([200, '{"code":0}']);
}

async function tapped<T>(topic: string): Promise<T[]> {
  const { stdout, stderr, code } = await hub(
    'tap',
    topic,
    '--from',
    'beginning',
    '--until-end',
    '--data',
    data,
  );
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as T);
}

/** Its check has been passed and its reading has begun: both listen, and both connect. */
async function isReading(process: HubProcess): Promise<void> {
  const begun = async () => process.said().split('webhook listens').length > 2;
  await until(process, 'it reads', begun);
  await receiver.connected();
}

const sart = () => [
  positionSentence({ mmsi: 970_009_901, status: 14, lon: 122.75531, lat: 29.6648 }),
  safetySentence(970_009_901, 'SART ACTIVE'),
];
const selfTest = () => [
  positionSentence({ mmsi: 970_009_902, status: 15, lon: 122.3, lat: 29.9 }),
  safetySentence(970_009_902, 'SART TEST'),
];
/** A ship of which the hub last heard so many minutes ago. */
const lost = (lostMin: number, crewNum: number, id: string, status = '未处置') => ({
  alarmId: id,
  alarmType: '失联',
  shipName: '浙普渔99902',
  mmsi: id === 'YJ-long' ? '412999902' : '412999903',
  lastLon: 122.5002,
  lastLat: 29.7311,
  lastTime: new Date(Date.now() + 8 * 3_600_000 - 400 * 60_000).toISOString().slice(0, 19).replace('T', ' '),
  lostMin,
  crewNum,
  level: '黄',
  status,
});

test('distress and alarms become items, once, also when the hub dies while they are open; positions are in hub.vessels', async () => {
  const first = start();
  await isReading(first);
  receiver.send(
    nameSentence(412_999_901, 'ZHEPUYU 99901'),
    positionSentence({ mmsi: 412_999_901, status: 7, lon: 122.6124, lat: 29.80215, speed: 32 }),
    ...sart(),
    ...selfTest(),
  );
  await push(lost(300, 7, 'YJ-long'));
  await push(lost(100, 7, 'YJ-short'));
  // Three vessels and three records.
  await until(first, 'all is taken in', async () => (await recordsRead(data)) >= 6);
  first.kill('SIGKILL');
  await first.exited;
  receiver.cut();

  const second = start();
  await isReading(second);
  receiver.send(
    ...sart(),
    positionSentence({ mmsi: 412_999_901, status: 7, lon: 122.62, lat: 29.802, speed: 31 }),
  );
  await push(lost(301, 7, 'YJ-long'));
  await push(lost(361, 7, 'YJ-long'));
  await push(lost(101, 7, 'YJ-short'));
  await push(lost(102, 7, 'YJ-short', '已解除'));
  await until(second, 'all is taken in', settled(data, 6));

  const newest = new Map((await tapped<Item>('items')).map((item) => [item.source.recordId, item]));
  const found = [...newest.values()].map(({ title, category, classification, priority, subject, place }) => ({
    title,
    category: category.code,
    class: classification.itemClass,
    rules: classification.reasons.map(({ code }) => code).filter((code) => code.startsWith('M')),
    priority,
    ref: subject?.ref,
    locatedBy: place.locatedBy,
  }));
  const alike = { locatedBy: 'VESSEL' };
  expect(found.sort((a, b) => a.ref!.localeCompare(b.ref!))).toEqual([
    {
      ...alike,
      title: '失联报警：浙普渔99902',
      category: 'SEA.LOST',
      class: 'MAJOR',
      rules: ['M06'],
      priority: 'NORMAL',
      ref: '412999902',
    },
    {
      ...alike,
      title: '失联报警：浙普渔99902',
      category: 'SEA.LOST',
      class: 'SPECIALIZED',
      rules: [],
      priority: 'NORMAL',
      ref: '412999903',
    },
    {
      ...alike,
      title: '海上遇险信号：搜救应答器（AIS-SART） 970009901',
      category: 'SEA.DISTRESS',
      class: 'MAJOR',
      rules: ['M05'],
      priority: 'URGENT',
      ref: '970009901',
    },
  ]);

  const vessels = new Map((await tapped<VesselPosition>('vessels')).map((vessel) => [vessel.mmsi, vessel]));
  expect([...vessels.keys()].sort()).toEqual(['412999901', '970009901', '970009902']);
  // The name was told before the restart only: it comes back with the ship's next static message.
  expect(vessels.get('412999901')).toMatchObject({ lon: 122.62, lat: 29.802, speedKn: 3.1, navStatus: 7 });
  expect(vessels.get('970009901')).toMatchObject({ kind: 'SART', navStatus: 14 });

  const pieces = await tapped<{ key: string; text: string }>('stream.smart-ocean');
  expect(new Set(pieces.map(({ key }) => key))).toEqual(new Set([receiver.address]));
  expect(pieces.map(({ text }) => text).join('')).toContain(sart()[0]);
  const raw = await tapped<{ recordId: string; format: string; text: string }>('raw.smart-ocean');
  const evidence = raw.filter(({ format }) => format === 'NMEA');
  expect(evidence.map(({ recordId }) => recordId)).toEqual([
    expect.stringMatching(/^AIS\/970009901\/SART\//),
  ]);
  expect(evidence[0]!.text).toContain(sart()[0]);
  expect(await second.stop()).toBe(0);
}, 240_000);
