import type { Clock } from '../clock.ts';
import { toHubError } from '../errors.ts';
import { retry } from '../retry.ts';
import type { Logger } from '../telemetry.ts';
import type { SchemaRegistry } from './index.ts';

export interface Patience {
  readonly clock: Clock;
  /** Ends the waiting; the call then throws the signal's reason. */
  readonly signal: AbortSignal;
  readonly log: Logger;
  /** For all attempts of one call; then the registry's error comes out, and whoever called starts again later. */
  readonly deadlineMs: number;
}

/** Longest pause between two attempts. */
const maxDelayMs = 5_000;

/**
 * Waits for a registry that is away: at the start, and where bytes of a writer not seen before arrive while it is being restarted. Nothing
 * is lost meanwhile, because nothing goes on: what was consumed is committed only with what became of it.
 */
export function patientRegistry(
  registry: SchemaRegistry,
  { clock, signal, log, deadlineMs }: Patience,
): SchemaRegistry {
  async function patiently<T>(what: string, call: () => Promise<T>): Promise<T> {
    let failures = 0;
    const value = await retry(
      async () => {
        try {
          return await call();
        } catch (thrown) {
          const error = toHubError(thrown);
          if (error.retriable && failures++ === 0) {
            log.warn('the schema registry is away, waiting for it', {
              what,
              code: error.code,
              message: error.message,
            });
          }
          throw error;
        }
      },
      { clock, signal, deadlineMs, baseDelayMs: 200, maxDelayMs },
    );
    if (failures > 0) log.info('the schema registry is back', { what, failures });
    return value;
  }
  return {
    register: (subject, schemaText) =>
      patiently(`register ${subject}`, () => registry.register(subject, schemaText)),
    schema: (id) => patiently(`schema ${id}`, () => registry.schema(id)),
    latest: (subject) => patiently(`latest of ${subject}`, () => registry.latest(subject)),
    versions: (subject) => patiently(`versions of ${subject}`, () => registry.versions(subject)),
  };
}
