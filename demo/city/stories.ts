import { readFileSync } from 'node:fs';
import { dayOf } from './beijing.ts';
import { drawInt } from './draw.ts';

/** The part of a story (demo/stories/README.md) that the systems need. */
export interface Matter {
  readonly matter: string;
  readonly category: string;
  readonly itemClass: string;
  readonly place: {
    readonly townCode: string | null;
    readonly lon: number | null;
    readonly lat: number | null;
  };
  /** Local time, UTC+8. */
  readonly start: string;
  readonly tellings: readonly Telling[];
}

export interface Telling {
  readonly n: number;
  readonly source: string;
  readonly channel: string;
  readonly afterMin: number;
  readonly reporter: string;
  readonly kind: string;
  readonly title: string;
  readonly body: string;
  readonly addressAsSaid: string | null;
  readonly point: string;
  readonly sourceCategory: string;
  readonly quotes: number | null;
  readonly persons: number;
  readonly itemClass: string;
  readonly relationToFirst: string | null;
}

export interface Told {
  readonly matter: Matter;
  readonly telling: Telling;
  /** When it is told, ms on the axis of the stories. */
  readonly at: number;
}

export const systems = ['complaint-report', 'grid-safety', 'smart-ocean'] as const;
export type System = (typeof systems)[number];

const [minuteMs, files] = [60_000, ['a.jsonl', 'b.jsonl', 'c.jsonl', 'd.jsonl']];

/** Nights in which nobody writes are cut to this. */
const longestQuietMs = 120 * minuteMs;

/**
 * The system of the demo city that tells it, or null where its source does not run. For want of a hotline the complaint portal
 * takes what citizens say on the phone, and what the fishing platform only heard on the phone: its alarms have no words.
 */
export function systemOf({ source, channel }: Telling): System | null {
  if (source === 'hotline-12345') return 'complaint-report';
  if (source === 'smart-ocean' && channel !== 'SENSOR') return 'complaint-report';
  return systems.find((system) => system === source) ?? null;
}

/** What the systems of the city tell of the stories, in order of time; the first telling at 0. */
export function loadTellings(): readonly Told[] {
  const told: Told[] = [];
  for (const file of files) {
    for (const line of readFileSync(new URL(`../stories/${file}`, import.meta.url), 'utf8').split('\n')) {
      if (line === '') continue;
      const matter = JSON.parse(line) as Matter;
      const start = Date.parse(`${matter.start}:00+08:00`);
      for (const telling of matter.tellings) {
        if (systemOf(telling) !== null)
          told.push({ matter, telling, at: start + telling.afterMin * minuteMs });
      }
    }
  }
  return withoutNights(told.sort(inOrder));
}

export const inOrder = (a: Told, b: Told): number => a.at - b.at || (nameOf(a) < nameOf(b) ? -1 : 1);

function withoutNights(told: readonly Told[]): readonly Told[] {
  let cut = told[0]?.at ?? 0;
  return told.map((one, i) => {
    cut += Math.max(0, one.at - (told[i - 1]?.at ?? one.at) - longestQuietMs);
    return { ...one, at: one.at - cut };
  });
}

/** The same in every run; what chance about a telling is drawn by. */
export const nameOf = ({ matter, telling }: Pick<Told, 'matter' | 'telling'>): string =>
  `${matter.matter}/${telling.n}`;

/** The number of the hotline's order that is named in it, or null; the story says only which telling. */
export function quotedOrder({ matter, telling }: Pick<Told, 'matter' | 'telling'>): string | null {
  const quoted = matter.tellings.find(({ n }) => n === telling.quotes);
  if (quoted?.source !== 'hotline-12345') return null;
  const day = dayOf(Date.parse(`${matter.start}:00+08:00`) + quoted.afterMin * minuteMs);
  return `PT${day.replaceAll('-', '')}${String(drawInt(0, 999_999, 0, matter.matter, quoted.n)).padStart(6, '0')}`;
}
