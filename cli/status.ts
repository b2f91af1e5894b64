import { Command } from 'commander';
import { reviewDueAt } from '../processors/deadlines/index.ts';
import type { HubConfig } from '../runtime/config.ts';
import { readAnnouncement } from '../runtime/control/announcement.ts';
import { connectControl } from '../runtime/control/client.ts';
import { readStatus, type StatusAsk, type StatusFacts } from '../runtime/control/status-facts.ts';
import { statusLines, worstLevel } from '../runtime/control/status-verdict.ts';
import { type Overview, sinkTopics, sourceRhythms } from './engine.ts';
import { examples } from './examples.ts';
import { configOf, withReader } from './hub-at.ts';
import type { WorkerOverview } from './kafka/assembly.ts';
import { incidentFacts } from './reading/incidents.ts';
import type { GlobalOptions, Shell } from './shell.ts';
import { isoTime } from './time.ts';
import { statusView } from './views/status-view.ts';

interface StatusOptions extends GlobalOptions {
  readonly json?: boolean;
  readonly watch?: boolean;
}

const watchPauseMs = 2_000;
/** Told apart from a status that could not be read. */
const redExitCode = 3;
const clearScreen = '\u001b[H\u001b[2J';

/** `hub status`: asks the running hub how its parts are, and reads everything else from the file. */
export function status(shell: Shell): Command {
  const { t, clock, print, language } = shell;
  return new Command('status')
    .summary(t.status.summary)
    .description(t.status.summary)
    .option('--json', t.help.json)
    .option('--watch', t.status.watch)
    .addHelpText('after', examples(t, 'hub status', 'hub status --watch', 'hub status --json | jq .level'))
    .action(async (_, command: Command) => {
      const options = command.optsWithGlobals<StatusOptions>();
      if (options.watch !== true) return show(options);
      const signal = shell.untilInterrupted();
      while (!signal.aborted) {
        if (process.stdout.isTTY) process.stdout.write(clearScreen);
        await show(options);
        await clock.sleep(watchPauseMs, signal);
      }
    });

  async function show(options: StatusOptions): Promise<void> {
    const facts = await factsOf(options);
    const lines = statusLines(facts);
    const level = worstLevel(lines);
    if (options.json === true) await print(JSON.stringify({ at: isoTime(facts.at), level, lines }));
    else for (const line of statusView(lines, facts.at, options.data, language)) await print(line);
    shell.exitCode = level === 'red' ? redExitCode : 0;
  }

  async function factsOf(options: StatusOptions): Promise<StatusFacts> {
    const { data } = options;
    const overview = (await (await connectControl(data))?.call('overview')) as
      | Overview
      | WorkerOverview
      | undefined;
    // A worker's folder holds nothing of the kind: it asks the cluster itself.
    if (overview !== undefined && 'facts' in overview) return overview.facts;
    const asked = overview === undefined ? null : runningAsk(overview, data);
    const ask = { ...(asked ?? notRunning(configOf(options, shell))), now: clock.now() };
    const own = { dueOf: reviewDueAt, incidents: incidentFacts(data) };
    return withReader(options, ({ log, serde, store, warnings }) =>
      readStatus({ ...ask, ...own, folder: data, log, serde, store, warnings }),
    );
  }
}

function runningAsk({ sources, sinks, ...running }: Overview, folder: string): Omit<StatusAsk, 'now'> | null {
  const announced = readAnnouncement(folder);
  return announced === null ? null : { running: { pid: announced.pid, ...running }, sources, sinks };
}

const notRunning = (config: HubConfig): Omit<StatusAsk, 'now'> => ({
  running: null,
  sources: sourceRhythms(config),
  sinks: sinkTopics(config),
});
