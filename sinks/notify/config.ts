import { z } from 'zod';
import { weekdays } from './roster.ts';

const httpUrl = z.url({ protocol: /^https?$/, error: 'expected an http or https address' });
const clockTime = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'expected a time of the day such as "08:30", in quotes');

const gatewayConfig = z.strictObject({
  kind: z.literal('gateway'),
  /** Templates: `{to}`, `{text}`, `{id}`, `{secret}`; encoded as their place needs it. */
  url: z
    .string()
    .regex(/^https?:\/\/[^/{}\s]+/, 'expected an http or https address whose host is no template'),
  method: z.enum(['POST', 'GET']).default('POST'),
  headers: z.record(z.string(), z.string()).default({}),
  body: z.string().default('{"to":"{to}","text":"{text}","id":"{id}"}'),
  /** The body is `a=b&c=d` instead of JSON. */
  form: z.boolean().default(false),
  secret: z.string().min(1).meta({ secret: true }).optional(),
  /** Must stand in the answer: many gateways answer 200 also when they refuse. */
  success: z.string().default(''),
});
const mailConfig = z.strictObject({
  kind: z.literal('mail'),
  host: z.string().min(1),
  port: z.int().min(1).max(65_535).default(465),
  tls: z.enum(['always', 'starttls', 'never']).default('always'),
  user: z.string().min(1).optional(),
  password: z.string().min(1).meta({ secret: true }).optional(),
  from: z.string().min(3),
});
const dingtalkConfig = z.strictObject({
  kind: z.literal('dingtalk'),
  url: httpUrl.meta({ secret: true }),
  secret: z.string().min(1).meta({ secret: true }).optional(),
});
const wecomConfig = z.strictObject({ kind: z.literal('wecom'), url: httpUrl.meta({ secret: true }) });

export type GatewayConfig = z.output<typeof gatewayConfig>;
export type MailConfig = z.output<typeof mailConfig>;
export type DingtalkConfig = z.output<typeof dingtalkConfig>;
export type WecomConfig = z.output<typeof wecomConfig>;
export type ChannelConfig = GatewayConfig | MailConfig | DingtalkConfig | WecomConfig;

const reach = z.strictObject({ by: z.string().min(1), to: z.string().min(1).optional() });
const shift = z.strictObject({
  days: z.array(z.enum(weekdays)).min(1).default(weekdays.slice()),
  from: clockTime,
  to: clockTime,
  duty: z.string().min(1),
  deputy: z.string().min(1).optional(),
});

const minuteMs = 60_000;

export const notifyConfig = z
  .strictObject({
    channels: z
      .record(
        z.string(),
        z.discriminatedUnion('kind', [gatewayConfig, mailConfig, dingtalkConfig, wecomConfig]),
      )
      .refine((all) => Object.keys(all).length > 0, { error: 'expected at least one channel' })
      .describe('Ways to reach people, by a name of your own; the kinds and their options stand below.'),
    people: z
      .record(z.string(), z.array(reach).min(1))
      .describe(
        'Whom to tell, by a name of your own: a list of `{by: CHANNEL, to: NUMBER}`, the best way first.',
      ),
    roster: z
      .array(shift)
      .default([])
      .describe(
        'Who is on duty when, Beijing time: a list of `{days, from, to, duty, deputy}`; the first that fits counts, in a gap the centre is told.',
      ),
    centre: z.string().min(1).describe('Who is told when neither duty nor deputy answers; one of people.'),
    language: z.enum(['zh-CN', 'en']).default('zh-CN').describe('Language of the messages.'),
    repeatMs: z
      .int()
      .min(minuteMs)
      .max(24 * 60 * minuteMs)
      .default(5 * minuteMs)
      .describe('Pause between two messages about one incident, until it is acknowledged, ms.'),
    timesPerStep: z
      .int()
      .min(1)
      .max(20)
      .default(2)
      .describe('So many messages go to one person before the next is told: duty, deputy, centre.'),
    maxAgeMs: z
      .int()
      .min(10 * minuteMs)
      .max(30 * 24 * 60 * minuteMs)
      .default(24 * 60 * minuteMs)
      .describe(
        'What was published longer ago opens no incident: a hub that was long down wakes nobody for old news, ms.',
      ),
  })
  .superRefine(({ channels, people, roster, centre }, context) => {
    const miss = (path: (string | number)[], what: string, known: readonly string[]): void =>
      context.addIssue({ code: 'custom', path, message: `expected ${what}: ${known.join(', ') || 'none'}` });
    for (const [name, ways] of Object.entries(people))
      for (const [index, { by, to }] of ways.entries()) {
        const channel = Object.hasOwn(channels, by) ? channels[by]! : null;
        if (channel === null) miss(['people', name, index, 'by'], 'one of channels', Object.keys(channels));
        else if (channel.kind === 'mail' && to === undefined)
          miss(['people', name, index, 'to'], 'an address', []);
      }
    const names = Object.keys(people);
    const check = (path: (string | number)[], name: string | undefined): void => {
      if (name !== undefined && !names.includes(name)) miss(path, 'one of people', names);
    };
    check(['centre'], centre);
    for (const [index, { duty, deputy }] of roster.entries()) {
      check(['roster', index, 'duty'], duty);
      check(['roster', index, 'deputy'], deputy);
    }
  });

export type NotifyConfig = z.output<typeof notifyConfig>;
