import { fileURLToPath } from 'node:url';
import type { FakeSource } from '../../test/contract/connector.ts';
import { startProcess } from '../../test/support/process.ts';

const server = fileURLToPath(new URL('fake-feed-server.ts', import.meta.url));

export async function startFeed(): Promise<FakeSource> {
  const { ready, stop } = await startProcess(server, []);
  const url = String(ready.url);
  return {
    stop,
    options: { url: `${url}/feed`, token: 'demo-only', pollIntervalMs: 3_600_000 },
    records: async () => (await (await fetch(`${url}/control/alerts`)).json()) as string[],
    async disturb(seed, kinds) {
      const body = JSON.stringify({ seed, kinds });
      const { ok } = await fetch(`${url}/control/disturb`, { method: 'POST', body });
      if (!ok) throw new Error('the fake feed does not take disturbances');
    },
  };
}
