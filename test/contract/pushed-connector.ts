import { afterEach, describe, expect, test } from '@jest/globals';
import { sign } from '../../connectors/transports/webhook/index.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { ConnectorDefinition } from '../../runtime/connector.ts';
import { type Logger, silentLogger } from '../../runtime/telemetry.ts';

export interface PushedConnectorContract<C, P> {
  readonly definition: ConnectorDefinition<C, P>;
  /** Input for the connector's `config`, with `listen: { port: 0 }`; where it reads as well, nobody needs to answer there. */
  readonly options: Readonly<Record<string, unknown>> & { readonly secrets: readonly string[] };
  readonly clock: Clock;
  /** The body of one event, as the source pushes it. @param serial from 1: the number of another event */
  event(serial: number): string;
}

interface Answer {
  readonly status: number;
  readonly code: number;
  readonly retryAfter: string | null;
}

/** Every connector that is pushed to runs it, beside the contract of connectors. */
export function pushedConnectorContract<C, P>(contract: PushedConnectorContract<C, P>): void {
  const { definition, clock, event } = contract;
  const [secret] = contract.options.secrets;

  /** Runs `read` as the runtime does: asks for more when `commit` has resolved, ends it when that throws. */
  function run(commit: (texts: readonly string[]) => Promise<void>, options = {}) {
    const stop = new AbortController();
    const listening = Promise.withResolvers<string>();
    const config = definition.config.parse({ ...contract.options, ...options });
    const { path } = config as { path: string };
    const log: Logger = {
      ...silentLogger,
      info: (message, facts) => {
        if (message === 'webhook listens') listening.resolve(`http://127.0.0.1:${facts?.port}${path}`);
      },
    };
    const ended = (async () => {
      const reading = definition.read({ config, position: null, signal: stop.signal, clock, log });
      for await (const { records } of reading) {
        await commit(records.map(({ bytes }) => new TextDecoder().decode(bytes)));
      }
    })();
    ended.catch(() => {});
    return { stop, ended, url: listening.promise };
  }

  async function push(body: string, signedAt = clock.now(), by = secret!): Promise<Answer> {
    const headers = { 'content-type': 'application/json', ...sign(by, body, signedAt) };
    const answer = await fetch(await running.url, { method: 'POST', body, headers });
    const { code } = (await answer.json()) as { code: number };
    return { status: answer.status, code, retryAfter: answer.headers.get('retry-after') };
  }

  let running: ReturnType<typeof run>;
  let committed: string[];
  const begin = (commit: (texts: readonly string[]) => Promise<void>, options = {}) => {
    committed = [];
    running = run(commit, options);
  };
  const keep = async (texts: readonly string[]) => void committed.push(...texts);

  describe(`${definition.name} keeps the contract of a connector that is pushed to`, () => {
    afterEach(async () => {
      running.stop.abort();
      await running.ended.catch(() => {});
    });

    test('hands on what is pushed, byte for byte, and says {"code":0} when it is committed', async () => {
      const commit = Promise.withResolvers<void>();
      const arrived = Promise.withResolvers<void>();
      begin(async (texts) => {
        arrived.resolve();
        await commit.promise;
        await keep(texts);
      });
      let answered = false;
      const answer = push(event(1)).finally(() => {
        answered = true;
      });
      await arrived.promise;
      expect((await push(event(1), clock.now(), 'not-the-secret-at-all')).status).toBe(401);
      expect(answered).toBe(false);
      commit.resolve();
      expect(await answer).toMatchObject({ status: 200, code: 0 });
      expect(committed).toEqual([event(1)]);
    });

    test('hands on each event of a list by itself, all at once', async () => {
      const batches: (readonly string[])[] = [];
      begin(async (texts) => void batches.push(texts));
      expect((await push(`[${event(1)},${event(2)},${event(3)}]`)).status).toBe(200);
      expect(batches).toEqual([[event(1), event(2), event(3)]]);
    });

    test('says 503 when the commit fails', async () => {
      begin(async () => {
        throw new Error('disk full');
      });
      expect((await push(event(1))).status).toBe(503);
      await expect(running.ended).rejects.toThrow('disk full');
    });

    test.each([
      ['signed with another secret', 0, 'not-the-secret-at-all'],
      ['signed an hour ago, and sent again', -3_600_000, secret!],
    ])('refuses what is %s', async (_, agoMs, by) => {
      begin(keep);
      expect((await push(event(1), clock.now() + agoMs, by)).status).toBe(401);
      expect((await push(event(2))).status).toBe(200);
      expect(committed).toEqual([event(2)]);
    });

    test('under ten times what it may hold, loses nothing that it has accepted and tells the rest to come back', async () => {
      const refused = Promise.withResolvers<void>();
      begin(
        async (texts) => {
          await refused.promise;
          await keep(texts);
        },
        { maxWaitingCount: 20 },
      );
      const events = Array.from({ length: 200 }, (_, index) => event(index + 1));
      const answers = await Promise.all(
        events.map(async (body) => {
          const answer = await push(body);
          if (answer.status === 429) refused.resolve();
          return answer;
        }),
      );
      const accepted = events.filter((_, index) => answers[index]!.status === 200);
      const told = answers.filter(({ status, retryAfter }) => status === 429 && Number(retryAfter) > 0);
      expect(told.length).toBeGreaterThan(0);
      expect(accepted.length + told.length).toBe(events.length);
      expect([...committed].sort()).toEqual([...accepted].sort());
    });

    test('takes what it cannot understand, and makes a dead letter of it', async () => {
      const outcomes: string[] = [];
      begin(async (texts) => {
        for (const text of texts) {
          const raw = { bytes: new TextEncoder().encode(text), format: 'JSON' as const, correlationId: '1' };
          outcomes.push(definition.normalize(raw, { config: null, ingestedAt: clock.now() }).kind);
        }
      });
      expect((await push('this is no event')).status).toBe(200);
      expect(outcomes).toEqual(['reject']);
    });
  });
}
