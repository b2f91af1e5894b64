import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { text } from 'node:stream/consumers';

export interface Received {
  readonly url: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

export interface MessageServer {
  readonly port: number;
  readonly received: Received[];
  /** What it answers from now on. */
  answer: { status: number; body: string };
  /** It takes the message, and gives no answer while this is set. */
  isMute: boolean;
  close(): Promise<void>;
}

/** A gateway or robot over HTTP: keeps what it is sent, answers as told. */
export async function messageServer(): Promise<MessageServer> {
  const received: Received[] = [];
  const server = createServer(async (request, response) => {
    const body = await text(request);
    received.push({ url: request.url ?? '', headers: request.headers, body });
    if (self.isMute) return;
    response.writeHead(self.answer.status, { 'content-type': 'application/json' }).end(self.answer.body);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const self: MessageServer = {
    port: (server.address() as AddressInfo).port,
    received,
    answer: { status: 200, body: '{"errcode":0,"code":"OK"}' },
    isMute: false,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return self;
}

/** A mail server that takes everything: keeps each mail as it came over the wire. */
export async function mailServer(): Promise<{ port: number; mails: string[]; close(): Promise<void> }> {
  const mails: string[] = [];
  const server = createTcpServer((socket) => {
    let waiting = '';
    let mail: string | null = null;
    socket.on('error', () => {});
    socket.write('220 test ESMTP\r\n');
    socket.setEncoding('utf8').on('data', (chunk: string) => {
      waiting += chunk;
      for (let end = waiting.indexOf('\r\n'); end !== -1; end = waiting.indexOf('\r\n')) {
        const line = waiting.slice(0, end);
        waiting = waiting.slice(end + 2);
        if (mail !== null) {
          if (line !== '.') mail += `${line}\n`;
          else {
            mails.push(mail);
            mail = null;
            socket.write('250 taken\r\n');
          }
        } else if (/^DATA/i.test(line)) {
          mail = '';
          socket.write('354 go on\r\n');
        } else if (/^QUIT/i.test(line)) socket.end('221 bye\r\n');
        else socket.write('250 fine\r\n');
      }
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    mails,
    async close() {
      server.close();
      await once(server, 'close');
    },
  };
}
