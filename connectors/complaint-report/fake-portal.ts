import { fileURLToPath } from 'node:url';
import type { FakeSource } from '../../test/contract/connector.ts';
import { startProcess } from '../../test/support/process.ts';

const server = fileURLToPath(new URL('../../demo/complaint-report/server.ts', import.meta.url));

export interface PortalRow {
  readonly id: string;
  readonly updatedAt: number;
  readonly text: string;
}

export interface FakePortal extends FakeSource {
  /** Of the API: `http://127.0.0.1:PORT/api` */
  readonly url: string;
  /** What a configuration must say to read from it. */
  readonly account: { readonly baseUrl: string; readonly username: string; readonly password: string };
  control(action: string, body?: unknown): Promise<unknown>;
}

/** Starts the demo's portal. @param args see `demo/complaint-report/server.ts --help` */
export async function startPortal(...args: readonly string[]): Promise<FakePortal> {
  const { ready, stop } = await startProcess(server, args);
  const url = String(ready.url);
  const control = async (action: string, body?: unknown): Promise<unknown> => {
    const post = {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    };
    const answer = await fetch(new URL(`/control/${action}`, url), body === undefined ? {} : post);
    if (!answer.ok) throw new Error(`control/${action}: HTTP ${answer.status}: ${await answer.text()}`);
    return answer.json();
  };
  const account = { baseUrl: url, username: 'demo', password: 'demo-only' };
  return {
    url,
    account,
    control,
    stop,
    options: {
      ...account,
      pageSize: 25,
      pollIntervalMs: 3_600_000,
      // The stories are told 2,500 times faster than life: ten minutes would be all of them.
      overlapMs: 2_000,
    },
    async records() {
      const { rows } = (await control('rows')) as { rows: readonly PortalRow[] };
      return rows.map(({ text }) => text);
    },
    async disturb(seed, kinds) {
      await control('disturb', { seed, kinds });
    },
  };
}
