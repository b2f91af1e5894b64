/** A marine forecast's API as a process of its own: one document behind a token. Not a part of the demo city. */
import { serveDocuments } from '../../test/support/document-server.ts';

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

serveDocuments({
  contentType: 'application/json',
  documentOf: () => document,
  control(_name, body) {
    document = body ?? document;
    return document;
  },
});
