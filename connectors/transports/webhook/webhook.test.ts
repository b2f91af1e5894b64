import { request } from 'node:http';
import { connect } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import { systemClock } from '../../../runtime/clock.ts';
import type { ReadBatch } from '../../../runtime/connector.ts';
import type { Logger } from '../../../runtime/telemetry.ts';
import { readWebhook, sign, type WebhookEndpoint } from './index.ts';

const secrets = ['the-old-secret-0123', 'the-new-secret-0123'];
const endpoint: WebhookEndpoint = {
  connector: 'test-source',
  listen: { host: '127.0.0.1', port: 0 },
  path: '/pushed',
  secrets,
  replayWindowMs: 300_000,
  maxBodyBytes: 10_000,
  bodyTimeoutMs: 5_000,
  maxWaitingCount: 10,
  maxWaitingBytes: 5_000,
};

interface Answer {
  readonly status: number;
  readonly body: { readonly code: number };
  readonly retryAfter: string | null;
}

/** Reads as the runtime does: hands each batch to `commit`, and ends the reading when that throws. */
function start(
  commit: (texts: readonly string[], batch: ReadBatch<null>) => Promise<void>,
  options: Partial<WebhookEndpoint> = {},
) {
  const stop = new AbortController();
  const told: { readonly message: string; readonly facts: Record<string, unknown> }[] = [];
  const listening = Promise.withResolvers<number>();
  const tell: Logger['info'] = (message, facts = {}) => {
    told.push({ message, facts });
    if (message === 'webhook listens') listening.resolve(facts.port as number);
  };
  const log: Logger = { debug: tell, info: tell, warn: tell, error: tell, child: () => log };
  const ended = (async () => {
    const reading = readWebhook(
      { ...endpoint, ...options },
      { clock: systemClock, signal: stop.signal, log },
    );
    for await (const batch of reading) {
      await commit(
        batch.records.map(({ bytes }) => new TextDecoder().decode(bytes)),
        batch,
      );
    }
  })();
  ended.catch((error: unknown) => listening.reject(error));
  listening.promise.catch(() => {});
  const url = async () => `http://127.0.0.1:${await listening.promise}${endpoint.path}`;
  return { stop, ended, told, url, port: listening.promise };
}

async function post(url: string, body: string | Uint8Array<ArrayBuffer>, headers = {}): Promise<Answer> {
  const signed = sign(secrets[0]!, body, Date.now());
  const answer = await fetch(url, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json', ...signed, ...headers },
  });
  return {
    status: answer.status,
    body: (await answer.json()) as Answer['body'],
    retryAfter: answer.headers.get('retry-after'),
  };
}

let webhook: ReturnType<typeof start>;
let committed: string[];
const collect = async (texts: readonly string[]) => void committed.push(...texts);
const begin = (...args: Parameters<typeof start>) => {
  committed = [];
  webhook = start(...args);
  return webhook.url();
};

afterEach(async () => {
  webhook.stop.abort();
  await webhook.ended.catch(() => {});
});

describe('a delivery', () => {
  test('is answered with 200 only when it is committed', async () => {
    const commit = Promise.withResolvers<void>();
    const arrived = Promise.withResolvers<void>();
    const url = await begin(async () => {
      arrived.resolve();
      await commit.promise;
    });
    let answered = false;
    const answer = post(url, '{"n":1}').finally(() => {
      answered = true;
    });
    await arrived.promise;
    // Whoever is refused is answered at once, so this one could have been.
    expect((await post(url, '{}', { 'x-signature': 'sha256=00' })).status).toBe(401);
    expect(answered).toBe(false);
    commit.resolve();
    expect(await answer).toMatchObject({ status: 200, body: { code: 0 } });
  });

  test('of several events becomes a record each, byte for byte, all in one batch', async () => {
    const batches: (readonly string[])[] = [];
    const url = await begin(async (texts) => void batches.push(texts));
    expect((await post(url, ' [{"n": 1.0} ,\n{"n":2},3]')).status).toBe(200);
    expect(batches).toEqual([['{"n": 1.0}', '{"n":2}', '3']]);
  });

  test('of an empty list is answered, and nothing is read', async () => {
    const url = await begin(collect);
    expect((await post(url, '[]')).status).toBe(200);
    expect(committed).toEqual([]);
  });

  test.each([
    ['no JSON', 'no json at all', {}],
    ['a list that breaks off', '[{"n":1},{"n":2', {}],
    ['another media type', '<event/>', { 'content-type': 'text/xml; charset=gbk' }],
    ['a media type that is none', '{"n":1}', { 'content-type': 'nonsense' }],
    ['an empty body', '', {}],
  ])('of %s is taken as it is, for the dead letters', async (_, body, headers) => {
    const url = await begin(collect);
    expect((await post(url, body, headers)).status).toBe(200);
    expect(committed).toEqual([body]);
  });

  test('of bytes that are not UTF-8 is taken whole', async () => {
    let bytes: readonly Uint8Array[] = [];
    const url = await begin(async (_, { records }) => {
      bytes = records.map((record) => record.bytes);
    });
    const body = Uint8Array.from([0x5b, 0x7b, 0xc0, 0xac, 0x5b, 0x7d, 0x5d]);
    expect((await post(url, body)).status).toBe(200);
    expect(bytes.map((part) => [...part])).toEqual([[...body]]);
  });

  test('reaches the hub although its sender hangs up before the answer', async () => {
    const commit = Promise.withResolvers<void>();
    const arrived = Promise.withResolvers<void>();
    const url = await begin(async (texts) => {
      committed.push(...texts);
      arrived.resolve();
      await commit.promise;
    });
    const body = '{"n":1}';
    const sender = request(url, { method: 'POST', headers: { ...sign(secrets[0]!, body, Date.now()) } });
    const gone = new Promise((resolve) => sender.on('error', resolve));
    sender.end(body);
    await arrived.promise;
    sender.destroy(new Error('hung up'));
    await gone;
    commit.resolve();
    expect((await post(url, '{"n":2}')).status).toBe(200);
    expect(committed).toEqual(['{"n":1}', '{"n":2}']);
  });
});

