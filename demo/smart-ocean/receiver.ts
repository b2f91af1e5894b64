import { createServer, type Server, type Socket } from 'node:net';
import type { Heard } from './reception.ts';

/** A client that does not read is put out, as such boxes do: they have no memory to wait with. */
const largestBacklogBytes = 1024 * 1024;
const tickMs = 250;

/**
 * A receiver on a hill: a TCP server that hands out what it hears from now on to everyone who is connected, a line each, with CRLF.
 * @param heard what is handed out in a stretch of real time, [from, to), in order of time
 */
export function receiver(heard: (from: number, to: number) => readonly Heard[]): Server {
  const clients = new Set<Socket>();
  let done = Date.now();
  const timer = setInterval(() => {
    const [from, to] = [done, Math.max(done, Date.now())];
    done = to;
    if (clients.size === 0) return;
    const text = heard(from, to)
      .map(({ line }) => `${line}\r\n`)
      .join('');
    for (const client of clients) {
      if (client.writableLength > largestBacklogBytes) client.destroy();
      else if (text !== '') client.write(text);
    }
  }, tickMs);
  const server = createServer((client) => {
    clients.add(client.setNoDelay());
    // What a client says is of no interest to it.
    client
      .resume()
      .on('error', () => {})
      .on('close', () => clients.delete(client));
  });
  return server.on('close', () => clearInterval(timer));
}
