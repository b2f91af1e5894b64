import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { z } from 'zod';
import { type Clock, systemClock } from '../../runtime/clock.ts';
import type { ConnectorDefinition, RawRecord } from '../../runtime/connector.ts';
import { type ErrorCode, errorKinds, HubError } from '../../runtime/errors.ts';
import { type Logger, silentLogger } from '../../runtime/telemetry.ts';

type Options = Readonly<Record<string, unknown>>;

/** A fake of the real system, as a process of its own, with more records than fit on a few pages (but for `isOneDocument`). */
export interface FakeSource {
  /** Input for the connector's `config`; must name `pollIntervalMs`. */
  readonly options: Options;
  /** Every record as it stands now, as the text that the connector should hand on. */
  records(): Promise<readonly string[]>;
  /** Probability of each kind per request; the same seed disturbs the same requests from now on. */
  disturb(seed: number, kinds: Readonly<Record<string, number>>): Promise<void>;
  stop(): Promise<void>;
  /** Time at which its records are to be read, ms; absent where the real one will do. */
  readonly now?: number;
}

export interface Disturbance {
  readonly kind: string;
  /** What `check` throws (or logs, see `isPushed`) when it happens at every request; null where nothing is wrong for a reader. */
  readonly code: ErrorCode | null;
  /** For this kind only. */
  readonly options?: Options;
}

export interface ConnectorContract<C, P> {
  readonly definition: ConnectorDefinition<C, P>;
  start(): Promise<FakeSource>;
  /**
   * Is it pushed to as well? Then what may pass by itself is not thrown by `check` but logged, with code and message: a source that cannot be read
   * must not keep the hub from receiving. `pushedConnectorContract` has more for it.
   */
  readonly isPushed?: boolean;
  /**
   * Is there but one record at a time, which its source replaces by a newer one? Then there are no pages and no position in the middle: one batch brings all, and
   * later ones may be empty.
   */
  readonly isOneDocument?: boolean;
  readonly disturbances: readonly Disturbance[];
  /** Options that the source must refuse: a wrong password. */
  readonly refused: Options;
  /** A disturbance that makes the source hang for longer than a test may take. */
  readonly hang: string;
  /** A disturbance that moves records while they are read; null for a source in which nothing moves. */
  readonly shift: string | null;
  readonly fixtures: readonly { readonly name: string; readonly bytes: Uint8Array }[];
}

