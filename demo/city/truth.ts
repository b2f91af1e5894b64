import { renameSync, writeFileSync } from 'node:fs';
import type { CityClock } from './clock.ts';
import type { Occurrence } from './programme.ts';
import type { System } from './stories.ts';

/** Who told what: one record of one system, and the matter behind it. */
export interface TruthLine {
  readonly system: System;
  /** The source's own number of it. */
  readonly recordId: string;
  readonly matter: string;
  readonly telling: number;
  readonly round: number;
  readonly category: string;
  /** Of the telling alone. */
  readonly itemClass: string;
  /** Of the matter once all is told. */
  readonly matterClass: string;
  readonly relationToFirst: string | null;
  /** As the records show it, ms. */
  readonly toldAt: number;
  /** How it came, in the words of its system. */
  readonly delivery: string;
}

export const truthOf = (
  system: System,
  clock: CityClock,
  { matter, telling, round, at }: Occurrence,
  { recordId, delivery }: { readonly recordId: string; readonly delivery: string },
): TruthLine => ({
  system,
  recordId,
  matter: matter.matter,
  telling: telling.n,
  round,
  category: matter.category,
  itemClass: telling.itemClass,
  matterClass: matter.itemClass,
  relationToFirst: telling.relationToFirst,
  toldAt: clock.shown(at),
  delivery,
});

/** Whole or not at all. */
export function writeTruth(file: string, lines: readonly TruthLine[]): void {
  writeFileSync(`${file}.part`, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  renameSync(`${file}.part`, file);
}
