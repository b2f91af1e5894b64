import { join } from 'node:path';
import { z } from 'zod';
import { defineSink } from '../../runtime/index.ts';
import { type ColumnName, columnNames, csvHead, csvRow } from './csv.ts';
import { dayOf, type Layout, type Line } from './placing.ts';
import { openTopicFolder, type TopicFolder } from './topic-folder.ts';

const config = z.strictObject({
  folder: z
    .string()
    .min(1)
    .describe('Folder to write to; each topic gets a folder of its own in it. Give it to one sink only.'),
  organisations: z
    .array(z.string().min(1))
    .default([])
    .describe('Organisations whose items are written, by id, for instance town-command-330903003.'),
  topics: z
    .array(z.enum(['items', 'events']))
    .default([])
    .describe('Further topics: items (the unified, masked stream), events (restricted; jsonl only).'),
  format: z
    .enum(['jsonl', 'csv'])
    .default('jsonl')
    .describe('jsonl: one JSON object a line; csv: for Excel.'),
  columns: z
    .array(z.enum(columnNames))
    .min(1)
    .default(columnNames)
    .describe('Columns of csv, in this order.'),
  headerLanguage: z.enum(['zh-CN', 'en']).default('zh-CN').describe('Language of the header row of csv.'),
  rotate: z
    .enum(['daily', 'none'])
    .default('daily')
    .describe('daily: one file a day (UTC+8, by the time of the record).'),
  maxFileBytes: z
    .int()
    .min(4_096)
    .max(2 ** 40)
    .default(256 * 1024 * 1024)
    .describe('A file that would grow beyond this is continued in a second part, bytes.'),
});

type Config = z.infer<typeof config>;

/** Items of organisations (or the stream) as files that people and scripts can read; see README.md. */
export const file = defineSink<Config>({
  name: 'file',
  summary: 'Writes the items of organisations into files: JSON lines, or CSV that Excel opens.',
  repeat:
    'The position lies beside the files and moves with them: after a crash the files are cut back to it, so nothing is written twice.',
  config,
  topics: ({ organisations, topics }) => [
    ...organisations.map((organisation) => `hub.department.${organisation}`),
    ...topics.map((topic) => `hub.${topic}`),
  ],
  async open({ config, log, decode }) {
    const folders = new Map<string, Promise<TopicFolder>>();
    const folderOf = (topic: string): Promise<TopicFolder> => {
      const name = topic.replace(/^hub\.(department\.)?/, '');
      const opened =
        folders.get(topic) ?? openTopicFolder(join(config.folder, name), layoutOf(name, config), log);
      folders.set(topic, opened);
      return opened;
    };
    return {
      resumeAt: async (topic, partition) => (await folderOf(topic)).next(partition),
      async write(topic, partition, records) {
        const last = records.at(-1);
        if (last === undefined) return;
        const folder = await folderOf(topic);
        const fresh = records.filter(
          ({ offset, value }) => offset >= folder.next(partition) && value !== null,
        );
        const lines = fresh.map(({ value, timestamp }): Line => {
          const item = decode(value!) as Readonly<Record<string, unknown>>;
          return { day: dayOf(timestamp), bytes: lineOf(item, config) };
        });
        await folder.append(partition, last.offset + 1, lines);
      },
      close: async () => {},
    };
  },
});

function layoutOf(stem: string, { format, columns, headerLanguage, rotate, maxFileBytes }: Config): Layout {
  const head =
    format === 'csv' ? csvHead(columns as readonly ColumnName[], headerLanguage) : new Uint8Array();
  return { stem, extension: format, head, daily: rotate === 'daily', maxFileBytes };
}

const lineOf = (item: Readonly<Record<string, unknown>>, { format, columns }: Config): Uint8Array =>
  format === 'csv'
    ? csvRow(item, columns as readonly ColumnName[])
    : Buffer.from(`${JSON.stringify(item)}\n`);