/** Every connector runs it, against a fake of its source as a process of its own. */
export function connectorContract<C, P>(contract: ConnectorContract<C, P>): void {
  const { definition, isOneDocument = false } = contract;

  describe(`${definition.name} keeps the contract of a connector`, () => {
    let source: FakeSource;

    beforeAll(async () => {
      source = await contract.start();
    });
    beforeEach(() => source.disturb(0, {}));
    afterAll(() => source?.stop());

    const configOf = (options: Options = {}) => definition.config.parse({ ...source.options, ...options });
    const clock = (): Clock => clockOf(source);
    const check = async (options?: Options) => {
      const warnings: unknown[] = [];
      const log: Logger = { ...silentLogger, warn: (_, facts) => void warnings.push(facts) };
      const signal = new AbortController().signal;
      await definition.check({ config: configOf(options), signal, clock: clock(), log });
      if (contract.isPushed && warnings.length > 0) throw warnings[0];
    };
    const readAll = (position: P | null, options?: Options) =>
      readToTheEnd(definition, configOf(options), position, { clock: clock() });
    const missing = async (texts: Iterable<string>) => {
      const seen = new Set(texts);
      return (await source.records()).filter((text) => !seen.has(text));
    };

    describe('check', () => {
      test('passes where address, account and rights are in order', async () => {
        await expect(check()).resolves.toBeUndefined();
      });

      test('says that the credentials are refused', async () => {
        await expect(check(contract.refused)).rejects.toMatchObject({ code: 'HUB_SOURCE_REFUSED' });
      });

      test('says that nobody answers', async () => {
        const other = await contract.start();
        await other.stop();
        await expect(check(other.options)).rejects.toMatchObject({ code: 'HUB_SOURCE_UNREACHABLE' });
      });

      test.each([...contract.disturbances])('with $kind: $code', async ({ kind, code, options }) => {
        await source.disturb(1, { [kind]: 1 });
        const outcome = await check(options).catch((thrown: unknown) => thrown);
        if (code === null) return expect(outcome).toBeUndefined();
        expect(outcome).toMatchObject({ code, message: expect.stringContaining(definition.name) });
        for (const secret of secretsOf(definition, source.options)) {
          expect(
            JSON.stringify([(outcome as HubError).message, (outcome as HubError).context]),
          ).not.toContain(secret);
        }
      });
    });

    describe('read', () => {
      test('hands on every record, as the bytes that the source sent', async () => {
        const { batches } = await readAll(null);
        expect(textsOf(batches).length).toBeGreaterThan(isOneDocument ? 0 : 100);
        expect(await missing(textsOf(batches))).toEqual([]);
        expect(
          batches.flatMap(({ records }) => records).filter(({ correlationId }) => correlationId === ''),
        ).toEqual([]);
      });

      test('loses nothing when it is started again from any position that it gave', async () => {
        const { batches } = await readAll(null);
        expect(batches.length).toBeGreaterThan(isOneDocument ? 0 : 3);
        for (const [index, { position }] of batches.entries()) {
          const rest = await readAll(overTheWire(position));
          expect(await missing([...textsOf(batches.slice(0, index + 1)), ...textsOf(rest.batches)])).toEqual(
            [],
          );
        }
      });

      test('has nothing new to say when nothing is new, but for the overlap', async () => {
        const first = await readAll(null);
        const again = await readAll(first.batches.at(-1)!.position);
        const known = new Set(textsOf(first.batches));
        expect(textsOf(again.batches).filter((text) => !known.has(text))).toEqual([]);
        if (isOneDocument) expect(textsOf(again.batches)).toEqual([]);
        else expect(again.batches.length).toBeLessThan(first.batches.length);
      });

      test.each([...contract.disturbances])(
        'is complete in spite of $kind, if it is called again',
        async ({ kind, options }) => {
          for (const seed of [1, 2, 3]) {
            await source.disturb(seed, { [kind]: 0.3 });
            const { batches } = await readAll(null, options);
            expect(await missing(textsOf(batches))).toEqual([]);
          }
        },
      );

      test('is complete in spite of everything at once', async () => {
        const kinds = contract.disturbances.map(({ kind }) => [kind, 0.04]);
        await source.disturb(4, Object.fromEntries(kinds));
        const options = Object.assign({}, ...contract.disturbances.map((disturbance) => disturbance.options));
        const { batches } = await readAll(null, options);
        expect(await missing(textsOf(batches))).toEqual([]);
      });

      test('ends when it is aborted while the source hangs', async () => {
        await source.disturb(5, { [contract.hang]: 1 });
        const stop = new AbortController();
        const reading = readToTheEnd(definition, configOf(), null, { clock: clock(), stop });
        setTimeout(() => stop.abort(), 200);
        await expect(reading).resolves.toMatchObject({ batches: [] });
      });

      test('ends when it is aborted between two batches', async () => {
        const stop = new AbortController();
        const { batches } = await readToTheEnd(definition, configOf(), null, {
          clock: clock(),
          stop,
          onBatch: () => stop.abort(),
        });
        expect(batches.length).toBe(1);
      });
    });

    if (contract.shift !== null) {
      const shift = contract.shift;
      test('read misses no record, however the records shift while it reads', async () => {
        await fc.assert(
          fc.asyncProperty(fc.nat(), fc.integer({ min: 1, max: 10 }), async (seed, tenths) => {
            await source.disturb(seed, { [shift]: tenths / 10 });
            const { batches } = await readAll(null);
            expect(await missing(textsOf(batches))).toEqual([]);
          }),
          { numRuns: 15 },
        );
      });
    }

    describe('normalize', () => {
      const context = () => ({ config: configOf(), ingestedAt: Date.UTC(2026, 11, 1) });
      const raw = (bytes: Uint8Array): RawRecord => ({ bytes, format: 'JSON', correlationId: 'test' });
      const expectOutcome = (bytes: Uint8Array) => {
        const outcome = definition.normalize(raw(bytes), context());
        expect(['next', 'drop', 'reject', 'route']).toContain(outcome.kind);
        if (outcome.kind === 'reject') expect(Object.keys(errorKinds)).toContain(outcome.code);
        expect(definition.normalize(raw(bytes), context())).toEqual(outcome);
        return outcome;
      };

      test.each([...contract.fixtures])(
        'answers fixture $name with an outcome, twice the same',
        ({ bytes }) => {
          expectOutcome(bytes);
        },
      );

      test('accepts what the source sends when nothing is wrong', async () => {
        const rejected = (await source.records())
          .map((text) => expectOutcome(new TextEncoder().encode(text)))
          .filter(({ kind }) => kind !== 'next' && kind !== 'route');
        expect(rejected).toEqual([]);
      });

      test('answers any bytes with an outcome', () => {
        fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => void expectOutcome(bytes)));
      });

      test('answers records with bytes changed, cut out or doubled with an outcome', async () => {
        const texts = (await source.records()).slice(0, 50).map((text) => new TextEncoder().encode(text));
        fc.assert(
          fc.property(
            fc.constantFrom(...texts),
            fc.nat(),
            fc.nat(20),
            fc.uint8Array({ maxLength: 5 }),
            (text, at, cut, put) => {
              const from = at % text.length;
              expectOutcome(
                Uint8Array.from([...text.subarray(0, from), ...put, ...text.subarray(from + cut)]),
              );
            },
          ),
          { numRuns: 300 },
        );
      });
    });

    describe('config', () => {
      const properties = Object.entries(optionsOf(definition));

      test.each(properties)('describes %s', (_, property) => {
        expect(property.description).toMatch(/\w.*\.$/);
      });

      test.each(properties.filter(([, { type }]) => type === 'integer' || type === 'number'))(
        'bounds %s, gives a default and names its unit or what it counts',
        (name, { minimum, maximum, default: usual }) => {
          expect(name).toMatch(/(Ms|Bytes|Size|Passes|Count|Days)$/);
          expect([typeof minimum, typeof maximum, typeof usual]).toEqual(['number', 'number', 'number']);
          expect(usual).toBeGreaterThanOrEqual(minimum as number);
          expect(usual).toBeLessThanOrEqual(maximum as number);
        },
      );

      test('marks every option that is a secret', () => {
        const secrets = properties.filter(([name]) => /password|secret|token|key$/i.test(name));
        expect(secrets.filter(([, { secret }]) => secret !== true)).toEqual([]);
      });

      test('refuses an option that it does not know', () => {
        expect(definition.config.safeParse({ ...source.options, pollIntervalms: 1 }).success).toBe(false);
      });
    });
  });
}

