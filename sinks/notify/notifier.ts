import { type Clock, type Counters, HubError, type Logger } from '../../runtime/index.ts';
import { type Channel, openChannel } from './channels/index.ts';
import type { NotifyConfig } from './config.ts';
import { type Incident, Incidents, type SeenItem, type Step } from './incidents.ts';
import type { Attempt, Journal } from './journal.ts';
import { whomToTell } from './roster.ts';
import { messageOf } from './text.ts';

const tickMs = 1_000;
/** A channel that has failed is tried after the others for so long. */
const channelRestMs = 60_000;

export interface NotifierOptions {
  readonly config: NotifyConfig;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly counters: Counters;
  readonly log: Logger;
}

export interface Notifier {
  /** Written down when it returns. */
  observe(seen: readonly { readonly item: SeenItem; readonly publishedAt: number }[]): void;
  /** Tells whom there is to tell, until `signal` aborts. */
  run(signal: AbortSignal): Promise<void>;
  /** One look at the clock: what `run` does again and again. */
  step(signal: AbortSignal): Promise<void>;
}

/**
 * Carries incidents to people. Each message is written down before it goes out and after: a hub that dies in between sends it once more, under the same id
 * and marked; none is lost.
 */
export function openNotifier({ config, journal, clock, counters, log }: NotifierOptions): Notifier {
  const { incidents: known, matters } = journal.load();
  const incidents = new Incidents(config, known, matters);
  const channels = new Map(
    Object.entries(config.channels).map(([name, options]) => [name, openChannel(name, options)]),
  );
  const failedAt = new Map<string, number>();
  const roster = { shifts: config.roster, centre: config.centre };

  function save(): void {
    journal.save(incidents.changes());
    incidents.saved();
  }

  async function step(signal: AbortSignal): Promise<void> {
    const now = clock.now();
    for (const { incident, actor, reason, at } of journal.newAcknowledgements())
      incidents.acknowledge(incident, { actor, reason, at });
    incidents.tick(now);
    save();
    for (const { id } of incidents.due(now)) {
      if (signal.aborted) return;
      const incident = incidents.get(id);
      if (incident !== null && incident.ended === null) await tell(incident, signal);
    }
  }

  async function tell(incident: Incident, signal: AbortSignal): Promise<void> {
    const { step, person } = whomToTell(roster, incident.step, clock.now());
    const id = `${incident.id}-${incident.sent + 1}`;
    const message = messageOf(incident, step, journal.isUnsettled(id), config.language);
    for (const { by, to } of waysTo(person, incident)) {
      const attempt: Attempt = {
        message: message.id,
        incident: incident.id,
        person,
        channel: by,
        at: clock.now(),
      };
      journal.sending(attempt);
      try {
        await channelOf(by)({ message, to: to ?? null, now: clock.now(), signal });
      } catch (thrown) {
        // The hub stops: whether it went out is not known.
        if (signal.aborted) return;
        failed(attempt, thrown);
        continue;
      }
      sent(attempt, step);
      return;
    }
    incidents.untold(incident.id, step, clock.now());
    save();
    log.error('nobody could be told by any channel', { incident: incident.id, rule: incident.rule, person });
  }

  /** The channels of a person, those that failed lately last; what fails is not told by itself. */
  function waysTo(person: string, { rule, key }: Incident) {
    const ways = (config.people[person] ?? []).filter(({ by }) => rule !== 'CHANNEL' || by !== key);
    const rests = ({ by }: { readonly by: string }): number => {
      const age = clock.now() - (failedAt.get(by) ?? Number.NEGATIVE_INFINITY);
      return age >= 0 && age < channelRestMs ? 1 : 0;
    };
    return [...ways].sort((a, b) => rests(a) - rests(b));
  }

  function channelOf(name: string): Channel {
    const channel = channels.get(name);
    if (channel === undefined) throw new HubError('HUB_INTERNAL', `no channel ${name}`);
    return channel;
  }

  function sent(attempt: Attempt, step: Step): void {
    const { incident, channel } = attempt;
    const now = clock.now();
    failedAt.delete(channel);
    incidents.told(incident, step, now);
    incidents.channelWorks(channel, now);
    journal.settled(attempt, 'SENT', incidents.changes());
    incidents.saved();
    counters.add('hub_notify_messages_total', { channel, outcome: 'sent' });
    log.info('told', { message: attempt.message, incident, person: attempt.person, channel });
  }

  function failed(attempt: Attempt, thrown: unknown): void {
    const { channel } = attempt;
    const now = clock.now();
    const reason =
      thrown instanceof HubError ? thrown.message.replace(`channel ${channel}: `, '') : 'a defect';
    failedAt.set(channel, now);
    incidents.channelFailed(channel, reason, now);
    journal.settled(attempt, 'FAILED', incidents.changes());
    incidents.saved();
    counters.add('hub_notify_messages_total', { channel, outcome: 'failed' });
    log.warn('a channel does not take messages', {
      code: 'HUB_NOTIFY_CHANNEL',
      message: attempt.message,
      channel,
      reason,
    });
  }

  return {
    step,
    observe(seen) {
      for (const { item, publishedAt } of seen) incidents.observe(item, publishedAt, clock.now());
      save();
    },
    async run(signal) {
      while (!signal.aborted) {
        await step(signal);
        await clock.sleep(tickMs, signal);
      }
    },
  };
}
