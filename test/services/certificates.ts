import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** PEM. */
export interface Certificate {
  readonly certificate: string;
  /** PKCS#8, without a passphrase. */
  readonly key: string;
}

export interface Certificates {
  /** Of the authority that signed both. */
  readonly ca: string;
  /** For 127.0.0.1 and localhost. */
  readonly server: Certificate;
  /** CN=hub: a broker takes it as `User:hub`. */
  readonly client: Certificate;
}

/** An authority of one's own and what it signs, good for two days. Throws when `openssl` is not installed. */
export function makeCertificates(): Certificates {
  const folder = mkdtempSync(join(tmpdir(), 'hub-certificates-'));
  const file = (name: string): string => join(folder, name);
  const request = (name: string, subject: string, ...more: readonly string[]): Certificate => {
    const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
    const written = ['-keyout', file(`${name}.key`), '-out', file(`${name}.pem`)];
    openssl('req', '-x509', ...key, ...written, '-subj', `/CN=${subject}`, '-days', '2', ...more);
    return {
      certificate: readFileSync(file(`${name}.pem`), 'utf8'),
      key: readFileSync(file(`${name}.key`), 'utf8'),
    };
  };
  try {
    const { certificate: ca } = request('ca', 'authority of the tests');
    const signed = ['-CA', file('ca.pem'), '-CAkey', file('ca.key'), '-addext', 'basicConstraints=CA:FALSE'];
    const names = ['-addext', 'subjectAltName=IP:127.0.0.1,DNS:localhost'];
    return {
      ca,
      server: request('server', '127.0.0.1', ...signed, ...names),
      client: request('client', 'hub', ...signed),
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function openssl(...args: readonly string[]): void {
  try {
    execFileSync('openssl', args, { stdio: ['ignore', 'ignore', 'pipe'] });
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== 'ENOENT') throw thrown;
    throw new Error(
      'openssl is not installed: run `.ci/services`, or install it (Debian: apt-get install openssl)',
    );
  }
}
