import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { StatusFacts } from '../../runtime/control/status-facts.ts';
import type { Incident } from '../../sinks/notify/incidents.ts';
import { type Journal, openJournal } from '../../sinks/notify/journal.ts';

/** Oldest first; with what was acknowledged while no sink has heard of it. */
export function openIncidents(journal: Journal): readonly Incident[] {
  const given = new Map(
    journal.acknowledgements().map(({ incident, actor, reason, at }) => [incident, { actor, reason, at }]),
  );
  return journal
    .load()
    .incidents.filter(({ ended }) => ended === null)
    .map((incident) => ({
      ...incident,
      acknowledged: incident.acknowledged ?? given.get(incident.id) ?? null,
    }))
    .sort((a, b) => a.openedAt - b.openedAt || (a.id < b.id ? -1 : 1));
}

/** Of every notify sink that has ever run on this data folder. To be closed. */
export function journalsIn(data: string): readonly Journal[] {
  const folder = join(data, 'sinks');
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap(({ name }) => openJournal(join(folder, name), 'existing') ?? []);
}

/** For the status; null where no notify sink has ever run. */
export function incidentFacts(data: string): StatusFacts['incidents'] {
  const journals = journalsIn(data);
  try {
    if (journals.length === 0) return null;
    const open = journals.flatMap(openIncidents);
    const waiting = open.filter(({ acknowledged }) => acknowledged === null);
    return { open: open.length, waiting: waiting.length, oldestAt: waiting[0]?.openedAt ?? null };
  } finally {
    for (const journal of journals) journal.close();
  }
}
