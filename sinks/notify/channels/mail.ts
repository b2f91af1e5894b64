import { Socket } from 'node:net';
import type { MailConfig } from '../config.ts';
import { type Channel, Refusal, sendWithinMs } from './index.ts';

/** SMTP. The id of the message is that of the mail, so that a mail sent twice is shown once. */
export function mail({ host, port, tls, user, password, from }: MailConfig): Channel {
  return async ({ message, to, signal }) => {
    if (to === null) throw new Refusal('mail needs an address in "to"');
    // Loaded only where mail is sent: every start of the hub would wait for it.
    const { createTransport } = await import('nodemailer');
    // Its own limits begin anew with each byte, and a transport that is closed goes on with what it has begun.
    const socket = new Socket();
    const transport = createTransport({
      host,
      port,
      socket,
      secure: tls === 'always',
      requireTLS: tls === 'starttls',
      ignoreTLS: tls === 'never',
      ...(user !== undefined && { auth: { user, pass: password ?? '' } }),
      connectionTimeout: sendWithinMs,
      greetingTimeout: sendWithinMs,
      socketTimeout: sendWithinMs,
      disableFileAccess: true,
      disableUrlAccess: true,
    });
    const cut = () => void socket.destroy();
    signal.addEventListener('abort', cut, { once: true });
    // Cut while the name was looked up, it would be connected all the same.
    socket.once('connect', () => signal.aborted && cut());
    try {
      signal.throwIfAborted();
      await transport.sendMail({
        from,
        to: { name: '', address: to },
        messageId: `<${message.id}@hub.invalid>`,
        subject: message.subject,
        text: message.text,
      });
    } finally {
      signal.removeEventListener('abort', cut);
      transport.close();
    }
  };
}
