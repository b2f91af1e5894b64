import { createHmac } from 'node:crypto';
import type { DingtalkConfig } from '../config.ts';
import { type Channel, postJson, robotAnswer } from './index.ts';

/**
 * A group robot of 钉钉 with signature: `sign` = base64(HMAC-SHA256(secret, "<timestamp>\n<secret>")), timestamp in ms, not older than an hour. `to` is the
 * mobile number of a member to be mentioned.
 */
export function dingtalk({ url, secret }: DingtalkConfig): Channel {
  return async ({ message, to, now, signal }) => {
    const address = new URL(url);
    if (secret !== undefined) {
      const sign = createHmac('sha256', secret).update(`${now}\n${secret}`).digest('base64');
      address.searchParams.set('timestamp', String(now));
      address.searchParams.set('sign', sign);
    }
    const at = to === null ? {} : { at: { atMobiles: [to], isAtAll: false } };
    // A robot shows only whom the text names.
    const content = to === null ? message.text : `${message.text}\n@${to}`;
    await robotAnswer(await postJson(address.href, { msgtype: 'text', text: { content }, ...at }, signal));
  };
}
