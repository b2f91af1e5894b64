import type { Item, ItemState, SourceRecord, Warning, WarningFact } from '../schemas/types.ts';
import type { Outcome } from './outcome.ts';

/** Facts about an item that lie outside its own record: they come from links, departments and clocks. */
export interface Facts {
  /** Most distinct reporters in any 7 days of its cluster (M10). */
  readonly distinctReporters7d: number;
  /** Returns (退单) by departments so far (M13). */
  readonly returns: number;
  /** Times closed and reopened (M14). */
  readonly reopenings: number;
  /** Times "not solved" on callback (M14). */
  readonly notSolved: number;
  /** Whole working days past resolveBy after one reminder (M12). */
  readonly overdueWorkingDays: number;
  /** Highest own class among the members that follow this primary; UNCLASSIFIED when there are none. */
  readonly memberClass: Item['classification']['itemClass'];
  /** In force where and when the item was told, in the order of their ids (M06, M07). */
  readonly warnings: readonly WarningFact[];
  /** Records of hub.warnings known to this decision. */
  readonly warningsVersion: number;
}

export const noFacts: Facts = {
  distinctReporters7d: 0,
  returns: 0,
  reopenings: 0,
  notSolved: 0,
  overdueWorkingDays: 0,
  memberClass: 'UNCLASSIFIED',
  warnings: [],
  warningsVersion: 0,
};

/** Why the item is being looked at. NEW, CORRECTION and STATUS come from the source, REEVALUATION from changed facts or a person. */
export type Change = 'NEW' | 'CORRECTION' | 'STATUS' | 'REEVALUATION';

/** What each reader of an item may see. `departments` by organisation id; a view may be shared (same object, one encoding). */
export interface Views {
  readonly unified: Item;
  readonly departments: ReadonlyMap<string, Item>;
}

/** What travels through the pipeline. Processors return a new draft; none changes the one it was given. */
export interface Draft {
  readonly record: SourceRecord;
  readonly change: Change;
  /** 1 for a source's first use of a record number, 2… after ID_REUSED. */
  readonly generation: number;
  /** Unmasked until the last processor. */
  readonly item: Item;
  /** Set by the last processor. */
  readonly views: Views | null;
}

export interface ProcessContext {
  /** The item's memory before this input; null when it is new. */
  readonly state: ItemState | null;
  readonly facts: Facts;
  /** Version of the catalogue this input was stamped with. */
  readonly catalogueVersion: string;
  /** ms; the `ingestedAt` of the record or the `at` of the command. The only "now" a processor may know. */
  readonly at: number;
}

/**
 * One judgement of the pipeline: a pure function. The same draft and context give the same outcome on every machine,
 * at any time; all I/O is the runtime's.
 */
export interface ProcessorDefinition {
  /** A verb; folder = metric label. */
  readonly name: string;
  /** Goes into `lineage.steps`; raise it when the same input may give another outcome. */
  readonly version: string;
  readonly summary: string;
  process(draft: Draft, context: ProcessContext): Outcome<Draft>;
}

export function defineProcessor(definition: ProcessorDefinition): ProcessorDefinition {
  return definition;
}

/** One side of a pair, as the dedup index holds it. */
export interface PairSide {
  readonly itemId: string;
  /** ms; which of the two is the later one, the owner of the pair, is decided by it and the itemId. */
  readonly orderKeyAt: number;
  readonly features: Uint8Array;
}

/** Parts of a pair's score, 0 to 1 each; null where one side knows nothing about it. */
export interface ScoreParts {
  readonly text: number | null;
  readonly place: number | null;
  readonly time: number | null;
  readonly category: number | null;
  readonly reporter: number | null;
  readonly premise: number | null;
}

/**
 * What a pair of items is to each other (domain.md §6). MADE joins clusters, SUGGESTED waits for a person and lets a member
 * of a cluster be near its primary, APART is a link between matters that are never merged (SIBLING, RECURRENCE, RELATED),
 * FORBIDDEN are look-alikes that a never-merge rule keeps out of one cluster.
 */
export interface PairScore {
  readonly outcome: 'MADE' | 'SUGGESTED' | 'APART' | 'FORBIDDEN';
  /** MIRROR, SAME_PERSON, SAME_MATTER, SENSOR_HUMAN, SIBLING, RECURRENCE or RELATED. */
  readonly relation: string;
  /** 0 to 1; from 0.90 on made, from 0.70 on suggested. */
  readonly score: number;
  readonly parts: ScoreParts;
  /** Which evidence decided, for example QUOTED_NUMBER, or the never-merge rule that forbids. */
  readonly method: string;
}

/** What the dedup index keeps of an item. */
export interface LinkFeatures {
  /** Blocking keys: unsigned 32-bit hashes, distinct, at most `maxKeys` of dedup-index. */
  readonly keys: readonly number[];
  /**
   * At most `maxFeatureBytes` of dedup-index. Holds all that `score` needs, and nothing from which a person could be told. In memory
   * of its own: it is kept as it is for as long as the item is remembered, and a piece of Node's pool would hold on to all of its 8 KiB.
   */
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** The judgement of pairs: pure functions, as processors are. */
export interface Linker {
  /** Goes onto links as `ruleVersion`; features of another version are not comparable. */
  readonly version: string;
  /** @param draft after `classify`, unmasked. @param closedAt ms when its matter was closed, null while it is open. */
  features(draft: Pick<Draft, 'record' | 'item'>, closedAt: number | null): LinkFeatures;
  /** Null: the two have nothing to do with each other. The same for the same two sides, whoever asks. */
  score(later: PairSide, earlier: PairSide): PairScore | null;
}

/** A warning as its newest record sets it, ended where it was cleared. */
export type KnownWarning = Pick<Warning, 'warningId' | 'type' | 'level' | 'areas' | 'from' | 'until'>;

/** What the runtime must ask about warnings: places and types are the catalogue's. Pure functions, as processors are. */
export interface WarningRules {
  /**
   * Those of `known` that concern a record by its place and its own times, in the order of their ids. Looks at no clock.
   *
   * @param toldAt ms; when the source last spoke of it
   * @param known those that end last come first
   */
  concerning(
    record: SourceRecord,
    toldAt: number,
    known: readonly KnownWarning[],
    catalogueVersion: string,
  ): readonly WarningFact[];
  /** Category codes whose items a warning of this type can move. */
  categories(type: string, catalogueVersion: string): readonly string[];
}

/**
 * The judgements in their order, with the few questions that the item writer must ask outside of it. The runtime is handed
 * one; it knows no rule itself.
 */
export interface Pipeline {
  readonly processors: readonly ProcessorDefinition[];
  /**
   * Which generation of a base record a source record belongs to: one of `states`, or a new one where the source has used
   * its number again for another matter (ID_REUSED, domain.md §6). 1 when there is no state.
   */
  chooseGeneration(states: readonly ItemState[], record: SourceRecord): { readonly generation: number };
  /** A lower class that waits for a person's word, because an organisation has already signed; else null. */
  suggestedClass(draft: Draft): string | null;
  /** The class that the item has of itself, without what its cluster adds (M10, a member's class). */
  ownClass(draft: Draft): Item['classification']['itemClass'];
  readonly linker: Linker;
  readonly warnings: WarningRules;
  /** Can inputs stamped with this version be judged here? */
  hasCatalogue(version: string): boolean;
}
