/** A meteorological office as a process of its own: an Atom list of alerts, behind a token. Not a part of the demo city. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { seededRandom } from '../../test/simulation/random.ts';

const kinds = ['台风', '暴雨', '海上大风', '大雾'];
const colours = ['蓝色', '黄色', '橙色', '红色'];
const places = [
  '<areaDesc>普陀区</areaDesc><geocode><valueName>行政区划</valueName><value>330903000000</value></geocode>',
  '<areaDesc>沿岸海域</areaDesc>',
  '<areaDesc>某海域</areaDesc><polygon>29.5,121.9 29.5,122.8 30.2,122.8 30.2,121.9 29.5,121.9</polygon>',
];
const time = (minutes: number) =>
  `${new Date(Date.UTC(2026, 2, 1) + minutes * 60_000).toISOString().slice(0, 19)}+08:00`;

const alerts = Array.from({ length: 120 }, (_, number) => {
  const said = `${kinds[number % 4]}${colours[number % 3]}预警`;
  return `<?xml version="1.0" encoding="UTF-8"?>
<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2"><identifier>33090341600000_2026${number}</identifier><sender>33090341600000</sender>
<sent>${time(number)}</sent><status>Actual</status><msgType>Alert</msgType><scope>Public</scope>
<info><language>zh-CN</language><category>Met</category><event>${said}</event><urgency>Expected</urgency><severity>Severe</severity><certainty>Likely</certainty>
<effective>${time(number)}</effective><expires>${time(number + 360)}</expires><headline>普陀区气象台发布${said}</headline>
<area>${places[number % 3]}</area></info></alert>`;
});

let disturbance: { seed: number; kinds: Record<string, number> } = { seed: 0, kinds: {} };
let requests = 0;

const server = createServer(async (request, response) => {
  const path = request.url ?? '/';
  if (path === '/control/disturb') {
    disturbance = JSON.parse(await textOf(request)) as typeof disturbance;
    requests = 0;
    return response.end('{}');
  }
  if (path === '/control/alerts') return response.end(JSON.stringify(alerts));
  await answer(path, request, response);
});

async function answer(path: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const random = seededRandom(disturbance.seed, `request ${requests++}`);
  const happens = (kind: string): boolean => random.next() < (disturbance.kinds[kind] ?? 0);
  if (happens('rate-limited')) return void response.writeHead(429, { 'retry-after': '1' }).end();
  if (happens('server-error')) return void response.writeHead(503).end('<html>busy</html>');
  if (happens('redirect')) return void response.writeHead(302, { location: '/login' }).end();
  if (happens('login-page')) return void response.end('<!DOCTYPE html><html><body>登录</body></html>');
  if (request.headers.authorization !== 'Bearer demo-only') return void response.writeHead(401).end();
  if (happens('slow')) await setTimeout(600_000, undefined, { ref: false });
  const body =
    path === '/feed' ? list(request.headers.host ?? '') : alerts[Number(path.slice('/alert/'.length))];
  if (body === undefined) return void response.writeHead(404).end();
  if (happens('truncated')) return void response.end(body.slice(0, body.length / 2));
  if (happens('cut')) {
    response.writeHead(200, { 'content-length': Buffer.byteLength(body) });
    response.write(body.slice(0, body.length / 2));
    return void response.destroy();
  }
  response.setHeader('content-type', 'application/xml').end(body);
}

const list = (host: string): string =>
  `<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>预警</title>${alerts
    .map(
      (_, number) =>
        `<entry><id>${number}</id><updated>${time(number)}</updated><link type="application/cap+xml" href="http://${host}/alert/${number}"/></entry>`,
    )
    .join('')}</feed>`;

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
