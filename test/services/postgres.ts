import { execFile, execFileSync } from 'node:child_process';
import { chownSync, globSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import type { User } from './kept-process.ts';
import { type LocalForm, programPath } from './local-server.ts';
import { servicePort } from './port.ts';
import { type Server, startServer } from './server.ts';

export interface PostgresServer extends Server {
  /** `postgres://user@host:port/database`; the user may do all. */
  readonly url: string;
}

export const postgresImage = 'postgres:17';

/** @param settings as in postgresql.conf */
export async function startPostgres(
  settings: Readonly<Record<string, string>> = {},
): Promise<PostgresServer> {
  const port = settings.port ?? `${await servicePort()}`;
  const all = {
    listen_addresses: '127.0.0.1',
    port,
    // Data of tests need not outlive the machine's power; a killed server finds them in the system's cache.
    fsync: 'off',
    ...settings,
  };
  const args = Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const url = `postgres://hub@127.0.0.1:${port}/postgres`;
  const server = await startServer({
    name: 'PostgreSQL',
    process: () => localForm(args),
    container: () => ({
      image: postgresImage,
      command: ['postgres', ...args],
      environment: { POSTGRES_USER: 'hub', POSTGRES_DB: 'postgres', POSTGRES_HOST_AUTH_METHOD: 'trust' },
    }),
    answers: () => query(url),
  });
  return { ...server, url };
}

async function localForm(args: readonly string[]): Promise<LocalForm> {
  const programs = programsFolder();
  const user = process.getuid?.() === 0 ? ordinaryUser() : undefined;
  const data = mkdtempSync(join(tmpdir(), 'hub-postgres-'));
  if (user !== undefined) chownSync(data, user.uid, user.gid);
  const creation = ['-D', data, '-U', 'hub', '--auth=trust', '--encoding=UTF8', '--locale=C', '--no-sync'];
  await promisify(execFile)(join(programs, 'initdb'), creation, { ...user, cwd: data });
  return {
    data,
    command: [join(programs, 'postgres'), '-D', data, '-c', 'unix_socket_directories=', ...args],
    downSignal: 'SIGINT',
    // Its own processes and shared memory go with it; SIGKILL would leave the latter on the machine.
    lastSignal: 'SIGQUIT',
    user,
    cwd: data,
  };
}

async function query(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => {});
  await client.connect();
  try {
    await client.query('select 1');
  } finally {
    await client.end();
  }
}

/** The newest on this machine: Debian keeps the server's programs out of the path. */
function programsFolder(): string {
  const onPath = programPath('initdb');
  if (onPath !== null) return dirname(onPath);
  const found = globSync(['/usr/lib/postgresql/*/bin/initdb', '/opt/homebrew/opt/postgresql@*/bin/initdb']);
  const newest = found.toSorted((a, b) => a.localeCompare(b, 'en', { numeric: true })).at(-1);
  if (newest !== undefined) return dirname(newest);
  throw new Error(
    'the PostgreSQL server is not installed: run `.ci/services`, or install it (Debian: apt-get install postgresql)',
  );
}

/** PostgreSQL refuses to run as root. */
function ordinaryUser(): User {
  const id = (option: string, name: string): number =>
    Number(execFileSync('id', [option, name], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }));
  for (const name of ['postgres', 'nobody']) {
    try {
      return { uid: id('-u', name), gid: id('-g', name) };
    } catch {
      // No such user here: the next.
    }
  }
  throw new Error(
    'PostgreSQL does not run as root, and this machine has neither a user `postgres` nor `nobody`',
  );
}
