import { HubError } from '../../../runtime/index.ts';
import type { ChannelConfig } from '../config.ts';
import type { Message } from '../text.ts';
import { dingtalk } from './dingtalk.ts';
import { gateway } from './gateway.ts';
import { mail } from './mail.ts';
import { wecom } from './wecom.ts';

/** How long a channel may take for one message. */
export const sendWithinMs = 10_000;

export interface Delivery {
  readonly message: Message;
  /** Number, address, or whom a robot shall mention; null: whoever sees the channel. */
  readonly to: string | null;
  /** ms since epoch, for signatures. */
  readonly now: number;
  readonly signal: AbortSignal;
}

/**
 * A way to reach people. Resolves when it has taken the message; rejects with HUB_NOTIFY_CHANNEL, whose message says what the other end answered, but
 * never an address with its key.
 */
export type Channel = (delivery: Delivery) => Promise<void>;

export function openChannel(name: string, config: ChannelConfig): Channel {
  const send = open(config);
  return async (delivery) => {
    const signal = AbortSignal.any([delivery.signal, AbortSignal.timeout(sendWithinMs)]);
    try {
      await send({ ...delivery, signal });
    } catch (thrown) {
      throw new HubError('HUB_NOTIFY_CHANNEL', `channel ${name}: ${reasonOf(thrown, signal)}`, {
        cause: thrown,
      });
    }
  };
}

function open(config: ChannelConfig): Channel {
  switch (config.kind) {
    case 'gateway':
      return gateway(config);
    case 'mail':
      return mail(config);
    case 'dingtalk':
      return dingtalk(config);
    case 'wecom':
      return wecom(config);
  }
}

/** What the other end has answered, in words that hold no secret. */
export class Refusal extends Error {}

/** Messages of foreign errors may repeat the address that was called, and with it a key: only their codes are told. */
function reasonOf(thrown: unknown, signal: AbortSignal): string {
  if (thrown instanceof Refusal) return thrown.message;
  if (signal.aborted) return `no answer within ${sendWithinMs} ms`;
  const { code, responseCode, cause } = thrown as {
    code?: unknown;
    responseCode?: unknown;
    cause?: { code?: unknown };
  };
  const known = [code, responseCode, cause?.code].filter(
    (one) => typeof one === 'number' || (typeof one === 'string' && /^[A-Z][A-Z0-9_]*$/.test(one)),
  );
  return known.length === 0 ? 'not reached' : known.join(' ');
}

/** Most of an answer that is looked at. */
const longestAnswer = 64 * 1024;

/** The answer's text; throws Refusal for a status that is no success. */
export async function answerOf(response: Response): Promise<string> {
  const text = (await response.text()).slice(0, longestAnswer);
  if (!response.ok) throw new Refusal(`HTTP status ${response.status}`);
  return text;
}

/** Robots answer 200 also when they refuse; `errcode` says so. */
export async function robotAnswer(response: Response): Promise<void> {
  const text = await answerOf(response);
  let errcode: unknown;
  try {
    errcode = (JSON.parse(text) as { errcode?: unknown }).errcode;
  } catch {
    throw new Refusal('an answer that is no JSON');
  }
  if (errcode !== 0) throw new Refusal(`errcode ${typeof errcode === 'number' ? errcode : 'missing'}`);
}

/** POST of JSON; no redirect is followed, since it would carry the message elsewhere. */
export const postJson = (url: string, body: unknown, signal: AbortSignal): Promise<Response> =>
  fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json; charset=utf-8' },
    body: JSON.stringify(body),
    redirect: 'error',
    signal,
  });
