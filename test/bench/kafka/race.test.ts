import { expect, test } from '@jest/globals';
import { freshInstance, shared } from '../../services/shared.ts';
import { openCluster } from './cluster.ts';
import { type ContenderName, contenders } from './contenders.ts';
import { race } from './race.ts';

/** The application once: how it is set makes no difference to what it does. */
const names = (Object.keys(contenders) as ContenderName[]).filter((name) => name !== 'streams-defaults');

test('all who are compared do the same work, each report once and where it belongs', async () => {
  const cluster = await openCluster((await shared('kafka')).brokers);
  const { url: registry } = await shared('registry');
  try {
    const servers = { cluster, registry, brokerPid: null, stop: async () => {} };
    const figures = await race(names, 2_000, 1, servers, `hub.${freshInstance()}`);
    const measured = figures.filter(({ value }) => value > 0).map(({ name }) => name);
    expect(measured).toEqual(expect.arrayContaining(names.map((name) => contenders[name].name)));
  } finally {
    await cluster.close();
  }
}, 600_000);
