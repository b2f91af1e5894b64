import type { Linker, PairScore } from '../../runtime/processor.ts';

/**
 * A judgement of pairs that a reader can do in his head: matters lie on a line, one for each topic. At most one step apart they are the
 * same, at two steps perhaps, further off nothing; the same step in two units of a building is a look-alike. A record that names
 * another one's number is its mirror. Solved before the other was reported: it has come back.
 */
export interface Spot {
  readonly topic: number;
  readonly step: number;
  readonly unit: number;
}

interface Features extends Spot {
  readonly own: string;
  readonly quotes: string | null;
  readonly reporter: string | null;
  readonly closedAt: number | null;
}

/** As a simulated record carries it in `ext.spot`. */
export const spotText = ({ topic, step, unit }: Spot): string => `${topic}/${step}/${unit}`;

export const toyLinker: Linker = {
  version: 'toy-1',
  features({ record }, closedAt) {
    const [topic = 0, step = 0, unit = 0] = (record.ext.spot ?? '').split('/').map(Number);
    const own = `${record.system}:${record.recordId}`;
    const quotes = record.relatedIds[0] ?? null;
    const reporter = record.reporter.ref;
    const features: Features = { topic, step, unit, own, quotes, reporter, closedAt };
    const keys = [
      hashOf(`topic ${topic}`),
      hashOf(`near ${topic}/${step >> 1}`),
      hashOf(`number ${own}`),
      ...(quotes === null ? [] : [hashOf(`number ${quotes}`)]),
    ];
    return { keys: [...new Set(keys)], bytes: Buffer.from(JSON.stringify(features)) };
  },
  score(later, earlier): PairScore | null {
    const [a, b] = [read(later.features), read(earlier.features)];
    if (a.quotes === b.own || b.quotes === a.own) return verdict('MADE', 'MIRROR', 1, 'QUOTED_NUMBER');
    if (a.topic !== b.topic) return null;
    const steps = Math.abs(a.step - b.step);
    if (steps > 2) return null;
    if (b.closedAt !== null && later.orderKeyAt > b.closedAt)
      return steps < 2 ? verdict('APART', 'RECURRENCE', 0.9, 'CLOSED') : null;
    if (steps === 0 && a.unit !== b.unit) return verdict('FORBIDDEN', 'SAME_MATTER', 0.8, 'OTHER_UNIT');
    const relation = a.reporter !== null && a.reporter === b.reporter ? 'SAME_PERSON' : 'SAME_MATTER';
    return steps === 2
      ? verdict('SUGGESTED', relation, 0.75, 'NEAR')
      : verdict('MADE', relation, steps === 0 ? 0.99 : 0.92, 'NEAR');
  },
};

const read = (bytes: Uint8Array): Features => JSON.parse(Buffer.from(bytes).toString()) as Features;

const noParts = { text: null, place: null, time: null, category: null, reporter: null, premise: null };

const verdict = (
  outcome: PairScore['outcome'],
  relation: string,
  score: number,
  method: string,
): PairScore => ({ outcome, relation, score, method, parts: noParts });

/** FNV-1a, 32 bits. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(text)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return hash;
}
