import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { HubError } from '../errors.ts';
import { tlsOptions } from './connection.ts';
import type { KafkaOptions } from './options.ts';

/*
 * Asks one broker which requests it knows (ApiVersions 0), which is allowed before any login. So what is wrong with the way to a broker is told
 * from what is wrong with the login, in Node's own words; kafkajs says "Closed connection" to all of it.
 *   request   size i32, key i16 = 18, version i16 = 0, correlation i32, client id (i16 length, bytes)
 *   answer    size i32, correlation i32, error i16, count i32, then for each: key i16, least version i16, newest version i16
 */

const apiVersions = 18;
const correlation = 1;
/** An honest answer has some 70 requests; what is larger is no answer of a broker. */
const maxAnswerBytes = 64 * 1024;

/** Newest version of each request that the broker knows, by the key of the request. */
export type KnownRequests = ReadonlyMap<number, number>;

/** Throws HUB_KAFKA_UNREACHABLE, and HUB_KAFKA_REFUSED where one of both does not trust the other's certificate. */
export function probe(
  broker: string,
  options: Pick<KafkaOptions, 'security' | 'connectTimeoutMs'>,
): Promise<KnownRequests> {
  const { security, connectTimeoutMs } = options;
  return new Promise((resolve, reject) => {
    const socket = open(broker, security);
    let answer = Buffer.alloc(0);
    let isOpen = false;
    const end = (): void => {
      clearTimeout(timer);
      socket.destroy();
    };
    const fail = (error: HubError): void => {
      end();
      reject(error);
    };
    const timer = setTimeout(() => fail(silence(broker, connectTimeoutMs, isOpen)), connectTimeoutMs);
    socket.on(security.tls ? 'secureConnect' : 'connect', () => {
      isOpen = true;
      socket.write(request());
    });
    socket.on('data', (bytes: Buffer) => {
      answer = Buffer.concat([answer, bytes]);
      const size = answer.length < 4 ? null : answer.readInt32BE(0);
      if (size === null) return;
      if (size < 10 || size > maxAnswerBytes) return fail(foreign(broker, answer));
      if (answer.length < 4 + size) return;
      const known = parse(answer.subarray(4, 4 + size));
      if (known === null) return fail(foreign(broker, answer));
      end();
      resolve(known);
    });
    socket.on('error', (error: NodeJS.ErrnoException) => fail(fault(broker, error, security.tls)));
    socket.on('close', () => fail(cut(broker, security.tls)));
  });
}

function open(broker: string, security: KafkaOptions['security']): Socket {
  const colon = broker.lastIndexOf(':');
  const place = { host: broker.slice(0, colon), port: Number(broker.slice(colon + 1)) };
  if (!security.tls) return connectTcp(place);
  const name = isIP(place.host) === 0 ? { servername: place.host } : {};
  try {
    return connectTls({ ...place, ...name, ...tlsOptions(security) });
  } catch (cause) {
    // OpenSSL's words name no contents.
    throw new HubError(
      'HUB_KAFKA_REFUSED',
      `kafka.security.ca, certificate, key or keyPassphrase cannot be used: ${(cause as Error).message}`,
      { cause },
    );
  }
}

function request(): Buffer {
  const client = Buffer.from('hub');
  const bytes = Buffer.alloc(4 + 10 + client.length);
  bytes.writeInt32BE(bytes.length - 4, 0);
  bytes.writeInt16BE(apiVersions, 4);
  bytes.writeInt16BE(0, 6);
  bytes.writeInt32BE(correlation, 8);
  bytes.writeInt16BE(client.length, 12);
  client.copy(bytes, 14);
  return bytes;
}

/** Null for what is no answer of a broker. */
function parse(bytes: Buffer): KnownRequests | null {
  const count = bytes.readInt32BE(6);
  if (bytes.readInt32BE(0) !== correlation || bytes.readInt16BE(4) !== 0) return null;
  if (count < 1 || bytes.length < 10 + 6 * count) return null;
  const places = Array.from({ length: count }, (_, at) => 10 + 6 * at);
  return new Map(places.map((at) => [bytes.readInt16BE(at), bytes.readInt16BE(at + 4)]));
}

/** First byte of an alert of TLS: what a broker that speaks it says to one who does not. */
const tlsAlert = 0x15;

const foreign = (broker: string, answer: Buffer): HubError =>
  new HubError(
    'HUB_KAFKA_UNREACHABLE',
    answer[0] === tlsAlert
      ? `${broker} speaks TLS: set kafka.security.tls to true`
      : `what answers at ${broker} is no broker of Kafka`,
  );

const silence = (broker: string, ms: number, isOpen: boolean): HubError =>
  new HubError(
    'HUB_KAFKA_UNREACHABLE',
    isOpen
      ? `${broker} takes the connection and says nothing for ${ms} ms`
      : `${broker} takes no connection within ${ms} ms`,
  );

const cut = (broker: string, tls: boolean): HubError =>
  new HubError(
    'HUB_KAFKA_UNREACHABLE',
    tls
      ? `${broker} cuts the connection: it may speak no TLS (then kafka.security.tls is false)`
      : `${broker} cuts the connection: it may speak TLS (then kafka.security.tls is true)`,
  );

/** Of OpenSSL, about a certificate of the broker, or of the hub. */
const mistrust = /CERT|SELF_SIGNED|UNABLE_TO|ALTNAME/;

function fault(broker: string, error: NodeJS.ErrnoException, tls: boolean): HubError {
  const { code = '', message } = error;
  const words: Readonly<Record<string, string>> = {
    ENOTFOUND: 'its name does not resolve',
    EAI_AGAIN: 'its name does not resolve at the moment',
    ECONNREFUSED: 'nothing listens there',
    EHOSTUNREACH: 'there is no way to it',
    ENETUNREACH: 'there is no way to it',
    ETIMEDOUT: 'it does not answer',
  };
  if (tls && mistrust.test(code)) {
    return new HubError('HUB_KAFKA_REFUSED', `${broker}: ${sentence(code, message)} (${code})`, {
      cause: error,
    });
  }
  if (code === 'ECONNRESET' || code === 'EPIPE') return cut(broker, tls);
  const what = words[code] ?? (code === 'ERR_SSL_WRONG_VERSION_NUMBER' ? 'it speaks no TLS' : message);
  return new HubError('HUB_KAFKA_UNREACHABLE', `${broker} cannot be reached: ${what}`, { cause: error });
}

function sentence(code: string, message: string): string {
  if (/ALERT/.test(code))
    return 'the broker wants a certificate of the hub that it trusts (kafka.security.certificate)';
  if (/ALTNAME/.test(code)) return `its certificate is for another name: ${message}`;
  if (/EXPIRED/.test(code)) return 'its certificate has expired';
  return 'its certificate is vouched for by nobody whom kafka.security.ca names';
}
