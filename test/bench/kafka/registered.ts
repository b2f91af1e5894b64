import { reportSchema, rules } from './rules.ts';

/** Registers the schema of the reports for the twelve topics; its id. Plain HTTP, as the bare loop and the checker use no client. */
export async function registerReport(registry: string, prefix: string): Promise<number> {
  let id = 0;
  for (const department of rules.departments) {
    const reply = await fetch(`${registry}/subjects/${prefix}${department}-value/versions`, {
      method: 'POST',
      headers: { 'content-type': 'application/vnd.schemaregistry.v1+json' },
      body: JSON.stringify({ schema: reportSchema }),
    });
    if (!reply.ok)
      throw new Error(`the registry refuses ${prefix}${department}-value: ${await reply.text()}`);
    id = ((await reply.json()) as { readonly id: number }).id;
  }
  return id;
}
