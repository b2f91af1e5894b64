import { randomBytes } from 'node:crypto';

/** What is started once for a whole run of the tests, by whichever test asks first, and ends with the run. Not to be ill-treated. */
export interface SharedServices {
  readonly kafka: { readonly brokers: readonly string[] };
  readonly registry: { readonly url: string };
  readonly redis: { readonly url: string };
  readonly postgres: { readonly url: string };
}

/** Where the run's process listens that starts them (see jest-setup.ts). */
export const addressVariable = 'HUB_TEST_SERVICES';

/** Test files run side by side on the same server: keep to an instance of your own, see `freshInstance`. Throws with what to install. */
export async function shared<Name extends keyof SharedServices>(name: Name): Promise<SharedServices[Name]> {
  const address = process.env[addressVariable];
  if (address === undefined) {
    throw new Error(`only tests run by jest share servers: outside of them, start a ${name} of your own`);
  }
  const reply = await fetch(`${address}/${name}`);
  if (!reply.ok) throw new Error(await reply.text());
  return (await reply.json()) as SharedServices[Name];
}

/** A name of an instance that no other test has: topics, groups, keys and schema under it are one's own. */
export const freshInstance = (): string => `t${randomBytes(5).toString('hex')}`;
