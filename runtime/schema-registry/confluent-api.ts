import { z } from 'zod';
import { HubError } from '../errors.ts';
import { wordsOfFetch } from '../foreign-error.ts';
import type { RegistryOptions } from './confluent-options.ts';

/*
 * Confluent's REST API, as far as the hub asks it (Confluent's own, Apicurio under /apis/ccompat/v7, Karapace, Redpanda):
 *   200 {"subject":"hub.items-value","version":2,"id":7,"schema":"{\"type\":…}"}
 *   404 {"error_code":40401,"message":"Subject 'x' not found."}    40402 version, 40403 schema
 *   409 {"error_code":409,"message":…}    not compatible            422  not Avro
 */

const media = 'application/vnd.schemaregistry.v1+json';

export interface RegistryApi {
  /**
   * The answer, in the shape that is expected; null for 404.
   * Throws HUB_SCHEMA_REGISTRY_UNAVAILABLE, HUB_SCHEMA_REGISTRY_REFUSED, and for 409 and 422 HUB_SCHEMA_INCOMPATIBLE with the registry's words.
   * @param path segments, encoded here
   */
  ask<T>(
    method: 'GET' | 'POST' | 'PUT',
    path: readonly (string | number)[],
    shape: z.ZodType<T>,
    body?: object,
  ): Promise<T | null>;
}

const complaint = z.object({ message: z.string() });

export function registryApi({ url, username, password, requestTimeoutMs }: RegistryOptions): RegistryApi {
  const base = url.replace(/\/+$/, '');
  const { origin, pathname } = new URL(base);
  const shown = `the schema registry ${origin}${pathname === '/' ? '' : pathname}`;
  const login =
    username === undefined
      ? {}
      : { authorization: `Basic ${Buffer.from(`${username}:${password ?? ''}`).toString('base64')}` };

  async function exchange(method: string, path: string, body: object | undefined) {
    try {
      const response = await fetch(`${base}${path}`, {
        method,
        headers: {
          accept: `${media}, application/json`,
          ...(body === undefined ? {} : { 'content-type': media }),
          ...login,
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(requestTimeoutMs),
        redirect: 'error',
      });
      return { status: response.status, body: parse(await response.text()) };
    } catch (cause) {
      throw new HubError(
        'HUB_SCHEMA_REGISTRY_UNAVAILABLE',
        `${shown} does not answer: ${wordsOfFetch(cause)}`,
        {
          cause,
        },
      );
    }
  }

  return {
    async ask(method, segments, shape, sent) {
      const path = segments.map((segment) => `/${encodeURIComponent(segment)}`).join('');
      const { status, body } = await exchange(method, path, sent);
      const fault = complaint.safeParse(body).data?.message;
      // Without the API's own words it is no "not found", but an address where there is no registry.
      if (status === 404 && fault !== undefined) return null;
      if (status === 401 || status === 403) {
        throw new HubError(
          'HUB_SCHEMA_REGISTRY_REFUSED',
          `${shown} refuses ${method} ${path} with ${status}`,
        );
      }
      if (status === 409 || status === 422) {
        throw new HubError(
          'HUB_SCHEMA_INCOMPATIBLE',
          `${shown} refuses ${method} ${path}: ${fault ?? status}`,
        );
      }
      const found = status >= 200 && status < 300 ? shape.safeParse(body) : null;
      if (found?.success === true) return found.data;
      const what =
        found === null
          ? `with ${status}${fault === undefined ? '' : `: ${fault}`}`
          : 'something that is not its API';
      throw new HubError('HUB_SCHEMA_REGISTRY_UNAVAILABLE', `${shown} answers ${method} ${path} ${what}`);
    },
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
