import { z } from 'zod';

/** The group `registry` of hub.yaml: a schema registry that speaks Confluent's REST API. */
export const registryOptions = z
  .object({
    url: z
      .url({ protocol: /^https?$/, error: 'expected an address that begins with https:// or http://' })
      .meta({ secret: true })
      .describe('Address of the API, with its path if it has one (Apicurio: …/apis/ccompat/v7).'),
    username: z.string().min(1).optional().describe('Name for its log-in (HTTP Basic).'),
    password: z.string().min(1).optional().meta({ secret: true }).describe('Password for its log-in.'),
    requestTimeoutMs: z
      .int()
      .min(500)
      .max(120_000)
      .default(10_000)
      .describe('Longest wait for an answer, ms.'),
  })
  .refine(({ username, password }) => (username === undefined) === (password === undefined), {
    path: ['password'],
    message: 'expected username and password, or neither',
  });

export type RegistryOptions = z.output<typeof registryOptions>;
