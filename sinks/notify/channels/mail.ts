import type { MailConfig } from '../config.ts';
import { type Channel, Refusal, sendWithinMs } from './index.ts';

/** SMTP. The id of the message is that of the mail, so that a mail sent twice is shown once. */
export function mail({ host, port, tls, user, password, from }: MailConfig): Channel {
  return async ({ message, to, signal }) => {
    if (to === null) throw new Refusal('mail needs an address in "to"');
    // Loaded only where mail is sent: every start of the hub would wait for it.
    const { createTransport } = await import('nodemailer');
    const transport = createTransport({
      host,
      port,
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
    const close = () => transport.close();
    signal.addEventListener('abort', close, { once: true });
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
      signal.removeEventListener('abort', close);
      transport.close();
    }
  };
}
