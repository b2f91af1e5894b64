import { logContract } from '../contract/log.ts';
import { autoRun } from './auto-run.ts';
import { SimBroker } from './broker.ts';
import { seededRandom } from './random.ts';
import { Scheduler } from './scheduler.ts';

logContract('the simulated log', async () => {
  const scheduler = new Scheduler(seededRandom(1, 'schedule'), Date.UTC(2026, 10, 1));
  autoRun(scheduler);
  const log = new SimBroker(scheduler).connect(scheduler.spawn('test'));
  return { log, close: () => log.close() };
});
