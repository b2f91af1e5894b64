import { Command, Option } from 'commander';
import { toHubError } from '../runtime/errors.ts';
import { examples } from './examples.ts';
import { openReader } from './reader.ts';
import { jsonRecord } from './reading/json-record.ts';
import { mergedRecords } from './reading/merged-records.ts';
import { tapTopic } from './reading/tap-topics.ts';
import type { GlobalOptions, Shell } from './shell.ts';
import { parseTime } from './time.ts';

interface TapOptions extends GlobalOptions {
  readonly from?: string;
  readonly untilEnd?: boolean;
  readonly where?: string;
}

/** `hub tap TOPIC`: reads beside a running hub or without one; has no group, so nobody's offsets move. */
export function tap(shell: Shell): Command {
  const { t, clock } = shell;
  return new Command('tap')
    .summary(t.tap.summary)
    .description(t.tap.summary)
    .argument('<TOPIC>', t.tap.topic)
    .addOption(new Option('--from <WHERE>', t.tap.from))
    .addOption(new Option('--until-end', t.tap.untilEnd))
    .addOption(new Option('--where <JSONATA>', t.tap.where))
    .addHelpText(
      'after',
      examples(
        t,
        'hub tap items --from beginning --until-end',
        'hub tap department.fire-rescue --from 2h',
        `hub tap items --until-end --where 'classification.itemClass = "MAJOR"' | head -5`,
        'hub tap raw.complaint-report --from 2026-03-10T08:00+08:00',
      ),
    )
    .action(async (asked: string, _, command: Command) => {
      const { data, from, untilEnd = false, where } = command.optsWithGlobals<TapOptions>();
      // Only now: no other command needs JSONata.
      const { filterBy } = await import('./reading/where.ts');
      const isTrue = filterBy(where, shell);
      const begin = beginning(from ?? (untilEnd ? 'beginning' : 'latest'));
      const reader = await openReader(data);
      const existing = (await reader.log.topics()).map(({ name }) => name);
      const { topics } = tapTopic(asked, existing, t);
      const signal = shell.untilInterrupted();
      for await (const record of mergedRecords(reader.log, topics, { from: begin, untilEnd, signal })) {
        const at = `${record.topic}/${record.partition}/${record.offset}`;
        let json: ReturnType<typeof jsonRecord>;
        try {
          await reader.prepare([record.value]);
          json = jsonRecord(record, reader.decode);
        } catch (thrown) {
          shell.note(t.tap.notOurs(at, toHubError(thrown).message));
          continue;
        }
        if (json !== null && (await isTrue(json, at))) await shell.print(JSON.stringify(json));
      }
      await reader.close();
    });

  function beginning(text: string): 'beginning' | 'latest' | number {
    return text === 'beginning' || text === 'latest' ? text : parseTime(text, clock.now(), t);
  }
}
