import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';

/** An AIS receiver: a TCP server that sends what it is told to, to whoever is connected. */
export interface AisReceiver {
  /** host:port, as a configuration names it. */
  readonly address: string;
  /** Resolves with the next connection, or with the one that is open. */
  connected(): Promise<void>;
  /** Lines, each ended with CRLF. */
  send(...lines: readonly string[]): void;
  /** Bytes as they are; false when they wait because nobody reads. */
  write(bytes: string | Uint8Array): boolean;
  /** Bytes that have left this process. */
  sentBytes(): number;
  /** Cuts the connection; a new one is welcome. */
  cut(): void;
  close(): Promise<void>;
}

/** @param port 0 picks a free one. */
export async function startAisReceiver(port = 0): Promise<AisReceiver> {
  let open: Socket | null = null;
  const server = createServer((socket) => {
    open = socket;
    socket.on('error', () => {});
    socket.on('close', () => {
      if (open === socket) open = null;
    });
    server.emit('welcome');
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const write = (bytes: string | Uint8Array): boolean => {
    if (open === null) throw new Error('nobody is connected');
    return open.write(bytes);
  };
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    async connected() {
      if (open === null) await once(server, 'welcome');
    },
    send: (...lines) => void write(lines.map((line) => `${line}\r\n`).join('')),
    write,
    sentBytes: () => (open === null ? 0 : open.bytesWritten - open.writableLength),
    cut() {
      open?.destroy();
      open = null;
    },
    async close() {
      open?.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
