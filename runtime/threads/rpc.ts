import type { MessagePort, Transferable } from 'node:worker_threads';
import { type ErrorCode, errorKinds, HubError, toHubError } from '../errors.ts';

/** A HubError as it crosses a thread: structured clone keeps neither class nor code of an error. */
export interface WireError {
  readonly code: ErrorCode;
  readonly message: string;
  readonly stack: string | undefined;
  readonly context: Readonly<Record<string, unknown>>;
}

export function toWire(thrown: unknown, fallback?: ErrorCode): WireError {
  const { code, message, stack, context, cause } = toHubError(thrown, fallback);
  const origin = cause instanceof Error ? cause.stack : stack;
  return { code, message, stack: origin, context: cloneable(context) };
}

export function fromWire(wire: WireError): HubError {
  const code = Object.hasOwn(errorKinds, wire.code) ? wire.code : 'HUB_INTERNAL';
  const error = new HubError(code, wire.message, { context: wire.context });
  if (wire.stack !== undefined) error.stack = wire.stack;
  return error;
}

/** A context is for the log: what cannot be cloned is shown as text, so that an error never fails to be told. */
function cloneable(context: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  try {
    return structuredClone(context);
  } catch {
    return Object.fromEntries(Object.entries(context).map(([name, value]) => [name, String(value)]));
  }
}

interface Request {
  readonly id: number;
  readonly method: string;
  readonly argument: unknown;
}

type Reply =
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly error: WireError };

/** What can be asked for over a port; argument and value must survive structured clone. */
export type Methods = Readonly<Record<string, (argument: never) => Promise<unknown>>>;

/** Answers the requests that come in over `port`, each on its own: a slow one does not hold the others. */
export function serve(port: MessagePort, methods: Methods): void {
  port.on('message', async ({ id, method, argument }: Request) => {
    let reply: Reply;
    try {
      const found = Object.hasOwn(methods, method) ? methods[method] : undefined;
      if (found === undefined) {
        const known = Object.keys(methods).join(', ');
        throw new HubError('HUB_INTERNAL', `no method "${method}" on this port, there are: ${known}`);
      }
      reply = { id, value: await found(argument as never) };
    } catch (thrown) {
      reply = { id, error: toWire(thrown) };
    }
    try {
      port.postMessage(reply);
    } catch (thrown) {
      port.postMessage({ id, error: toWire(thrown) } satisfies Reply);
    }
  });
}

/** The asking end of a port. */
export interface Remote {
  /** Rejects with what the method threw (code, message, context), or with HUB_LOG_CLOSED when the other end is gone. */
  call(method: string, argument?: unknown, transfer?: readonly Transferable[]): Promise<unknown>;
  close(): void;
}

export function connect(port: MessagePort): Remote {
  const waiting = new Map<number, { resolve(value: unknown): void; reject(error: HubError): void }>();
  let lastId = 0;
  let closed = false;
  const gone = (): HubError =>
    new HubError('HUB_LOG_CLOSED', 'the thread at the other end of this port has ended');

  port.on('message', (reply: Reply) => {
    const call = waiting.get(reply.id);
    waiting.delete(reply.id);
    if ('error' in reply) call?.reject(fromWire(reply.error));
    else call?.resolve(reply.value);
    if (waiting.size === 0) port.unref();
  });
  port.on('close', () => {
    closed = true;
    for (const call of waiting.values()) call.reject(gone());
    waiting.clear();
  });
  // A port that nobody waits on must not keep its thread alive.
  port.unref();

  return {
    call(method, argument, transfer = []) {
      if (closed) return Promise.reject(gone());
      const { promise, resolve, reject } = Promise.withResolvers<unknown>();
      lastId += 1;
      const request: Request = { id: lastId, method, argument };
      port.postMessage(request, transfer);
      waiting.set(request.id, { resolve, reject });
      port.ref();
      return promise;
    },
    close: () => port.close(),
  };
}
