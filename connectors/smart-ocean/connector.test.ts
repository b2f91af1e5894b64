import { systemClock } from '../../runtime/clock.ts';
import { pushedConnectorContract } from '../../test/contract/pushed-connector.ts';
import { smartOcean } from './index.ts';

/** Alarms are pushed; of ships nobody can be asked: what AIS receivers send is tested in read.test.ts. */
pushedConnectorContract({
  definition: smartOcean,
  options: { receivers: ['127.0.0.1:9'], secrets: ['a-secret-of-the-platform'], listen: { port: 0 } },
  clock: systemClock,
  event: (serial) =>
    JSON.stringify({
      alarmId: `YJ20260310-${serial}`,
      alarmType: '失联',
      shipName: '浙普渔99902',
      mmsi: '412999902',
      lastTime: '2026-03-10 01:22:41',
      lostMin: 372,
      level: '红',
      status: '未处置',
    }),
});
