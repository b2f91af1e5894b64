import { incompatibilities } from '../../schemas/compatibility.ts';
import { HubError } from '../errors.ts';

/** What every form of the registry says of a schema before it takes it. */

/** Throws HUB_SCHEMA_INCOMPATIBLE for what is no JSON. */
export function withoutWhiteSpace(subject: string, schemaText: string): string {
  try {
    return JSON.stringify(JSON.parse(schemaText));
  } catch {
    throw incompatible(subject, ['not JSON']);
  }
}

/** Why a text is none that the hub writes with; empty when it is one. Compared with itself, no Avro at all and an enum without a default show. */
export function ownFaults(text: string): readonly string[] {
  const schema = JSON.parse(text) as unknown;
  return incompatibilities(schema, schema);
}

/** Why a text may not follow these versions of its subject; empty when it may. */
export function faultsAfter(
  text: string,
  older: readonly { readonly version: number; readonly schemaText: string }[],
): readonly string[] {
  const schema = JSON.parse(text) as unknown;
  return older.flatMap(({ version, schemaText }) =>
    incompatibilities(schema, JSON.parse(schemaText)).map((what) => `version ${version}: ${what}`),
  );
}

export const incompatible = (subject: string, faults: readonly string[]): HubError =>
  new HubError('HUB_SCHEMA_INCOMPATIBLE', `${subject}: ${faults.join('; ')}`, {
    context: { subject, faults },
  });
