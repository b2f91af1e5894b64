import { fileURLToPath } from 'node:url';
import type { FakeSource } from '../../test/contract/connector.ts';
import { startProcess } from '../../test/support/process.ts';

const server = fileURLToPath(new URL('fake-api-server.ts', import.meta.url));

export interface FakeApi extends FakeSource {
  /** Another forecast takes the place of the one that it gives. */
  publish(document: string): Promise<void>;
}

export async function startApi(): Promise<FakeApi> {
  const { ready, stop } = await startProcess(server, []);
  const url = String(ready.url);
  const post = async (path: string, body: string): Promise<void> => {
    const { ok } = await fetch(`${url}/control/${path}`, { method: 'POST', body });
    if (!ok) throw new Error(`the fake API does not take ${path}`);
  };
  return {
    stop,
    options: { url: `${url}/forecast`, token: 'demo-only', pollIntervalMs: 3_600_000 },
    records: async () => [await (await fetch(`${url}/control/document`)).text()],
    disturb: (seed, kinds) => post('disturb', JSON.stringify({ seed, kinds })),
    publish: (document) => post('document', document),
  };
}
