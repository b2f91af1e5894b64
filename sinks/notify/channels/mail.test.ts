import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { expect, test } from '@jest/globals';
import { mail } from './mail.ts';

test('a mail server that speaks without end is left when the time for a message is over', async () => {
  const over = new AbortController();
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.write('220 test ESMTP\r\n');
    socket.once('data', () => {
      socket.write('250-begins\r\n');
      const speaking = setInterval(() => socket.write('250-goes on\r\n'), 20);
      socket.once('close', () => clearInterval(speaking));
      over.abort(new Error('over'));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const send = mail({ kind: 'mail', host: '127.0.0.1', port, tls: 'never', from: 'hub@city.example' });
  const message = { id: '1', subject: 'test', text: 'test' };
  try {
    await expect(
      send({ message, to: 'duty@city.example', now: 0, signal: over.signal }),
    ).rejects.toBeDefined();
  } finally {
    server.close();
    // Resolves only when its connection is gone.
    await once(server, 'close');
  }
});
