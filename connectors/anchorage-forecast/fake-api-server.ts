/** A marine forecast's API as a process of its own: one document behind a token. Not a part of the demo city. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { seededRandom } from '../../test/simulation/random.ts';

const spans = ['10日08时-11时', '10日11时-14时', '10日14时-20时', '10日20时-11日02时', '11日02时-08时'];
const entry = (Time: string, gusts: number) => ({
  wd_en: 'NNW',
  Vis: '>1000m',
  WindWave: '1.0-1.5m',
  Riskrating: '2 4 4 2',
  WindSpeed: gusts,
  WindSpeedAvg: (gusts * 0.75).toFixed(1),
  Time,
  WindDirect: '北到西北风',
});
const anchorage = (first: number) => ({
  PreciseForecast: spans.map((span, number) => entry(span, first + number * 2)),
  Text: '天气预报：今天阴到多云。',
  Time: '2026031007',
  PreciseForecastTime: '2026年03月10日07时',
});
const standing = {
  status: '更新完成',
  lastUpdated: '2026-03-10 07:32:08',
  publishTime: '2026年03月10日07时',
  publishCode: '2026031007',
  anchors: { 条帚门锚地: anchorage(12), 虾峙门外锚地: anchorage(14), 马峙锚地: anchorage(3) },
};

let document = JSON.stringify(standing);
let disturbance: { seed: number; kinds: Record<string, number> } = { seed: 0, kinds: {} };
let requests = 0;

const server = createServer(async (request, response) => {
  if (request.url === '/control/disturb') {
    disturbance = JSON.parse(await textOf(request)) as typeof disturbance;
    requests = 0;
    return response.end('{}');
  }
  if (request.url === '/control/document') {
    if (request.method === 'POST') document = await textOf(request);
    return response.end(document);
  }
  await answer(request, response);
});

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const random = seededRandom(disturbance.seed, `request ${requests++}`);
  const happens = (kind: string): boolean => random.next() < (disturbance.kinds[kind] ?? 0);
  if (happens('rate-limited')) return void response.writeHead(429, { 'retry-after': '1' }).end();
  if (happens('server-error')) return void response.writeHead(503).end('<html>busy</html>');
  if (happens('redirect')) return void response.writeHead(302, { location: '/login' }).end();
  if (happens('login-page')) return void response.end('<!DOCTYPE html><html><body>登录</body></html>');
  if (request.headers.authorization !== 'Bearer demo-only') return void response.writeHead(401).end();
  if (happens('slow')) await setTimeout(600_000, undefined, { ref: false });
  if (happens('truncated')) return void response.end(document.slice(0, document.length / 2));
  if (happens('cut')) {
    response.writeHead(200, { 'content-length': Buffer.byteLength(document) });
    response.write(document.slice(0, document.length / 2));
    return void response.destroy();
  }
  response.setHeader('content-type', 'application/json').end(document);
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request.setEncoding('utf8')) text += chunk;
  return text;
}

process.on('SIGTERM', () => process.exit(0));
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  process.stdout.write(`${JSON.stringify({ ready: true, url: `http://127.0.0.1:${port}` })}\n`);
});
