import { join } from 'node:path';
import { z } from 'zod';
import { currentCatalogueVersion, organisationIds } from '../../processors/catalogue/index.ts';
import { defineSink } from '../../runtime/index.ts';
import { topics } from '../../runtime/topics.ts';
import { columnNames, type Json } from './columns.ts';
import { csvHead, csvRow } from './csv.ts';
import { dayOf, type Layout, type Line } from './placing.ts';
import { openTopicFolder, type TopicFolder } from './topic-folder.ts';

const everyone = '*';
const known = organisationIds(currentCatalogueVersion);

const config = z
  .strictObject({
    folder: z
      .string()
      .min(1)
      .describe('Folder to write to; each topic gets a folder of its own in it. Give it to one sink only.'),
    organisations: z
      .array(
        z.string().refine((id) => id === everyone || known.includes(id), {
          error: `expected "${everyone}" or the id of an organisation of the catalogue, for instance ${known[0]}`,
        }),
      )
      .default([])
      .describe(
        'Organisations whose items are written, by id, for instance town-command-330903003; "*" for all of the catalogue.',
      ),
    topics: z
      .array(z.enum(['items', 'events']))
      .default([])
      .describe('Further topics: items (the unified, masked stream), events (restricted; jsonl only).'),
    format: z
      .enum(['jsonl', 'csv'])
      .default('jsonl')
      .describe('jsonl: one JSON object a line, all fields; csv: chosen columns, for Excel.'),
    columns: z
      .array(z.enum(columnNames))
      .min(1)
      .default(columnNames)
      .describe('Columns of csv, in this order; default: all.'),
    language: z
      .enum(['zh-CN', 'en'])
      .default('zh-CN')
      .describe('Language of csv: header row, reasons, and names in place of codes.'),
    rotate: z
      .enum(['daily', 'none'])
      .default('daily')
      .describe('daily: one file a day (UTC+8, by the time at which the hub published); none: one for all.'),
    maxFileBytes: z
      .int()
      .min(4_096)
      .max(2 ** 40)
      .default(256 * 1024 * 1024)
      .describe('A file that would grow beyond this is continued in a second part, bytes.'),
  })
  .refine(({ organisations, topics }) => organisations.length + topics.length > 0, {
    error: 'expected at least one organisation or topic',
    path: ['organisations'],
  })
  .refine(({ format, topics }) => format === 'jsonl' || !topics.includes('events'), {
    error: 'expected no events with csv: its columns are those of items',
    path: ['topics'],
  });

type Config = z.infer<typeof config>;

/** Items of organisations (or the stream) as files that people and scripts can read; see README.md. */
export const file = defineSink<Config>({
  name: 'file',
  summary: 'Writes the items of organisations into files: JSON lines, or CSV that Excel opens.',
  repeat:
    'The position lies beside the files and moves with them: after a crash the files are cut back to it, so nothing is written twice.',
  config,
  topics: ({ organisations, topics: further }) => {
    const ids = organisations.includes(everyone) ? known : organisations;
    return [...new Set([...ids.map(topics.department), ...further.map((topic) => topics[topic])])];
  },
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
      resumeAt: async (topic, partition) => (await folderOf(topic)).position(partition),
      async write(topic, partition, records) {
        const folder = await folderOf(topic);
        const { next } = folder.position(partition);
        const fresh = records.filter(({ offset }) => offset >= next);
        const last = fresh.at(-1);
        if (last === undefined) return;
        const lines = fresh.flatMap(({ value, timestamp }): Line | [] =>
          value === null ? [] : { day: dayOf(timestamp), bytes: lineOf(decode(value) as Json, config) },
        );
        await folder.append(partition, { next: last.offset + 1, lastTimestamp: last.timestamp }, lines);
      },
      close: async () => {},
    };
  },
});

function layoutOf(stem: string, { format, columns, language, rotate, maxFileBytes }: Config): Layout {
  const head = format === 'csv' ? csvHead(columns, language) : new Uint8Array();
  return { stem, extension: format, head, daily: rotate === 'daily', maxFileBytes };
}

const lineOf = (value: Json, { format, columns, language }: Config): Uint8Array =>
  format === 'csv' ? csvRow(value, columns, language) : Buffer.from(`${JSON.stringify(value)}\n`);
