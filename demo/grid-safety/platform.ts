import Fastify, { type FastifyInstance } from 'fastify';
import { isSigned } from '../city/signature.ts';
import type { EventList } from './event-list.ts';

const largestPage = 1000;

/**
 * The platform over HTTP: `GET /events?date=YYYY-MM-DD&pageNo=1&pageSize=200`, signed, gives what was accepted on that day (Beijing) as
 * `{"code":0,"data":{"total":n,"pageNo":1,"pageSize":200,"list":[event without ts…]}}`. Says no as `{"code":401|400,"msg":…}` with the same HTTP status.
 */
export function platform(secret: string, events: EventList): FastifyInstance {
  const app = Fastify({ forceCloseConnections: true });
  app.get('/events', async (request, reply) => {
    const now = Date.now();
    if (!isSigned(secret, `GET ${request.url}`, request.headers, now))
      return reply.code(401).send({ code: 401, msg: '签名错误或已过期' });
    const { date, pageNo: no = '1', pageSize: size = '200' } = request.query as Record<string, string>;
    const [pageNo, pageSize] = [Number(no), Number(size)];
    if (date === undefined || !/^\d{4}-\d{2}-\d{2}$/.test(date))
      return reply.code(400).send({ code: 400, msg: 'date: 应为YYYY-MM-DD' });
    if (!(Number.isInteger(pageNo) && pageNo >= 1))
      return reply.code(400).send({ code: 400, msg: 'pageNo: 应为正整数' });
    if (!(Number.isInteger(pageSize) && pageSize >= 1 && pageSize <= largestPage))
      return reply.code(400).send({ code: 400, msg: `pageSize: 应为1到${largestPage}` });
    events.advanceTo(now);
    const list = events.of(date);
    return {
      code: 0,
      data: {
        total: list.length,
        pageNo,
        pageSize,
        list: list.slice((pageNo - 1) * pageSize, pageNo * pageSize),
      },
    };
  });
  return app;
}
