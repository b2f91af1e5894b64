import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { servicePort } from './port.ts';

/** A line between a client and a server that a test may ill-treat. */
export interface TcpProxy {
  /** `host:port` */
  readonly address: string;
  /** Connections end at once (reset), and there are no new ones (refused) until `mend`. */
  cut(): Promise<void>;
  mend(): Promise<void>;
  /** Nothing passes any more, in neither direction, and no one is told, as when packets are lost; until `resume`, which lets it all pass. */
  pause(): void;
  resume(): void;
  /** Each piece of data arrives so many ms later; 0 as at first. Order stays. */
  delay(ms: number): void;
  stop(): Promise<void>;
}

/** A direction holds no more than this, bytes: who sends faster than the line lets through is held up, as on any line. */
const holdBytes = 1 << 20;

/** Or closed: never rejects. */
function drained(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      socket.off('drain', done).off('close', done);
      resolve();
    };
    socket.on('drain', done).on('close', done);
  });
}

/** @param target `host:port` @param port to listen at; default: one that is free */
export async function startTcpProxy(target: string, port?: number): Promise<TcpProxy> {
  const [host, targetPort] = target.split(':') as [string, string];
  const ownPort = port ?? (await servicePort());
  const sockets = new Set<Socket>();
  let delayMs = 0;
  let open = Promise.resolve();
  let reopen = (): void => {};
  let server: Server | null = null;

  async function accept(client: Socket): Promise<void> {
    track(client);
    await open;
    // The client has not waited.
    if (client.destroyed) return;
    const upstream = connect(Number(targetPort), host);
    track(upstream);
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      carry(from, to);
      from.on('close', () => open.then(() => to.destroy()));
    }
  }

  function track(socket: Socket): void {
    sockets.add(socket);
    socket.setNoDelay(true);
    socket.on('close', () => sockets.delete(socket));
    // Told by `close`, which always follows.
    socket.on('error', () => {});
  }

  function carry(from: Socket, to: Socket): void {
    let passed = Promise.resolve();
    let held = 0;
    from.on('data', (piece: Buffer) => {
      const due = performance.now() + delayMs;
      held += piece.length;
      if (held > holdBytes) from.pause();
      passed = passed.then(async () => {
        const early = due - performance.now();
        if (early > 0) await setTimeout(early);
        await open;
        if (!to.destroyed && !to.write(piece)) await drained(to);
        held -= piece.length;
        if (held <= holdBytes) from.resume();
      });
    });
    from.on('end', () => {
      passed = passed.then(async () => {
        await open;
        to.end();
      });
    });
  }

  async function mend(): Promise<void> {
    if (server !== null) return;
    server = createServer({ allowHalfOpen: true }, (client) => void accept(client));
    server.listen(ownPort, '127.0.0.1').unref();
    await once(server, 'listening');
  }

  async function cut(): Promise<void> {
    if (server === null) return;
    const closed = once(server, 'close');
    server.close();
    server = null;
    for (const socket of sockets) socket.resetAndDestroy();
    await closed;
  }

  function resume(): void {
    reopen();
    reopen = () => {};
  }

  await mend();
  return {
    address: `127.0.0.1:${ownPort}`,
    cut,
    mend,
    pause() {
      resume();
      open = new Promise((resolve) => {
        reopen = resolve;
      });
    },
    resume,
    delay(ms) {
      delayMs = ms;
    },
    async stop() {
      resume();
      await cut();
    },
  };
}