describe('a signature', () => {
  test.each(secrets)('made with any of the secrets is accepted', async (secret) => {
    const url = await begin(collect);
    expect((await post(url, '{}', sign(secret, '{}', Date.now()))).status).toBe(200);
  });

  const now = Date.now();
  test.each([
    ['of another secret', sign('another-secret-0123', '{}', now), 40101],
    ['of another body', sign(secrets[0]!, '{"n":1}', now), 40101],
    ['that is none', { 'x-signature': 'sha256=' }, 40101],
    ['whose timestamp was changed', { 'x-timestamp': String(Math.floor(now / 1000) - 60) }, 40101],
    ['whose timestamp is none', { 'x-timestamp': '1e9' }, 40101],
    ['made too long ago', sign(secrets[0]!, '{}', now - 330_000), 40102],
    ['made too far ahead', sign(secrets[0]!, '{}', now + 330_000), 40102],
  ])('%s is refused', async (_, headers, code) => {
    const url = await begin(collect);
    expect(await post(url, '{}', headers)).toMatchObject({ status: 401, body: { code } });
    expect(committed).toEqual([]);
  });

  test('that is missing is refused', async () => {
    const url = await begin(collect);
    const answer = await fetch(url, { method: 'POST', body: '{}' });
    expect([answer.status, await answer.json()]).toMatchObject([401, { code: 40101 }]);
  });
});

describe('what is refused', () => {
  test('is told once, then counted, and told again at the end', async () => {
    const url = await begin(collect);
    for (let n = 0; n < 20; n++) await post(url, '{}', { 'x-signature': 'sha256=00' });
    webhook.stop.abort();
    await webhook.ended;
    const lines = webhook.told.filter(({ message }) => message === 'webhook refuses');
    expect(lines.map(({ facts }) => facts)).toEqual([
      { wrongSignature: 1, lastPeer: '127.0.0.1' },
      { wrongSignature: 19, lastPeer: '127.0.0.1' },
    ]);
  });

  test('a body larger than allowed, before it is read', async () => {
    const url = await begin(collect);
    expect(await post(url, 'x'.repeat(10_001))).toMatchObject({ status: 413, body: { code: 41300 } });
  });

  test('another path or method', async () => {
    const url = await begin(collect);
    expect(await post(`${url}/other`, '{}')).toMatchObject({ status: 404, body: { code: 40400 } });
    expect((await fetch(url)).status).toBe(404);
  });

  test('who sends so slowly that the body does not end in time', async () => {
    await begin(collect, { bodyTimeoutMs: 300 });
    const socket = connect(await webhook.port, '127.0.0.1');
    let said = '';
    socket.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
    socket.write('POST /pushed HTTP/1.1\r\nhost: hub\r\ncontent-length: 100\r\n\r\n{');
    await new Promise((resolve) => socket.on('close', resolve));
    expect(said).toMatch(/^HTTP\/1.1 408 /);
    expect(committed).toEqual([]);
  });
});

