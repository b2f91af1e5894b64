import { readFileSync } from 'node:fs';

/** The part of a story (demo/stories/README.md) that this portal needs. */
export interface Matter {
  readonly matter: string;
  readonly category: string;
  readonly itemClass: string;
  readonly place: { readonly lon: number | null; readonly lat: number | null };
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
  readonly addressAsSaid: string;
  readonly point: string;
  readonly sourceCategory: string;
  readonly quotes: number | null;
  readonly itemClass: string;
}

export interface Told {
  readonly matter: Matter;
  readonly telling: Telling;
  /** When it is told, ms on the axis of the stories. */
  readonly at: number;
}

const minuteMs = 60_000;
const sources = new Set(['complaint-report', 'hotline-12345']);

/** Nights in which nobody writes are cut to this. */
const longestQuietMs = 120 * minuteMs;

/** What citizens write or say, in order of time: the tellings of this portal, and for want of its own fake those of the hotline. */
export function loadTellings(folder: URL): readonly Told[] {
  const told: Told[] = [];
  for (const file of ['a.jsonl', 'b.jsonl', 'c.jsonl']) {
    for (const line of readFileSync(new URL(file, folder), 'utf8').split('\n')) {
      if (line === '') continue;
      const matter = JSON.parse(line) as Matter;
      const start = Date.parse(`${matter.start}:00+08:00`);
      for (const telling of matter.tellings) {
        if (sources.has(telling.source))
          told.push({ matter, telling, at: start + telling.afterMin * minuteMs });
      }
    }
  }
  return withoutNights(told.sort((a, b) => a.at - b.at || (nameOf(a) < nameOf(b) ? -1 : 1)));
}

function withoutNights(told: readonly Told[]): readonly Told[] {
  let cut = 0;
  return told.map((one, i) => {
    cut += Math.max(0, one.at - (told[i - 1]?.at ?? one.at) - longestQuietMs);
    return { ...one, at: one.at - cut };
  });
}

/** The same in every run; what chance about a telling is drawn by. */
export const nameOf = ({ matter, telling }: Pick<Told, 'matter' | 'telling'>) =>
  `${matter.matter}/${telling.n}`;
