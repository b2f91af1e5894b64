import type { WecomConfig } from '../config.ts';
import { type Channel, postJson, robotAnswer } from './index.ts';

/** A group robot of 企业微信; the key in its address is its only secret. `to` is the mobile number of a member to be mentioned. */
export function wecom({ url }: WecomConfig): Channel {
  return async ({ message, to, signal }) => {
    const mentioned = to === null ? {} : { mentioned_mobile_list: [to] };
    const body = { msgtype: 'text', text: { content: message.text, ...mentioned } };
    await robotAnswer(await postJson(url, body, signal));
  };
}
