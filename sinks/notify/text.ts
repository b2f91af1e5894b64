import type { Incident, Step } from './incidents.ts';

const eightHoursMs = 8 * 3_600_000;

export type Language = 'zh-CN' | 'en';

/** `03-10 08:27`, Beijing time. */
const shortTime = (ms: number): string =>
  new Date(ms + eightHoursMs).toISOString().slice(5, 16).replace('T', ' ');

/** Names of rules and places as the incident is told; ids, codes and commands are the same in every language. */
const words = {
  'zh-CN': {
    title: { MAJOR: '重大事项待签收', OVERDUE: '重大事项超过签收时限', CHANNEL: '通知通道故障' },
    item: (id: string) => `事项 ${id}`,
    rules: (ids: string) => `规则 ${ids}`,
    town: (code: string | null) => `镇街 ${code ?? '未知'}`,
    signBy: (time: string) => `签收时限 ${time}`,
    channel: (name: string, reason: string) => `通道 ${name}：${reason}`,
    look: (command: string) => `查看：${command}`,
    know: (command: string) => `知悉：${command}`,
    times: (count: number) => `第 ${count} 次`,
    step: ['', '已转副班', '已转指挥中心'],
    perhaps: '可能重复',
    head: '【枢纽】',
    between: '，',
  },
  en: {
    title: {
      MAJOR: 'MAJOR item not signed',
      OVERDUE: 'MAJOR item past its time for signing',
      CHANNEL: 'messages cannot be sent',
    },
    item: (id: string) => `item ${id}`,
    rules: (ids: string) => `rules ${ids}`,
    town: (code: string | null) => `town ${code ?? 'unknown'}`,
    signBy: (time: string) => `sign by ${time}`,
    channel: (name: string, reason: string) => `channel ${name}: ${reason}`,
    look: (command: string) => `look: ${command}`,
    know: (command: string) => `acknowledge: ${command}`,
    times: (count: number) => `message ${count}`,
    step: ['', 'now to the deputy', 'now to the centre'],
    perhaps: 'perhaps sent before',
    head: '[hub] ',
    between: ', ',
  },
} as const;

export interface Message {
  /** The same each time this message is tried. */
  readonly id: string;
  readonly subject: string;
  readonly text: string;
}

/**
 * What is sent. It holds ids and codes only: a message passes through other people's gateways and lies on screens, so nobody's name, number, address or
 * words are in it. @param perhapsBefore the hub died while it was being sent
 */
export function messageOf(
  incident: Incident,
  step: Step,
  perhapsBefore: boolean,
  language: Language,
): Message {
  const t = words[language];
  const { id, rule, subject, sent } = incident;
  const title = `${t.head}${t.title[rule]}`;
  const marks = [
    ...(sent > 0 ? [t.times(sent + 1)] : []),
    ...(step > 0 ? [t.step[step]] : []),
    ...(perhapsBefore ? [t.perhaps] : []),
  ];
  const facts =
    subject.kind === 'channel'
      ? [t.channel(subject.channel, subject.reason), t.look('hub status')]
      : [
          [t.item(subject.itemId), t.town(subject.townCode)].join(t.between),
          [t.rules(subject.ruleIds.join(' ')), t.signBy(shortTime(subject.signBy))].join(t.between),
          t.look(`hub why ${subject.itemId}`),
        ];
  const messageId = `${id}-${sent + 1}`;
  const head = marks.length === 0 ? title : `${title} (${marks.join(t.between)})`;
  return {
    id: messageId,
    subject: head,
    text: [head, ...facts, t.know(`hub ack ${id}`), `#${messageId}`].join('\n'),
  };
}
