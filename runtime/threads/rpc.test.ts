import { MessageChannel } from 'node:worker_threads';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { HubError } from '../errors.ts';
import { connect, type Methods, type Remote, serve } from './rpc.ts';

let close: () => void;
let ask: (methods: Methods) => Remote;

beforeEach(() => {
  const { port1, port2 } = new MessageChannel();
  ask = (methods) => {
    serve(port1, methods);
    return connect(port2);
  };
  close = () => port1.close();
});

afterEach(() => close());

test('answers go to the call they belong to, whatever their order', async () => {
  const gates = new Map<string, () => void>();
  const remote = ask({
    wait: (name: string) => new Promise((resolve) => gates.set(name, () => resolve(`${name} done`))),
    open: async (name: string) => gates.get(name)?.(),
  });
  const first = remote.call('wait', 'first');
  const second = remote.call('wait', 'second');
  await remote.call('open', 'second');
  expect(await second).toBe('second done');
  await remote.call('open', 'first');
  expect(await first).toBe('first done');
});

test('an error keeps code, message, whether to retry, and context', async () => {
  const remote = ask({
    fail: async () => {
      throw new HubError('HUB_DATA_WRITE', 'disk full', { context: { path: 'hub.db', onClose: () => {} } });
    },
  });
  const error = await remote.call('fail').catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(HubError);
  expect(error).toMatchObject({
    code: 'HUB_DATA_WRITE',
    message: 'disk full',
    retriable: true,
    context: { path: 'hub.db' },
  });
});

test('what is no HubError becomes one', async () => {
  const remote = ask({
    fail: async () => {
      throw new TypeError('x is undefined');
    },
  });
  await expect(remote.call('fail')).rejects.toMatchObject({
    code: 'HUB_INTERNAL',
    message: expect.stringMatching(/^TypeError thrown at .*rpc\.test\.ts/),
  });
});

test('a method that is not there, or lies on the prototype, is refused with the names of those that are', async () => {
  const remote = ask({ known: async () => 1 });
  await expect(remote.call('unknown')).rejects.toThrow('no method "unknown" on this port, there are: known');
  await expect(remote.call('toString')).rejects.toThrow('no method "toString"');
});

test('an answer that cannot be cloned is an error of that call, not of the port', async () => {
  const remote = ask({ strange: async () => () => {}, fine: async () => 'fine' });
  await expect(remote.call('strange')).rejects.toMatchObject({ code: 'HUB_INTERNAL' });
  expect(await remote.call('fine')).toBe('fine');
});

test('when the other end goes, calls that wait and calls that come fail', async () => {
  const remote = ask({ wait: () => new Promise(() => {}) });
  const waiting = remote.call('wait');
  close();
  await expect(waiting).rejects.toMatchObject({ code: 'HUB_LOG_CLOSED' });
  await expect(remote.call('wait')).rejects.toMatchObject({ code: 'HUB_LOG_CLOSED' });
});