describe('under a storm', () => {
  const bodies = Array.from({ length: 100 }, (_, n) => `{"n":${n}}`);
  /** Commits nothing until somebody has been refused, so that there is a storm however fast the machine is. */
  function beginSlowly() {
    const refused = Promise.withResolvers<void>();
    const url = begin(async (texts) => {
      await refused.promise;
      committed.push(...texts);
    });
    const send = async (body: string) => {
      const answer = await post(await url, body);
      if (answer.status === 429) refused.resolve();
      return answer;
    };
    return send;
  }

  test('of ten times what it holds, nothing accepted is lost and the rest is told to come back', async () => {
    const send = beginSlowly();
    const answers = await Promise.all(bodies.map(send));
    const accepted = bodies.filter((_, n) => answers[n]!.status === 200);
    const refused = answers.filter(({ status }) => status === 429);
    expect(accepted.length + refused.length).toBe(100);
    expect(refused.length).toBeGreaterThan(0);
    expect(refused.every(({ retryAfter, body }) => Number(retryAfter) > 0 && body.code === 42900)).toBe(true);
    expect([...committed].sort()).toEqual([...accepted].sort());
  });

  test('what is told to come back gets in when it does, each event once', async () => {
    const send = beginSlowly();
    const deliver = async (body: string) => {
      while ((await send(body)).status !== 200) await systemClock.sleep(20);
    };
    await Promise.all(bodies.map(deliver));
    expect([...committed].sort()).toEqual([...bodies].sort());
  });

  test('its bytes are bounded as well', async () => {
    const release = Promise.withResolvers<void>();
    const url = await begin(() => release.promise);
    const body = JSON.stringify({ text: 'x'.repeat(2_000) });
    const first = Promise.all([post(url, body), post(url, body)]);
    let third: Answer;
    do third = await post(url, body);
    while (third.status !== 429);
    release.resolve();
    expect((await first).map(({ status }) => status)).toEqual([200, 200]);
  });

  test('a delivery larger than all that may wait is taken when nothing else waits', async () => {
    const url = await begin(collect);
    const events = Array.from({ length: 30 }, (_, n) => ({ n }));
    expect((await post(url, JSON.stringify(events))).status).toBe(200);
    expect(committed).toHaveLength(30);
  });
});

describe('what waits', () => {
  test('is answered with 503 when the commit fails, and so is what came after it', async () => {
    const fail = Promise.withResolvers<void>();
    const arrived = Promise.withResolvers<void>();
    const url = await begin(async () => {
      arrived.resolve();
      await fail.promise;
    });
    const first = post(url, '{"n":1}');
    await arrived.promise;
    const second = post(url, '{"n":2}');
    // A request that came after the second one and has been answered: the second one waits by then.
    await post(url, '{}', { 'x-signature': 'sha256=00' });
    fail.reject(new Error('disk full'));
    expect((await Promise.all([first, second])).map(({ status, body }) => [status, body.code])).toEqual([
      [503, 50300],
      [503, 50300],
    ]);
    await expect(webhook.ended).rejects.toThrow('disk full');
  });

  test('is answered with 503 when the hub stops', async () => {
    const release = Promise.withResolvers<void>();
    const arrived = Promise.withResolvers<void>();
    const url = await begin(async () => {
      arrived.resolve();
      await release.promise;
    });
    const first = post(url, '{"n":1}');
    await arrived.promise;
    const second = post(url, '{"n":2}');
    await post(url, '{}', { 'x-signature': 'sha256=00' });
    webhook.stop.abort();
    release.resolve();
    // The first one was committed, and the generator was asked for more.
    expect((await first).status).toBe(200);
    expect((await second).status).toBe(503);
    await webhook.ended;
  });

  test('keeps nobody from closing: a half-sent request is cut off', async () => {
    await begin(collect);
    const socket = connect(await webhook.port, '127.0.0.1');
    socket.write('POST /pushed HTTP/1.1\r\nhost: hub\r\ncontent-length: 100\r\n\r\n{');
    const cut = new Promise((resolve) => socket.on('close', resolve).on('error', () => {}));
    // The request has arrived when a later one is answered.
    await post(await webhook.url(), '{}');
    webhook.stop.abort();
    await Promise.all([webhook.ended, cut]);
  });
});

describe('an address', () => {
  test.each([
    ['that is taken', async () => ({ host: '127.0.0.1', port: await webhook.port }), 'EADDRINUSE'],
    ['of another machine', async () => ({ host: '192.0.2.1', port: 0 }), 'EADDRNOTAVAIL'],
  ])('%s is told as such, and will be tried again', async (_, listen, cause) => {
    await begin(collect);
    const other = start(collect, { listen: await listen() });
    await expect(other.ended).rejects.toMatchObject({
      code: 'HUB_SOURCE_NOT_LISTENING',
      retriable: true,
      message: expect.stringContaining(cause),
    });
  });

  test('is free again when the reading has ended', async () => {
    await begin(collect);
    const port = await webhook.port;
    webhook.stop.abort();
    await webhook.ended;
    const url = await begin(collect, { listen: { host: '127.0.0.1', port } });
    expect((await post(url, '{}')).status).toBe(200);
  });
});