interface Batch<P> {
  readonly records: readonly RawRecord[];
  readonly position: P;
}

/** More failures in one reading than any disturbance brings. */
const mostFailures = 1_000;

/**
 * Reads as the runtime does, from the last position again after each retriable failure (without its pauses), until the connector has
 * nothing more to read: it then sleeps for `pollIntervalMs`.
 */
export async function readToTheEnd<C, P>(
  definition: ConnectorDefinition<C, P>,
  config: C,
  position: P | null,
  {
    clock: realClock = systemClock,
    stop = new AbortController(),
    onBatch = () => {},
  }: {
    readonly clock?: Clock;
    readonly stop?: AbortController;
    onBatch?(batch: Batch<P>): void;
  } = {},
): Promise<{ readonly batches: readonly Batch<P>[]; readonly failures: readonly HubError[] }> {
  const { pollIntervalMs } = config as { pollIntervalMs: number };
  const clock: Clock = {
    ...realClock,
    async sleep(ms, signal) {
      if (ms === pollIntervalMs) stop.abort();
      else await realClock.sleep(ms, signal);
    },
  };
  const batches: Batch<P>[] = [];
  const failures: HubError[] = [];
  while (!stop.signal.aborted) {
    const from = batches.at(-1)?.position ?? position;
    try {
      for await (const batch of definition.read({
        config,
        position: from,
        signal: stop.signal,
        clock,
        log: silentLogger,
      })) {
        batches.push(batch);
        onBatch(batch);
        if (stop.signal.aborted) break;
      }
    } catch (thrown) {
      if (stop.signal.aborted) break;
      if (!(thrown instanceof HubError) || !thrown.retriable || failures.length >= mostFailures) throw thrown;
      failures.push(thrown);
    }
  }
  return { batches, failures };
}

/** The clock by which a fake's records are read. */
export const clockOf = ({ now }: Pick<FakeSource, 'now'>): Clock =>
  now === undefined ? systemClock : { ...systemClock, now: () => now };

export const textsOf = (batches: readonly { readonly records: readonly RawRecord[] }[]): readonly string[] =>
  batches.flatMap(({ records }) => records.map(({ bytes }) => new TextDecoder().decode(bytes)));

const overTheWire = <P>(position: P): P => JSON.parse(JSON.stringify(position)) as P;

function optionsOf({
  config,
}: Pick<ConnectorDefinition, 'config'>): Readonly<Record<string, z.core.JSONSchema.BaseSchema>> {
  const { properties } = z.toJSONSchema(config, { io: 'input' });
  return (properties ?? {}) as Record<string, z.core.JSONSchema.BaseSchema>;
}

function secretsOf(definition: Pick<ConnectorDefinition, 'config'>, options: Options): readonly string[] {
  return Object.entries(optionsOf(definition)).flatMap(([name, { secret }]) =>
    secret === true ? [String(options[name])] : [],
  );
}
