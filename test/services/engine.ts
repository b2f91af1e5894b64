import { existsSync } from 'node:fs';
import { request } from 'node:http';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** How servers are started. */
export type Engine = 'containers' | 'processes';

/** Says it instead of the search: `containers` or `processes`. */
export const engineVariable = 'HUB_SERVICES';

const forced: Readonly<Record<string, Engine>> = { containers: 'containers', processes: 'processes' };

export interface EngineFound {
  readonly engine: Engine;
  /** Of the Docker engine that answers, `unix://…`; null for processes. */
  readonly address: string | null;
}

/**
 * Containers where a Docker engine of this Linux machine answers, else processes. One on another machine, or in a virtual one as on
 * macOS, does not count: the servers take ports of this machine (network mode `host`), as the processes do, so that several brokers
 * and the tests find each other by the same addresses. Throws when HUB_SERVICES says what cannot be.
 */
export async function findEngine(
  env: NodeJS.ProcessEnv = process.env,
  platform: NodeJS.Platform = process.platform,
): Promise<EngineFound> {
  const said = env[engineVariable];
  if (said !== undefined && forced[said] === undefined) {
    throw new Error(
      `${engineVariable} is ${said}, expected containers or processes: set it to one, or not at all`,
    );
  }
  if (said === 'processes') return { engine: 'processes', address: null };
  const address = platform === 'linux' ? await addressOf(env) : null;
  if (address !== null) return { engine: 'containers', address };
  if (said === undefined) return { engine: 'processes', address: null };
  throw new Error(
    `${engineVariable} is containers, but no Docker engine of this Linux machine answers: start one, or set it to processes`,
  );
}

async function addressOf({ DOCKER_HOST, XDG_RUNTIME_DIR }: NodeJS.ProcessEnv): Promise<string | null> {
  const sockets =
    DOCKER_HOST === undefined
      ? [
          '/var/run/docker.sock',
          ...(XDG_RUNTIME_DIR === undefined ? [] : [join(XDG_RUNTIME_DIR, 'docker.sock')]),
          join(homedir(), '.docker/run/docker.sock'),
        ]
      : DOCKER_HOST.startsWith('unix://')
        ? [DOCKER_HOST.slice('unix://'.length)]
        : [];
  for (const socket of sockets) if (existsSync(socket) && (await answers(socket))) return `unix://${socket}`;
  return null;
}

/** An engine that takes longer for a word than this is of no use to a test. */
const answerWithinMs = 3_000;

/** Docker's API, `GET /_ping`. */
function answers(socketPath: string): Promise<boolean> {
  return new Promise((resolve) => {
    const asked = request({ socketPath, path: '/_ping', timeout: answerWithinMs }, (reply) => {
      reply.resume();
      resolve(reply.statusCode === 200);
    });
    asked.on('timeout', () => asked.destroy(new Error('no answer')));
    asked.on('error', () => resolve(false));
    asked.end();
  });
}
