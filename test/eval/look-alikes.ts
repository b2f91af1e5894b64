import { readFileSync } from 'node:fs';
import { linker } from '../../processors/dedup/index.ts';
import { morning, sourceRecord } from '../support/records.ts';
import { sharedFolder } from '../support/shared.ts';
import { indexed } from './linked.ts';

export interface LookAlikeFigures {
  /** Pairs of questions in nearly the same words that mean something else (`data/zh_text_pairs/lcqmc.tsv`, label 0). */
  readonly pairs: number;
  readonly made: number;
  readonly suggested: number;
}

/**
 * Short questions that look alike, asked within an hour by two persons who say no place: none may be linked.
 * @param every of so many pairs one is judged
 */
export function judgeLookAlikes(every = 1): LookAlikeFigures {
  const { place, reporter } = sourceRecord();
  const nowhere = {
    ...place,
    address: null,
    townCode: null,
    lon: null,
    lat: null,
    locatedBy: 'NONE',
  } as const;
  const ask = (body: string, recordId: string, name: string, reportedAt: number) =>
    indexed(
      sourceRecord({
        recordId,
        title: '',
        body,
        reportedAt,
        place: nowhere,
        reporter: { ...reporter, name, phone: null },
      }),
    );
  let lines = 0;
  let pairs = 0;
  const counts = { made: 0, suggested: 0 };
  for (const line of readFileSync(`${sharedFolder()}/data/zh_text_pairs/lcqmc.tsv`, 'utf8').split('\n')) {
    const [one, other, label] = line.split('\t');
    if (label?.trim() !== '0' || one === undefined || other === undefined) continue;
    lines++;
    if (lines % every !== 0) continue;
    pairs++;
    const earlier = ask(one, `TS${pairs}a`, '赵明涛', morning);
    const later = ask(other, `TS${pairs}b`, '钱芳', morning + 3_600_000);
    const outcome = linker.score(later, earlier)?.outcome;
    if (outcome === 'MADE') counts.made++;
    if (outcome === 'SUGGESTED') counts.suggested++;
  }
  return { pairs, ...counts };
}
