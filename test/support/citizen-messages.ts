import { readFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';
import { sharedFolder } from './shared.ts';

interface Message {
  readonly id: string;
  readonly user?: string;
  readonly title?: string;
  readonly time?: string;
  readonly detail: string;
}

/**
 * All citizens' messages of `data/teddy2020c` (four sheets, 7,148 messages) as rows of `data.list` of complaint-report. Texts, times
 * and users as found; the sheets number their messages apart, so the sheet goes into the record's number.
 */
export function citizenMessages(): readonly Readonly<Record<string, string>>[] {
  const folder = `${sharedFolder()}/data/teddy2020c`;
  const lines = (file: string): Message[] =>
    readFileSync(`${folder}/${file}`, 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Message);
  const sheet3 = parse(readFileSync(`${folder}/attachment3_messages.csv`), {
    columns: true,
    bom: true,
  }) as Record<string, string>[];
  const sheets: readonly [string, readonly Message[]][] = [
    ['A2', lines('attachment2_labelled.jsonl')],
    [
      'A3',
      sheet3.map((row) => ({
        id: row.留言编号!,
        user: row.留言用户!,
        title: row.留言主题!,
        time: row.留言时间!,
        detail: row.留言详情!,
      })),
    ],
    ['A4', lines('attachment4_replied.jsonl')],
    ['T', lines('test_unlabelled.jsonl')],
  ];
  return sheets.flatMap(([sheet, messages]) =>
    messages.map(({ id, user, title, time, detail }) => ({
      id: `${sheet}-${id}`,
      title: title ?? '',
      content: detail,
      type: '投诉',
      channel: '网站',
      reporterName: user ?? '',
      reporterTel: '',
      anonymous: '0',
      addr: '',
      lng: '',
      lat: '',
      happenTime: '',
      createTime: time ?? '',
      updateTime: time ?? '',
      status: '0',
      imgs: '',
    })),
  );
}
