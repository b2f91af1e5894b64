import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { checkChances } from '../city/chances.ts';
import { drawInt } from '../city/draw.ts';
import {
  brokenRow,
  type DisturbanceKind,
  type Disturbances,
  disturbanceKinds,
  happens,
} from './disturbances.ts';
import type { Table } from './table.ts';

export interface PortalOptions {
  readonly seed: number;
  readonly username: string;
  readonly password: string;
  readonly tokenLifeMs: number;
  readonly slowMs: number;
  readonly disturbances: Disturbances;
  readonly table: Table;
  /** ms; brings the table up to it first. */
  now(): number;
}

const largestPage = 200;
const loginPage =
  '<!doctype html><html lang="zh-CN"><title>登录</title><body><form action="/portal/login"></form></body></html>';

/**
 * The portal over HTTP: `POST /api/login`, `GET /api/reports?from&to&pageNo&pageSize` (update time in ms, both ends included, sorted by
 * it, ascending), a few HTML pages, and `/control/…`, by which tests and demonstrations disturb it.
 */
export function portal(options: PortalOptions): FastifyInstance {
  const { table } = options;
  let { seed } = options;
  const tokens = new Map<string, { readonly endsAt: number; used: boolean }>();
  const counts: Record<string, number> = { requests: 0, logins: 0, pages: 0 };
  let disturbances = options.disturbances;
  const app = Fastify({ bodyLimit: 64 * 1024 * 1024, forceCloseConnections: true });

  const strikes = (kind: DisturbanceKind, request: number) => {
    const struck = happens(disturbances, kind, seed, request);
    if (struck) counts[kind] = (counts[kind] ?? 0) + 1;
    return struck;
  };

  /** @returns true when the request has been answered by a disturbance. */
  async function disturb(request: number, reply: FastifyReply): Promise<boolean> {
    if (strikes('slow', request)) await new Promise((resolve) => setTimeout(resolve, options.slowMs));
    if (strikes('rate-limited', request)) {
      const seconds = request % 2 === 0;
      reply.code(429).header('retry-after', seconds ? '1' : new Date(Date.now() + 1000).toUTCString());
      reply.send({ code: 429, msg: '请求过于频繁' });
    } else if (strikes('login-page', request)) {
      reply.type('text/html; charset=utf-8').send(loginPage);
    } else if (strikes('redirect', request)) {
      reply.redirect('/portal/login?session=expired');
    } else if (strikes('server-error', request)) {
      reply.code(503).type('text/html').send('<html><h1>503 Service Unavailable</h1></html>');
    } else if (strikes('inner-error', request)) {
      reply.send({ code: 500, msg: '系统繁忙', data: null });
    } else {
      return false;
    }
    return true;
  }

  function tokenOf(request: FastifyRequest) {
    const text = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? '';
    const token = tokens.get(text);
    if (token === undefined || token.endsAt <= Date.now()) return null;
    return { text, token };
  }

  function send(request: number, reply: FastifyReply, body: string): void {
    const bytes = Buffer.from(body);
    const half = Math.max(1, Math.floor(bytes.length / 2));
    if (strikes('cut', request)) {
      reply.hijack();
      reply.raw.writeHead(200, { 'content-type': 'application/json', 'content-length': bytes.length });
      reply.raw.write(bytes.subarray(0, half), () => reply.raw.destroy());
    } else {
      reply
        .type('application/json; charset=utf-8')
        .send(strikes('truncated', request) ? bytes.subarray(0, half) : bytes);
    }
  }

  app.post('/api/login', async (request, reply) => {
    const number = counts.requests!++;
    counts.logins! += 1;
    if (await disturb(number, reply)) return reply;
    const { username, password } = (request.body ?? {}) as Record<string, unknown>;
    if (username !== options.username || password !== options.password)
      return { code: 401, msg: '用户名或密码错误' };
    const token = `t${drawInt(1, 0x7fffffff, options.seed, 'token', counts.logins!).toString(36)}x${counts.logins}`;
    tokens.set(token, { endsAt: Date.now() + options.tokenLifeMs, used: false });
    return { code: 0, msg: 'ok', data: { token, expiresIn: options.tokenLifeMs / 1000 } };
  });

  app.get('/api/reports', async (request, reply) => {
    const number = counts.requests!++;
    if (await disturb(number, reply)) return reply;
    const held = tokenOf(request);
    // A fresh token is never forgotten, or no reader could get anywhere.
    if (held?.token.used && strikes('token-expired', number)) tokens.delete(held.text);
    if (held === null || !tokens.has(held.text)) return { code: 401, msg: 'token已过期' };
    held.token.used = true;
    const query = windowOf(request.query as Record<string, string | undefined>);
    if (typeof query === 'string') return { code: 400, msg: query };
    const now = options.now();
    if (strikes('shift', number)) {
      const known = table.all().filter(({ updatedAt }) => updatedAt < query.from + 1 || query.pageNo > 1);
      const rows = known.length > 0 ? known : table.all();
      const row = rows[drawInt(0, Math.max(0, rows.length - 1), seed, 'shift-row', number)];
      if (row !== undefined) table.touch(row.id, now);
    }
    counts.pages! += 1;
    const { total, rows } = table.page(query);
    const texts = rows.map(({ text }) => text);
    if (strikes('broken-row', number)) {
      texts.splice(drawInt(0, texts.length, seed, 'broken-row-place', number), 0, brokenRow(seed, number));
    }
    const told = strikes('no-total', number)
      ? ''
      : `"total":${strikes('wrong-total', number) ? total + 1 : total},`;
    const { pageNo, pageSize } = query;
    send(
      number,
      reply,
      `{"code":0,"data":{${told}"pageNo":${pageNo},"pageSize":${pageSize},"list":[${texts.join(',')}]}}`,
    );
    return reply;
  });

  const html = (text: string) => async (_: FastifyRequest, reply: FastifyReply) =>
    reply.type('text/html; charset=utf-8').send(text);
  app.get(
    '/',
    html('<!doctype html><html lang="zh-CN"><title>信访投诉举报平台</title><h1>信访投诉举报平台</h1></html>'),
  );
  app.get('/portal/login', html(loginPage));

  app.get('/control/rows', async () => {
    options.now();
    return { rows: table.all() };
  });
  app.get('/control/counts', async () => counts);
  // Counts requests anew, so that a run can be repeated whatever was asked before.
  app.post('/control/disturb', async (request) => {
    const { seed: other, kinds } = request.body as { seed: number; kinds: Record<string, unknown> };
    disturbances = checkChances(disturbanceKinds, kinds);
    seed = other;
    counts.requests = 0;
    return { seed, disturbances };
  });
  app.post('/control/forget-tokens', async () => {
    tokens.clear();
    return {};
  });
  app.post('/control/touch', async (request) => {
    const { ids } = request.body as { ids: readonly string[] };
    for (const id of ids) table.touch(id, options.now());
    return {};
  });
  app.post('/control/put', async (request) => {
    const { rows } = request.body as { rows: readonly { id: string; updatedAt: number; text: string }[] };
    for (const row of rows) table.put(row);
    return {};
  });
  app.post('/control/delete', async (request) => {
    const { ids } = request.body as { ids: readonly string[] };
    for (const id of ids) table.delete(id);
    return {};
  });
  return app;
}

/** @returns what is wrong with it, when something is. */
function windowOf(query: Record<string, string | undefined>) {
  const whole = (value: string | undefined, missing: number) =>
    value === undefined ? missing : /^\d+$/.test(value) ? Number(value) : Number.NaN;
  const from = whole(query.from, 0);
  const to = whole(query.to, Number.MAX_SAFE_INTEGER);
  const pageNo = whole(query.pageNo, 1);
  const pageSize = whole(query.pageSize, 20);
  if (Number.isNaN(from) || Number.isNaN(to)) return 'from, to: 应为毫秒时间戳';
  if (!(pageNo >= 1)) return 'pageNo: 应为正整数';
  if (!(pageSize >= 1 && pageSize <= largestPage)) return `pageSize: 应为1到${largestPage}`;
  return { from, to, pageNo, pageSize };
}
