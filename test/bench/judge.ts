import { currentCatalogueVersion } from '../../processors/catalogue/index.ts';
import { pipeline } from '../../processors/index.ts';
import { draftItem } from '../../runtime/core/draft-item.ts';
import { itemIdOf } from '../../runtime/core/ids.ts';
import { decide, decidePairs, type Verdict } from '../../runtime/core/item-writer.ts';
import { type Change, findPairs, looksOf } from '../../runtime/core/linking.ts';
import type { Decision } from '../../runtime/core/settle.ts';
import { openEmbeddedDedupIndex } from '../../runtime/dedup-index/embedded.ts';
import { type Draft, noFacts, type ProcessContext } from '../../runtime/processor.ts';
import { encode, framed } from '../../runtime/schema-registry/wire.ts';
import { type Models, type SchemaName, typeOf } from '../../schemas/index.ts';
import type { ItemInput } from '../../schemas/types.ts';
import { inputOf } from './corpus-input.ts';
import { type Figure, figure } from './figure.ts';

/** As the item writer takes them at full load. */
const batch = 500;
const warmUp = 4_000;
const ingestedAt = Date.UTC(2026, 2, 10, 12);

/**
 * What the item writer works out for a new item, without log, thread and disk: the whole by its steps, then the processors alone. The
 * linker among them makes features; that of the whole also looks for pairs.
 */
export async function judge(items: number): Promise<readonly Figure[]> {
  const whole = new Clock();
  const alone = new Clock();
  const index = openEmbeddedDedupIndex();
  for (let first = 0; first < warmUp + items; first += batch) {
    if (first === warmUp) for (const clock of [whole, alone]) clock.reset();
    await judgeBatch(inputsOf(1, first), index, whole);
    await judgeByPart(inputsOf(2, first), alone);
  }
  const us = (ms: number) => (ms * 1_000) / items;
  return [
    figure('judge: all of an item', us(whole.totalMs), 'us CPU'),
    ...[...whole.steps].map(([step, ms]) => figure(`judge: ${step}`, us(ms), 'us CPU')),
    ...[...alone.steps].map(([step, ms]) => figure(`judge, alone: ${step}`, us(ms), 'us CPU')),
  ];
}

/** CPU time of this thread, ms, by step. */
class Clock {
  readonly steps = new Map<string, number>();

  get totalMs(): number {
    return [...this.steps.values()].reduce((sum, ms) => sum + ms, 0);
  }

  reset(): void {
    this.steps.clear();
  }

  /** Nothing else runs while it waits: the embedded index is done when it returns. */
  async time<T>(step: string, work: () => T | Promise<T>): Promise<T> {
    const before = process.threadCpuUsage();
    const result = await work();
    const { user, system } = process.threadCpuUsage(before);
    this.steps.set(step, (this.steps.get(step) ?? 0) + (user + system) / 1_000);
    return result;
  }
}

/** Written and read once, as the texts of an input come out of the log. */
function inputsOf(seed: number, first: number): readonly ItemInput[] {
  const about = { ingestedAt, catalogueVersion: currentCatalogueVersion };
  const type = typeOf('item-input');
  return Array.from(
    { length: batch },
    (_, i) => type.fromBuffer(type.toBuffer(inputOf(seed, first + i, about))) as ItemInput,
  );
}

async function judgeBatch(
  inputs: readonly ItemInput[],
  index: ReturnType<typeof openEmbeddedDedupIndex>,
  clock: Clock,
): Promise<void> {
  const decisions = await clock.time('decide', () =>
    inputs.map((input) => decided(decide(input, [], pipeline))),
  );
  const changes = new Map<string, Change>(
    decisions.map(({ states: [state] }, i) => [
      state!.itemId,
      { partition: 0, before: null, state: state!, between: [], cause: inputs[i]! },
    ]),
  );
  const found = await clock.time('link', () =>
    findPairs(looksOf(changes, new Map(), pipeline.linker), [], index, pipeline.linker),
  );
  const linked = await clock.time('decide pairs', () =>
    found.flatMap(({ look, pairs }) => {
      const { state, cause } = changes.get(look.entry.itemId)!;
      const verdict = decidePairs(cause, state, pairs, pipeline);
      return verdict.kind === 'decided' ? [verdict.decision] : [];
    }),
  );
  await clock.time('encode', () => {
    for (const decision of [...decisions, ...linked]) write(decision);
  });
}

function decided(verdict: Verdict): Decision {
  if (verdict.kind === 'decided') return verdict.decision;
  throw new Error(`an input of the corpus was not decided: ${verdict.reason}`);
}

function write({ states, views, events }: Decision): void {
  if (views !== null) for (const body of views.bytes.values()) framed(1, body);
  for (const event of events) bytesOf('item-event', event);
  for (const state of states) bytesOf('item-state', state);
}

const bytesOf = <N extends SchemaName>(name: N, value: Models[N]) => encode(1, typeOf(name), value);

async function judgeByPart(inputs: readonly ItemInput[], clock: Clock): Promise<void> {
  const contexts = inputs.map(
    ({ catalogueVersion, at }): ProcessContext => ({ state: null, facts: noFacts, catalogueVersion, at }),
  );
  let drafts = await clock.time('draft', () => inputs.map(draftOf));
  for (const { name, process: judgement } of pipeline.processors) {
    drafts = await clock.time(name, () =>
      drafts.map((draft, i) => {
        const outcome = judgement(draft, contexts[i]!);
        if (outcome.kind !== 'next') throw new Error(`${name} of the corpus: ${outcome.kind}`);
        return outcome.value;
      }),
    );
  }
  await clock.time('link features', () => {
    for (const draft of drafts) pipeline.linker.features(draft, null);
  });
}

function draftOf(input: ItemInput): Draft {
  const record = input.sourceRecord!;
  const itemId = itemIdOf(input.baseId, 1);
  const item = draftItem(record, { itemId, before: null, input, idReused: false, pipeline });
  return { record, change: 'NEW', generation: 1, item, views: null };
}
