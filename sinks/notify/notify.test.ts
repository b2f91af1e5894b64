import { createHmac } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Clock } from '../../runtime/clock.ts';
import type { LogRecord } from '../../runtime/log/index.ts';
import type { SinkTask } from '../../runtime/sink.ts';
import { memoryCounters, silentLogger } from '../../runtime/telemetry.ts';
import { exampleItem } from '../../schemas/examples.ts';
import { toJson } from '../../schemas/index.ts';
import type { Item } from '../../schemas/types.ts';
import { type MessageServer, mailServer, messageServer } from '../../test/support/message-servers.ts';
import { notify } from './index.ts';
import { openJournal } from './journal.ts';

const minute = 60_000;
// A Tuesday, 08:12 in Beijing: the night shift ends at 08:30.
const start = Date.parse('2026-03-10T08:12:00+08:00');

let folder: string;
let sms: MessageServer;
let ding: MessageServer;
let task: SinkTask | null;
let stop: AbortController;
let working: Promise<void>;
let clock: Clock & { advance(ms: number): Promise<void> };
let counters: ReturnType<typeof memoryCounters>;
let offset = 0;

/** Time goes by only in `advance`, a second at a time, and only while the sink waits for the next. */
function steppedClock(): typeof clock {
  let at = start;
  let sleeper = Promise.withResolvers<() => void>();
  return {
    now: () => at,
    random: () => 0.5,
    sleep: (ms, signal) =>
      new Promise<void>((resolve) => {
        const give = () => {
          sleeper = Promise.withResolvers();
          resolve();
        };
        signal?.addEventListener('abort', give, { once: true });
        sleeper.resolve(() => {
          at += ms;
          signal?.removeEventListener('abort', give);
          resolve();
        });
      }),
    async advance(ms) {
      for (const until = at + ms; at < until; ) {
        const wake = await sleeper.promise;
        sleeper = Promise.withResolvers();
        wake();
      }
      // What that second brought is done when it waits again.
      await sleeper.promise;
    },
  };
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'hub-notify-'));
  sms = await messageServer();
  ding = await messageServer();
  clock = steppedClock();
  counters = memoryCounters();
  task = null;
});
afterEach(async () => {
  await close();
  await Promise.all([sms.close(), ding.close()]);
  rmSync(folder, { recursive: true, force: true });
});

const people = {
  zhang: [{ by: 'sms', to: '13900000001' }, { by: 'ding' }],
  li: [{ by: 'sms', to: '13900000002' }],
  centre: [{ by: 'ding' }],
};

const options = () => ({
  channels: {
    sms: {
      kind: 'gateway',
      url: `http://127.0.0.1:${sms.port}/send?mobile={to}`,
      headers: { authorization: 'Bearer {secret}' },
      secret: 'sms-secret',
      success: '"OK"',
    },
    ding: { kind: 'dingtalk', url: `http://127.0.0.1:${ding.port}/robot?access_token=t`, secret: 'SEC1' },
  },
  people,
  roster: [{ from: '17:30', to: '08:30', duty: 'zhang', deputy: 'li' }],
  centre: 'centre',
});

async function open(over: Record<string, unknown> = {}): Promise<void> {
  stop = new AbortController();
  task = await notify.open({
    config: notify.config.parse({ ...options(), ...over }),
    signal: stop.signal,
    log: silentLogger,
    clock,
    counters,
    stateFolder: folder,
    decode: (value) => toJson('item', items[Number(Buffer.from(value).toString())]!),
  });
  working = task.work!(stop.signal);
}

async function close(): Promise<void> {
  if (task === null) return;
  stop.abort();
  await working;
  await task.close();
  task = null;
}

const items: Item[] = [];

async function publish(over: Partial<Item>): Promise<void> {
  offset += 1;
  items.push({
    ...exampleItem,
    revision: offset,
    origin: 'LIVE',
    status: 'SUBMITTED',
    primaryItemId: null,
    classification: { ...exampleItem.classification, itemClass: 'MAJOR' },
    deadlines: { ...exampleItem.deadlines, signBy: start + 15 * minute, slaId: 'MAJ-LIFE' },
    ...over,
  });
  const record: LogRecord = {
    topic: 'hub.items',
    partition: 0,
    offset,
    key: null,
    value: Buffer.from(String(items.length - 1)),
    headers: {},
    timestamp: clock.now(),
  };
  await task!.write('hub.items', 0, [record]);
}

const textsOf = (server: MessageServer): string[] =>
  server.received.map(({ body }) => {
    const value = JSON.parse(body) as { text: string | { content: string } };
    return typeof value.text === 'string' ? value.text : value.text.content;
  });

const acknowledge = (incident: string) => {
  const journal = openJournal(folder);
  journal.acknowledge({ incident, actor: 'zhang', reason: '已电话通知', at: clock.now() });
  journal.close();
};

