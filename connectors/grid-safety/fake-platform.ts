import { setTimeout } from 'node:timers/promises';
import { type FastifyReply, fastify } from 'fastify';
import type { FakeSource } from '../../test/contract/connector.ts';
import { type Random, seededRandom } from '../../test/simulation/random.ts';
import { sign } from '../transports/webhook/index.ts';
import { addDays } from './days.ts';

export const secret = 'the-secret-of-the-platform';
/** 2026-03-10 12:00 in Zhoushan: what time it is for the platform, and for a hub that reads from it. */
export const noon = Date.parse('2026-03-10T12:00:00+08:00');
export const today = '2026-03-10';

export interface PlatformEvent extends Readonly<Record<string, unknown>> {
  readonly eventNo: string;
  readonly acceptDate: string;
}

/** An event like that of domain.md §3.2, as the list has it (a push has `ts` as well). @param serial from 1, its number of the day */
export const eventOn = (day: string, serial: number, over: Record<string, unknown> = {}): PlatformEvent => ({
  eventNo: `WG330903003-${day.replaceAll('-', '')}-${String(serial).padStart(4, '0')}`,
  eventSource: '排查发现',
  type1: '问题隐患',
  type2: '环保生态',
  level: '四级',
  severity: '一般',
  gridCode: '330903003003012',
  gridWorker: '网格员07',
  desc: `菜场后门第${serial}个垃圾点生活垃圾堆积约2方`,
  personNum: null,
  isGroup: '否',
  isEmergency: '否',
  mapLocation: '122.305611,29.944098',
  coordType: 'gcj02',
  acceptDate: `${day} 08:${String(serial % 60).padStart(2, '0')}:05`,
  nodeValue: '10',
  files: [{ u: `/f/${serial}.jpg`, t: 'before' }],
  ...over,
});

export interface FakePlatform extends FakeSource {
  readonly url: string;
  /** By day of `acceptDate`; a test may change it at any time. */
  readonly days: Map<string, PlatformEvent[]>;
  /** Called before each page of a list is answered. */
  onPage(listener: (day: string, pageNo: number) => void): void;
}

/** What goes wrong with one request. */
const disturbances: Readonly<Record<string, (reply: FastifyReply, body: string) => Promise<unknown>>> = {
  'rate-limited': async (reply) => reply.status(429).header('retry-after', '0').send('{"code":429}'),
  'server-error': async (reply) => reply.status(500).send('oops'),
  'inner-error': async () => '{"code":500,"msg":"busy"}',
  'login-page': async (reply) => reply.type('text/html').send('<html>log in</html>'),
  truncated: async (_reply, body) => body.slice(0, body.length / 2),
  cut: async (reply) => {
    reply.hijack();
    reply.raw.write('HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n{');
    reply.raw.destroy();
  },
  slow: async (reply, body) => {
    await setTimeout(600_000, undefined, { ref: false });
    return reply.send(body);
  },
};
export const disturbanceKinds = Object.keys(disturbances);

/** Answers `GET /api/events` as the platform does; in this process, on any free port. @param days how many, up to today, of 34 events each */
export async function startPlatform({
  days: dayCount = 4,
  now = () => noon,
}: {
  readonly days?: number;
  readonly now?: () => number;
} = {}): Promise<FakePlatform> {
  const days = new Map<string, PlatformEvent[]>();
  for (let back = dayCount - 1; back >= 0; back--) {
    const day = addDays(today, -back);
    const events = Array.from({ length: 34 }, (_, index) => eventOn(day, index + 1));
    days.set(day, events);
  }
  let random: Random = seededRandom(0, 'platform');
  let kinds: Readonly<Record<string, number>> = {};
  let listener = (_day: string, _pageNo: number): void => {};

  const app = fastify({ forceCloseConnections: true });
  app.get<{ Querystring: { date: string; pageNo: string; pageSize: string } }>(
    '/api/events',
    async ({ query, headers, url }, reply) => {
      const { 'x-timestamp': timestamp } = headers;
      const expected = sign(secret, `GET ${url}`, Number(timestamp) * 1000);
      const isRecent = Math.abs(now() / 1000 - Number(timestamp)) <= 300;
      if (!isRecent || headers['x-signature'] !== expected['x-signature'])
        return reply.status(401).send({ code: 401 });
      listener(query.date, Number(query.pageNo));
      const events = days.get(query.date) ?? [];
      const [pageNo, pageSize] = [Number(query.pageNo), Number(query.pageSize)];
      const list = events.slice((pageNo - 1) * pageSize, pageNo * pageSize);
      const body = JSON.stringify({ code: 0, data: { total: events.length, pageNo, pageSize, list } });
      reply.type('application/json');
      const disturbed = Object.entries(kinds).find(([, probability]) => random.chance(probability));
      return disturbed === undefined ? body : disturbances[disturbed[0]]!(reply, body);
    },
  );
  await app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = app.server.address() as { port: number };
  const url = `http://127.0.0.1:${port}/api`;
  return {
    url,
    days,
    now: noon,
    onPage(called) {
      listener = called;
    },
    options: {
      baseUrl: url,
      secrets: [secret],
      listen: { port: 0 },
      pullTime: '00:00',
      pageSize: 10,
      pollIntervalMs: 3_600_000,
      retryPauseMs: 10,
    },
    records: async () => [...days.values()].flat().map((event) => JSON.stringify(event)),
    async disturb(seed, chosen) {
      random = seededRandom(seed, 'platform');
      kinds = chosen;
    },
    async stop() {
      await app.close();
    },
  };
}
