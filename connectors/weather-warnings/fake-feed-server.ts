/** A meteorological office as a process of its own: an Atom list of alerts, behind a token. Not a part of the demo city. */
import { serveDocuments } from '../../test/support/document-server.ts';

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

const list = (host: string): string =>
  `<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>预警</title>${alerts
    .map(
      (_, number) =>
        `<entry><id>${number}</id><updated>${time(number)}</updated><link type="application/cap+xml" href="http://${host}/alert/${number}"/></entry>`,
    )
    .join('')}</feed>`;

serveDocuments({
  contentType: 'application/xml',
  documentOf: (path, host) => (path === '/feed' ? list(host) : alerts[Number(path.slice('/alert/'.length))]),
  control: () => JSON.stringify(alerts),
});
