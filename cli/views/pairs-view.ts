import type { Pair, ScoreParts } from '../../schemas/types.ts';
import type { Language } from '../language.ts';
import { type Messages, messagesIn, nameOf } from '../messages/index.ts';
import type { Named, ToldCluster, ToldPair } from '../reading/pairs-of.ts';
import { clockTime, isoTime } from '../time.ts';
import { named } from './item-head.ts';
import { indented, table } from './layout.ts';

/** Floats of the log carry more digits than they mean. */
export const scoreText = (score: number): string => String(Number(score.toFixed(3)));

/** The same as a number. */
export const scoreNumber = (score: number): number => Number(scoreText(score));

/** A score's parts as numbers for JSON; null for what is not known. */
export const partsJson = (parts: ScoreParts | null): Readonly<Record<string, number | null>> | null =>
  parts &&
  Object.fromEntries(
    Object.entries(parts).map(([name, part]) => [name, typeof part === 'number' ? scoreNumber(part) : null]),
  );

/** The parts that are known, in one line; none when no score was made. */
export function partsLine(parts: ScoreParts | null, t: Messages): string[] {
  const known = Object.entries(parts ?? {}).flatMap(([name, part]) =>
    typeof part === 'number' ? [`${nameOf(t.names.scoreParts, name)} ${scoreText(part)}`] : [],
  );
  return known.length === 0 ? [] : [known.join(', ')];
}

/** Every pair of an item: what it is, by which evidence or never-merge rule, who decided and when. */
export function pairsView(pairs: readonly ToldPair[], language: Language): string[] {
  if (pairs.length === 0) return [];
  const t = messagesIn(language);
  return ['', t.why.pairs, ...indented(pairs.flatMap((told) => pairLines(told, t)))];
}

function pairLines({ other, pair, said, reviewId }: ToldPair, t: Messages): string[] {
  const isDecided = said !== null && said.word !== 'NONE';
  const outcome = isDecided ? t.names.pairWords[said.word] : t.names.pairOutcomes[pair?.outcome ?? 'NONE'];
  const relation = pair === null ? [] : [named(t.names.relations, pair.relation), scoreText(pair.score)];
  const details = [
    ...(said === null ? [] : [saidLine(said, t)]),
    ...(pair === null ? [] : [scoredLine(pair, t), ...partsLine(pair.parts, t)]),
    ...(reviewId === null ? [] : [t.why.waits(`hub review accept ${reviewId.slice(0, 8)} --reason …`)]),
  ];
  return [[outcome, ...relation, lineOf(other)].join('  '), ...indented(details)];
}

/** Of a forbidden pair the method is the rule that forbids it. */
function scoredLine({ outcome, method, ruleVersion, decidedAt }: Pair, t: Messages): string {
  const how =
    outcome === 'FORBIDDEN'
      ? t.why.forbiddenBy(named(t.names.neverMerge, method))
      : t.why.foundBy(named(t.names.linkMethods, method));
  return `${how}, ${clockTime(decidedAt)}, ${t.why.scorer(ruleVersion)}`;
}

function saidLine({ word, actor, assignee, reason, at }: NonNullable<ToldPair['said']>, t: Messages): string {
  const what = word === 'NONE' ? t.why.assigned(assignee ?? '') : word;
  return `${clockTime(at)}  ${actor}: ${what}${reason === '' ? '' : `, ${reason}`}`;
}

const lineOf = ({ baseId, title }: Named): string => `${baseId}  ${title}`.trimEnd();

/** The cluster of an item: who leads, who follows and why, and how many people have spoken. */
export function clusterView(cluster: ToldCluster | null, language: Language): string[] {
  if (cluster === null) return [];
  const t = messagesIn(language);
  const { clusterId, primary, members, reporters, reporters7d, since } = cluster;
  return [
    '',
    t.why.cluster(clusterId, members.length + 1, clockTime(since)),
    ...indented([
      t.why.reporters(reporters, reporters7d),
      ...table([
        [t.why.leads, primary.baseId, primary.title],
        ...members.map(({ baseId, title, relation, score, byPerson }) => [
          byPerson ? t.names.pairWords.LINK : `${named(t.names.relations, relation)} ${scoreText(score)}`,
          baseId,
          title,
        ]),
      ]),
    ]),
  ];
}

export const pairJson = ({ other, pair, said, reviewId }: ToldPair) => ({
  other,
  outcome: pair?.outcome ?? 'NONE',
  relation: pair?.relation ?? null,
  score: pair === null ? null : scoreNumber(pair.score),
  parts: partsJson(pair?.parts ?? null),
  method: pair?.method ?? null,
  ruleVersion: pair?.ruleVersion ?? null,
  decidedAt: pair === null ? null : isoTime(pair.decidedAt),
  person: said === null ? null : { ...said, at: isoTime(said.at) },
  reviewId,
});

export const clusterJson = (cluster: ToldCluster | null) =>
  cluster === null
    ? null
    : {
        ...cluster,
        members: cluster.members.map((member) => ({ ...member, score: scoreNumber(member.score) })),
        since: isoTime(cluster.since),
      };
