import type { GatewayConfig } from '../config.ts';
import { answerOf, type Channel, Refusal } from './index.ts';

/** Any HTTP gateway for text messages: address, headers and body are templates. */
export function gateway({ url, method, headers, body, form, secret, success }: GatewayConfig): Channel {
  return async ({ message, to, signal }) => {
    const values: Readonly<Record<string, string>> = {
      to: to ?? '',
      text: message.text,
      id: message.id,
      secret: secret ?? '',
    };
    const inJson = (value: string) => JSON.stringify(value).slice(1, -1);
    const inLine = (value: string) => value.replaceAll(/[\r\n]+/g, ' ');
    const hasBody = method === 'POST';
    const response = await fetch(filled(url, values, encodeURIComponent), {
      method,
      headers: {
        ...(hasBody && {
          'content-type': form ? 'application/x-www-form-urlencoded' : 'application/json; charset=utf-8',
        }),
        ...Object.fromEntries(
          Object.entries(headers).map(([name, value]) => [name, filled(value, values, inLine)]),
        ),
      },
      ...(hasBody && { body: filled(body, values, form ? encodeURIComponent : inJson) }),
      redirect: 'error',
      signal,
    });
    const answer = await answerOf(response);
    if (!answer.includes(success)) throw new Refusal('an answer without what the option "success" says');
  };
}

const filled = (
  template: string,
  values: Readonly<Record<string, string>>,
  encode: (value: string) => string,
): string => template.replaceAll(/\{(to|text|id|secret)\}/g, (_, name: string) => encode(values[name]!));
