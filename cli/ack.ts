import { Command, Option } from 'commander';
import { HubError } from '../runtime/errors.ts';
import type { Incident } from '../sinks/notify/incidents.ts';
import type { Journal } from '../sinks/notify/journal.ts';
import { actorOf } from './actor.ts';
import { examples } from './examples.ts';
import { journalsIn, openIncidents } from './reading/incidents.ts';
import type { GlobalOptions, Shell } from './shell.ts';
import { clockTime, isoTime } from './time.ts';

interface AckOptions extends GlobalOptions {
  readonly actor?: string;
  readonly reason?: string;
  readonly json?: boolean;
}

/**
 * `hub ack [INCIDENT]`: a person says that an incident is known. It is written into the sink's own file, whether a hub runs or not; a running
 * sink hears of it within a second.
 */
export function ack(shell: Shell): Command {
  const { t, clock, print } = shell;
  return new Command('ack')
    .summary(t.ack.summary)
    .description(t.ack.summary)
    .argument('[INCIDENT]', t.ack.incident)
    .addOption(new Option('--actor <NAME>', t.ack.actor))
    .addOption(new Option('--reason <TEXT>', t.ack.reason))
    .option('--json', t.help.json)
    .addHelpText('after', examples(t, 'hub ack', "hub ack 1f3a77c2 --reason '已电话通知消防'"))
    .action(async (asked: string | undefined, _, command: Command) => {
      const options = command.optsWithGlobals<AckOptions>();
      const journals = journalsIn(options.data);
      try {
        if (asked === undefined) await list(journals, options.json === true);
        else await acknowledge(journals, asked, options);
      } finally {
        for (const journal of journals) journal.close();
      }
    });

  async function list(journals: readonly Journal[], asJson: boolean): Promise<void> {
    const open = journals.flatMap(openIncidents);
    if (!asJson && open.length === 0) return print(t.ack.none);
    for (const incident of open) await print(asJson ? JSON.stringify(jsonOf(incident)) : lineOf(incident));
  }

  async function acknowledge(
    journals: readonly Journal[],
    asked: string,
    { actor: named, reason }: AckOptions,
  ): Promise<void> {
    const found = journals.flatMap((journal) =>
      openIncidents(journal)
        .filter(({ id }) => id.startsWith(asked))
        .map((incident) => ({ journal, incident })),
    );
    const [first, second] = found;
    if (first === undefined) {
      const known = journals.flatMap(openIncidents).map(({ id }) => id);
      throw new HubError('HUB_INCIDENT_UNKNOWN', t.ack.unknown(asked, known.join(' ') || '–'));
    }
    if (second !== undefined) {
      const ids = found.map(({ incident }) => incident.id).join(' ');
      throw new HubError('HUB_INCIDENT_UNKNOWN', t.ack.several(asked, ids));
    }
    const { id, acknowledged } = first.incident;
    if (acknowledged !== null)
      return print(t.ack.already(id, acknowledged.actor, clockTime(acknowledged.at)));
    const actor = actorOf(named);
    first.journal.acknowledge({ incident: id, actor, reason: reason?.trim() || null, at: clock.now() });
    await print(t.ack.done(id, actor));
  }

  function lineOf({ id, rule, subject, openedAt, sent, acknowledged }: Incident): string {
    const about = subject.kind === 'item' ? subject.itemId : subject.channel;
    const state = acknowledged === null ? t.ack.waits : t.ack.by(acknowledged.actor);
    return [id, clockTime(openedAt), t.ack.rules[rule], about, t.ack.sent(sent), state].join('  ');
  }
}

function jsonOf({ openedAt, nextAt, subject, ...incident }: Incident): Readonly<Record<string, unknown>> {
  const { acknowledged } = incident;
  return {
    ...incident,
    subject: subject.kind === 'item' ? { ...subject, signBy: isoTime(subject.signBy) } : subject,
    openedAt: isoTime(openedAt),
    newsAt: isoTime(incident.newsAt),
    nextAt: isoTime(nextAt),
    acknowledged: acknowledged === null ? null : { ...acknowledged, at: isoTime(acknowledged.at) },
  };
}
