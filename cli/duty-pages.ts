/** What the running hub shows over HTTP: gathered for all who look at once, by the thread of the item store. */
import type { Clock } from '../runtime/clock.ts';
import type { HubConfig } from '../runtime/config.ts';
import { diskOf, type SinkTopics, type SourceRhythm } from '../runtime/control/status-facts.ts';
import { factSeries, one, partSeries, processSeries } from '../runtime/control/status-metrics.ts';
import { diskLevel, statusLines } from '../runtime/control/status-verdict.ts';
import type { FrontPages, FrontStatus } from '../runtime/front/server.ts';
import { sharedValue } from '../runtime/front/shared-value.ts';
import { exposition, type Series } from '../runtime/metrics.ts';
import type { RunningHub } from '../runtime/run.ts';
import type { ReadModel } from './read-model.ts';
import { pageLanguage, pageStyle, statusPage } from './views/status-page.ts';

/** Facts are gathered at most so often. */
const maxAgeMs = 3_000;
/** A page that comes late is better than none, but whoever waits must see something. */
const waitMs = 8_000;
/** The writer's own thread counts: however many ask, it is asked at most so often. */
const countersAge = { maxAgeMs: 1_000, waitMs: 2_000 };
/** The writer gives a sign of life every second; this long without one, and nothing is being stored. */
const writerSilentMs = 30_000;

export interface DutyPagesOptions {
  readonly folder: string;
  readonly config: HubConfig;
  readonly startedAt: number;
  readonly sources: readonly SourceRhythm[];
  readonly sinks: readonly SinkTopics[];
  readonly clock: Clock;
}

export function dutyPages({ folder, config, startedAt, sources, sinks, clock }: DutyPagesOptions) {
  let isStarted = false;

  return {
    /** All parts have been started. */
    started(): void {
      isStarted = true;
    },
    pagesOf(
      hub: RunningHub,
      readModel: Pick<ReadModel, 'facts' | 'schemas'>,
      front: () => FrontStatus,
    ): FrontPages {
      const facts = sharedValue({
        clock,
        maxAgeMs,
        waitMs,
        gather: () =>
          readModel.facts({
            running: { pid: process.pid, parts: hub.parts.status(), front: front(), startedAt },
            sources,
            sinks,
            now: clock.now(),
          }),
      });
      // While the writer has no time to answer, as it last said; one that is going down takes the process with it.
      const counters = sharedValue({
        clock,
        ...countersAge,
        gather: async (): Promise<readonly Series[]> =>
          Object.entries((await hub.writer.admin('counters')) as Readonly<Record<string, number>>),
      });
      return {
        style: pageStyle,
        async page({ lang, acceptLanguage }) {
          const { value, error } = await facts.get();
          const status = value === null ? null : { lines: statusLines(value), at: value.at };
          const language = pageLanguage(lang, acceptLanguage);
          const html = statusPage({ status, error, now: clock.now(), data: folder }, language);
          return { html, isWell: status !== null };
        },
        notReady: () => notReady(hub),
        schemas: (ask) => readModel.schemas(ask),
        async metrics() {
          const [{ value, error }, counted] = await Promise.all([facts.get(), counters.get()]);
          return exposition([
            ...(counted.value ?? []),
            one('hub_writer_silence_seconds', hub.writer.silentMs() / 1_000),
            ...(value === null ? [] : factSeries(value, clock.now())),
            one('hub_status_readable', error === null && value !== null ? 1 : 0),
            one('hub_front_up', front().address === null ? 0 : 1),
            ...partSeries(hub.parts.status()),
            ...processSeries(startedAt),
          ]);
        },
      };
    },
  };

  /**
   * Why records that arrive now would not be taken and kept. A part that fails is none of these reasons, as long as another connector
   * runs: taking the hub out of service would stop its neighbours as well.
   */
  async function notReady({ writer, parts }: RunningHub): Promise<readonly string[]> {
    const reasons: string[] = [];
    if (!isStarted) reasons.push('starting: not all connectors and sinks have been started');
    const silent = writer.silentMs();
    if (silent >= writerSilentMs) reasons.push(`writer: no sign of life for ${Math.round(silent / 1_000)} s`);
    const connectors = parts.status().filter(({ kind }) => kind === 'connector');
    const wanted = config.connectors.filter(({ enabled }) => enabled).length;
    const isGivenUp = connectors.every(({ state }) => state === 'STOPPED' || state === 'DEGRADED');
    if (isStarted && wanted > 0 && isGivenUp) reasons.push('connectors: none of them works; see hub status');
    const disk = await diskOf(folder);
    if (diskLevel(disk) === 'red') reasons.push(`disk: ${disk.freeBytes} bytes free`);
    return reasons;
  }
}
