import { join } from 'node:path';
import { type FakePortal, startPortal } from '../../connectors/complaint-report/fake-portal.ts';
import { writeRows } from './portal-rows.ts';

/**
 * A frozen portal with the reports of the stories as they were when they came in: none is closed or rejected, because what is over
 * when it reaches the hub is nobody's work, and the organisations' topics would stay empty.
 * @param folder where their file goes @param args see `demo/complaint-report/server.ts --help`
 */
export async function startOpenPortal(folder: string, ...args: readonly string[]): Promise<FakePortal> {
  const told = await startPortal('--frozen', '--seed', '7');
  const open = (await told.records()).map((text) => JSON.stringify({ ...JSON.parse(text), status: '0' }));
  await told.stop();
  return startPortal('--frozen', '--records', writeRows(join(folder, 'records.jsonl'), open), ...args);
}