describe('the notify sink', () => {
  test('tells whoever is on duty of a MAJOR item: what, where, by when and how to go on, and no personal data', async () => {
    await open();
    await publish({});
    await clock.advance(1_000);
    expect(sms.received).toHaveLength(1);
    const { url, headers, body } = sms.received[0]!;
    expect(url).toBe('/send?mobile=13900000001');
    expect(headers.authorization).toBe('Bearer sms-secret');
    const { text, to, id } = JSON.parse(body) as Record<string, string>;
    const incident = id!.split('-')[0]!;
    expect({ text, to }).toEqual({
      to: '13900000001',
      text: [
        '【枢纽】重大事项待签收',
        `事项 ${exampleItem.itemId}，镇街 330903003`,
        `规则 ${[...new Set(exampleItem.classification.reasons.map(({ code }) => code))].join(' ')}，签收时限 03-10 08:27`,
        `查看：hub why ${exampleItem.itemId}`,
        `知悉：hub ack ${incident}`,
        `#${incident}-1`,
      ].join('\n'),
    });
    const { title, reporter, place, subject } = exampleItem;
    for (const secret of [
      title,
      exampleItem.body,
      reporter.nameMasked,
      reporter.phoneMasked,
      reporter.ref,
      place.address,
      subject?.name,
    ])
      expect(text).not.toContain(secret);
  });

  test('repeats it, tells the deputy, then the centre, and is silent once somebody has acknowledged', async () => {
    await open({ repeatMs: 2 * minute, timesPerStep: 1 });
    await publish({});
    await clock.advance(5 * minute);
    expect(sms.received.map(({ url }) => url.slice(-1))).toEqual(['1', '2']);
    expect(textsOf(ding)).toEqual([expect.stringContaining('重大事项待签收 (第 3 次，已转指挥中心)')]);
    acknowledge(/#(\w+)-/.exec(textsOf(sms)[0]!)![1]!);
    await clock.advance(8 * minute);
    expect([sms.received.length, ding.received.length]).toEqual([2, 1]);
    // Past the time for signing it is another matter.
    await clock.advance(4 * minute);
    expect(textsOf(sms).at(-1)).toContain('重大事项超过签收时限');
  });

  test('says nothing of history, of what is not MAJOR, and of what is signed', async () => {
    await open();
    await publish({ origin: 'BACKFILL' });
    await publish({
      itemId: 'a',
      clusterId: 'a',
      classification: { ...exampleItem.classification, itemClass: 'ORDINARY' },
    });
    await publish({ itemId: 'b', clusterId: 'b', status: 'SIGNED' });
    await clock.advance(30 * minute);
    expect([sms.received.length, ding.received.length]).toEqual([0, 0]);
  });

  test('takes the next channel when one fails, tells of the failure by it, and tells when the first works again', async () => {
    await open();
    sms.answer = { status: 200, body: '{"code":"LIMIT"}' };
    await publish({});
    await clock.advance(2_000);
    expect(textsOf(ding)).toEqual([
      expect.stringContaining('重大事项待签收'),
      expect.stringMatching(/通知通道故障\n通道 sms：an answer without what the option "success" says/),
    ]);
    expect(Object.fromEntries(counters.snapshot())).toMatchObject({
      'hub_notify_messages_total{channel="sms",outcome="failed"}': 1,
      'hub_notify_messages_total{channel="ding",outcome="sent"}': 2,
    });
    sms.answer = { status: 200, body: '{"code":"OK"}' };
    await clock.advance(12 * minute);
    expect(textsOf(sms).at(-1)).toContain('重大事项待签收');
    const { incidents } = openJournal(folder).load();
    expect(incidents.find(({ rule }) => rule === 'CHANNEL')!.ended).toMatchObject({ why: 'WORKS' });
  });

  test('tells the next person when no channel of one works, and goes on trying when none works at all', async () => {
    await open();
    sms.answer = { status: 500, body: '' };
    ding.answer = { status: 200, body: '{"errcode":130101}' };
    await publish({});
    await clock.advance(3_000);
    ding.answer = { status: 200, body: '{"errcode":0}' };
    await clock.advance(2 * minute);
    expect(textsOf(ding).some((text) => text.includes('重大事项待签收'))).toBe(true);
  });

  test('goes on after a stop where it was: neither forgets nor tells again', async () => {
    await open();
    await publish({});
    await clock.advance(1_000);
    await close();
    await open();
    await clock.advance(4 * minute);
    expect(sms.received).toHaveLength(1);
    await clock.advance(2 * minute);
    expect(textsOf(sms)[1]).toContain('第 2 次');
  });

  test('sends what was going out when the hub died once more, under the same id and marked', async () => {
    await open();
    await publish({});
    await clock.advance(1_000);
    await close();
    const id = /#(\S+)/.exec(textsOf(sms)[0]!)![1]!;
    // As it stood when the message had gone and nothing had been noted yet.
    const journal = openJournal(folder);
    const [incident] = journal.load().incidents;
    const before = { ...incident!, sent: 0, rounds: 0, nextAt: start };
    journal.save({ incidents: new Map([[before.id, before]]), matters: new Map() });
    journal.sending({ message: id, incident: before.id, person: 'zhang', channel: 'sms', at: start });
    journal.close();
    await open();
    await clock.advance(minute);
    expect(textsOf(sms)).toEqual([
      expect.not.stringContaining('可能重复'),
      expect.stringMatching(new RegExp(`可能重复[\\s\\S]*#${id}$`)),
    ]);
  });

  test('keeps who acknowledged, when and why', async () => {
    await open();
    await publish({});
    await clock.advance(1_000);
    acknowledge(openJournal(folder).load().incidents[0]!.id);
    await clock.advance(1_000);
    expect(openJournal(folder).load().incidents[0]!.acknowledged).toEqual({
      actor: 'zhang',
      reason: '已电话通知',
      at: start + 1_000,
    });
  });
});

describe('the channels', () => {
  test('sign what goes to a robot of 钉钉, and mention who is named', async () => {
    await open({ people: { ...people, zhang: [{ by: 'ding', to: '13900000009' }] } });
    await publish({});
    await clock.advance(1_000);
    const { url, body } = ding.received[0]!;
    const query = new URL(url, 'http://x').searchParams;
    const timestamp = query.get('timestamp')!;
    expect(query.get('access_token')).toBe('t');
    expect(query.get('sign')).toBe(
      createHmac('sha256', 'SEC1').update(`${timestamp}\nSEC1`).digest('base64'),
    );
    expect(JSON.parse(body)).toMatchObject({ msgtype: 'text', at: { atMobiles: ['13900000009'] } });
  });

  test('speak to a robot of 企业微信, and to a gateway that takes forms', async () => {
    const channels = {
      wecom: { kind: 'wecom', url: `http://127.0.0.1:${ding.port}/cgi-bin/webhook/send?key=k` },
      form: {
        kind: 'gateway',
        url: `http://127.0.0.1:${sms.port}/`,
        form: true,
        body: 'm={to}&c={text}&i={id}',
      },
    };
    await open({
      channels,
      people: { zhang: [{ by: 'wecom', to: '139' }], li: [{ by: 'form', to: '+86 139' }] },
      roster: [{ from: '00:00', to: '00:00', duty: 'zhang', deputy: 'li' }],
      centre: 'li',
      timesPerStep: 1,
      repeatMs: minute,
    });
    await publish({});
    await clock.advance(1.5 * minute);
    expect(JSON.parse(ding.received[0]!.body)).toMatchObject({ text: { mentioned_mobile_list: ['139'] } });
    const form = new URLSearchParams(sms.received[0]!.body);
    expect([form.get('m'), form.get('c')]).toEqual(['+86 139', expect.stringContaining('【枢纽】')]);
  });

  test('send mail, with the id of the message as that of the mail', async () => {
    const mail = await mailServer();
    try {
      const channels = {
        mail: { kind: 'mail', host: '127.0.0.1', port: mail.port, tls: 'never', from: 'hub@city.example' },
      };
      await open({ channels, people: { centre: [{ by: 'mail', to: 'duty@city.example' }] }, roster: [] });
      await publish({});
      await clock.advance(1_000);
      expect(mail.mails).toHaveLength(1);
      expect(mail.mails[0]).toMatch(/^To: duty@city\.example$/m);
      expect(mail.mails[0]).toMatch(/^Message-ID: <\w+-1@hub\.invalid>$/m);
    } finally {
      await mail.close();
    }
  });
});

describe('the configuration', () => {
  const problemsOf = (over: Record<string, unknown>) =>
    (notify.config.safeParse({ ...options(), ...over }).error?.issues ?? []).map(
      ({ path, message }) => `${path.join('.')}: ${message}`,
    );

  test.each([
    [
      'a channel that is not there',
      { people: { ...people, li: [{ by: 'smoke' }] } },
      'people.li.0.by: expected one of channels: sms, ding',
    ],
    ['a person who is not there', { centre: 'nobody' }, 'centre: expected one of people: zhang, li, centre'],
    [
      'a deputy who is not there',
      { roster: [{ from: '08:30', to: '17:30', duty: 'li', deputy: 'x' }] },
      'roster.0.deputy: expected one of people: zhang, li, centre',
    ],
    [
      'a time that is none',
      { roster: [{ from: '8:30', to: '24:00', duty: 'li' }] },
      'roster.0.from: expected a time of the day such as "08:30", in quotes',
    ],
    ['no channel', { channels: {} }, 'channels: expected at least one channel'],
  ])('with %s is refused in words', (_, over, problem) => {
    expect(problemsOf(over)).toContain(problem);
  });

  test('as it stands in the example is none of these', () => {
    expect(problemsOf({})).toEqual([]);
  });
});
