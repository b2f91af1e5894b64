import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { stringify } from 'yaml';
import { HubError } from '../runtime/errors.ts';

const launcher = fileURLToPath(new URL('../demo/city/launcher.ts', import.meta.url));

export interface DemoSource {
  /** A hub.yaml that reads from it. */
  readonly configFile: string;
  stop(): void;
}

export interface DemoOptions {
  readonly seed?: number;
  readonly speed?: number;
  /** Of the duty page: who tries the demonstration has no hub.yaml in which to choose another. */
  readonly port?: number;
}

/** What the launcher says when its systems are ready; see demo/city/launcher.ts. */
interface City {
  readonly ready: true;
  readonly secret: string;
  readonly 'complaint-report': { readonly url: string };
  readonly 'grid-safety': { readonly url: string; readonly hook: string };
  readonly 'smart-ocean': { readonly receivers: readonly string[]; readonly hook: string };
}

/**
 * Starts the simulated city, processes of their own that speak the real systems' protocols, and writes a configuration that reads from
 * them into the data folder: their addresses are others at each start. Throws HUB_DATA_WRITE where that cannot be written,
 * HUB_SOURCE_UNREACHABLE when it does not start.
 */
export async function startDemoSource(folder: string, options: DemoOptions): Promise<DemoSource> {
  const args = [
    '--attached',
    ...(options.seed === undefined ? [] : ['--seed', String(options.seed)]),
    ...(options.speed === undefined ? [] : ['--speed', String(options.speed)]),
  ];
  // Its own process group, so that Ctrl-C reaches the hub first; the hub ends it.
  const child = spawn(process.execPath, [launcher, ...args], {
    stdio: ['pipe', 'pipe', 'inherit'],
    detached: true,
  });
  const city = await Promise.race([
    readyCity(child.stdout),
    once(child, 'exit').then(([code]) => {
      throw new HubError(
        'HUB_SOURCE_UNREACHABLE',
        `the simulated source ended at its start (exit code ${code})`,
      );
    }),
  ]);
  try {
    return { configFile: writeConfig(folder, city, options.port), stop: () => void child.kill() };
  } catch (error) {
    child.kill();
    throw error;
  }
}

function writeConfig(folder: string, city: City, port?: number): string {
  const path = join(folder, 'demo.yaml');
  try {
    mkdirSync(folder, { recursive: true });
    writeFileSync(path, configText(folder, city, port));
    return path;
  } catch (cause) {
    throw new HubError('HUB_DATA_WRITE', `${path}: ${(cause as Error).message}`, {
      cause,
      context: { path },
    });
  }
}

async function readyCity(output: NodeJS.ReadableStream): Promise<City> {
  for await (const line of createInterface({ input: output })) {
    const said = JSON.parse(line) as Partial<City>;
    if (said.ready === true) return said as City;
  }
  return new Promise(() => {});
}

function configText(folder: string, city: City, port?: number): string {
  const { 'complaint-report': complaints, 'grid-safety': grid, 'smart-ocean': ocean } = city;
  const config = {
    log: { level: 'warn' },
    ...(port !== undefined && { http: { port } }),
    connectors: {
      'complaint-report': {
        baseUrl: complaints.url,
        username: 'demo',
        password: 'demo-only',
        pollIntervalMs: 1000,
      },
      'grid-safety': { baseUrl: grid.url, ...listening(grid.hook, city.secret) },
      'smart-ocean': { receivers: ocean.receivers, ...listening(ocean.hook, city.secret) },
    },
    sinks: {
      files: {
        type: 'file',
        folder: join(folder, 'files'),
        organisations: ['law-enforcement', 'housing-construction', 'ocean-fishery', 'duty-office'],
        format: 'csv',
      },
    },
  };
  return `# Written by hub up without --config: the simulated city, and the files of some organisations.\n${stringify(config)}`;
}

function listening(hook: string, secret: string) {
  const { hostname, port, pathname } = new URL(hook);
  return { listen: { host: hostname, port: Number(port) }, path: pathname, secrets: [secret] };
}
