import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { HubError } from '../runtime/errors.ts';

const portal = fileURLToPath(new URL('../demo/complaint-report/server.ts', import.meta.url));

export interface DemoSource {
  /** A hub.yaml that reads from it. */
  readonly configFile: string;
  /** To be set before that file is read. */
  readonly environment: Readonly<Record<string, string>>;
  stop(): void;
}

/**
 * Starts the simulated portal, a process of its own that speaks the real one's protocol, and writes a configuration that reads
 * from it into the data folder. Throws HUB_DATA_WRITE where that cannot be written, HUB_SOURCE_UNREACHABLE when it does not start.
 */
export async function startDemoSource(
  folder: string,
  options: { readonly seed?: number; readonly speed?: number },
): Promise<DemoSource> {
  // Before anything is started that would have to be ended again.
  const configFile = writeConfig(folder);
  const args = [
    '--attached',
    ...(options.seed === undefined ? [] : ['--seed', String(options.seed)]),
    ...(options.speed === undefined ? [] : ['--speed', String(options.speed)]),
  ];
  // Its own process group, so that Ctrl-C reaches the hub first; the hub ends it.
  const child = spawn(process.execPath, [portal, ...args], {
    stdio: ['pipe', 'pipe', 'inherit'],
    detached: true,
  });
  const url = await Promise.race([
    readyUrl(child.stdout),
    once(child, 'exit').then(([code]) => {
      throw new HubError(
        'HUB_SOURCE_UNREACHABLE',
        `the simulated source ended at its start (exit code ${code})`,
      );
    }),
  ]);
  return { configFile, environment: { HUB_DEMO_URL: url }, stop: () => void child.kill() };
}

function writeConfig(folder: string): string {
  const path = join(folder, 'demo.yaml');
  try {
    mkdirSync(folder, { recursive: true });
    writeFileSync(path, configText(folder));
    return path;
  } catch (cause) {
    throw new HubError('HUB_DATA_WRITE', `${path}: ${(cause as Error).message}`, {
      cause,
      context: { path },
    });
  }
}

async function readyUrl(output: NodeJS.ReadableStream): Promise<string> {
  for await (const line of createInterface({ input: output })) {
    const said = JSON.parse(line) as { ready?: boolean; url?: string };
    if (said.ready === true && said.url !== undefined) return said.url;
  }
  return new Promise(() => {});
}

const configText = (
  folder: string,
): string => `# Written by hub up without --config: the simulated source, and one organisation's files.
log:
  level: warn
connectors:
  complaint-report:
    baseUrl: \${env:HUB_DEMO_URL}
    username: demo
    password: demo-only
    pollIntervalMs: 1000
sinks:
  files:
    type: file
    folder: ${JSON.stringify(join(folder, 'files'))}
    organisations: [law-enforcement, housing-construction, duty-office]
    format: csv
`;
