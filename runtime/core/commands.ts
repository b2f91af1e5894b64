import type { DepartmentEvent, ItemInput, PairWord, Reclass, Warning } from '../../schemas/types.ts';
import type { Clock } from '../clock.ts';
import type { Log } from '../log/index.ts';
import { partitionOf } from '../log/partition.ts';
import { topics } from '../topics.ts';
import { deadLetterResolution } from './dead-letter.ts';
import { uuidOf } from './ids.ts';
import { emptyInput, laneOf, risingSeq } from './inputs.ts';
import { Outputs } from './outputs.ts';
import type { Serde } from './serde.ts';

/** Which item, and under which base record its inputs are kept in order. */
export interface ItemAddress {
  /** `source:recordId`. */
  readonly baseId: string;
  readonly itemId: string;
}

/** What comes from outside the sources: durable when the promise resolves, applied by the item writer in its turn. */
export interface Commands {
  /** @param commandId the same id given again is applied once; a caller that retries keeps it. @returns the inputId */
  reclass(address: ItemAddress, reclass: Omit<Reclass, 'itemId'>, commandId: string): Promise<string>;
  departmentEvent(
    address: ItemAddress,
    event: Omit<DepartmentEvent, 'itemId'>,
    commandId: string,
  ): Promise<string>;
  /** @param address of the pair's owner: the later of the two. */
  pairWord(address: ItemAddress, word: Omit<PairWord, 'itemId'>, commandId: string): Promise<string>;
  /** Sets, changes or clears a warning. A caller that retries gives the same record again: it then counts once. */
  warn(warning: Omit<Warning, 'at'>): Promise<void>;
  /** Has items look for their pairs again, behind all that is live. @param bothWays for later items as well */
  lookAgain(addresses: readonly ItemAddress[], bothWays: boolean): Promise<void>;
  /** Puts an ItemInput from the dead letters (stage `process`) back into its lane, as it was. */
  again(topic: string, baseId: string, value: Uint8Array): Promise<void>;
  /** Marks a dead letter as dealt with. */
  resolve(
    deadLetterId: string,
    partition: number,
    resolution: 'redriven' | 'discarded',
    actor: string,
    reason: string,
  ): Promise<void>;
}

export interface CommandsOptions {
  readonly log: Log;
  readonly serde: Serde;
  readonly clock: Clock;
  readonly partitions: number;
  readonly catalogueVersion: string;
}

/** @param name transactional id: a second one of the same name fences the first. */
export async function openCommands(options: CommandsOptions, name = 'commands'): Promise<Commands> {
  const { log, serde, clock, partitions, catalogueVersion } = options;
  const producer = await log.producer(name);
  const nextSeq = risingSeq(clock);
  // One producer has one transaction open at a time: commands wait for each other.
  let last: Promise<void> = Promise.resolve();
  const commit = (out: Outputs): Promise<void> => {
    const turn = last.then(() => out.commit(producer));
    last = turn.catch(() => {});
    return turn;
  };

  async function append(
    { baseId }: ItemAddress,
    commandId: string,
    kind: Pick<ItemInput, 'kind'> & Partial<ItemInput>,
  ): Promise<string> {
    const at = clock.now();
    const input: ItemInput = {
      inputId: uuidOf(`command:${commandId}`),
      causeId: null,
      baseId,
      at,
      seq: nextSeq(),
      origin: 'LIVE',
      catalogueVersion,
      ...emptyInput,
      ...kind,
    };
    const out = new Outputs();
    out.append(topics.input, partitionOf(baseId, partitions), {
      key: baseId,
      value: serde.encode('item-input', input),
      timestamp: at,
    });
    await commit(out);
    return input.inputId;
  }

  return {
    reclass: (address, reclass, commandId) =>
      append(address, commandId, {
        kind: 'RECLASS',
        reclass: { itemId: address.itemId, ...reclass },
      }),
    departmentEvent: (address, event, commandId) =>
      append(address, commandId, {
        kind: 'DEPARTMENT_EVENT',
        departmentEvent: { itemId: address.itemId, ...event },
      }),
    pairWord: (address, word, commandId) =>
      append(address, commandId, { kind: 'PAIR_WORD', pairWord: { itemId: address.itemId, ...word } }),
    async warn(warning) {
      const at = clock.now();
      const out = new Outputs();
      out.append(topics.warnings, 0, {
        key: warning.warningId,
        value: serde.encode('warning', { ...warning, at }),
        timestamp: at,
      });
      await commit(out);
    },
    async lookAgain(addresses, bothWays) {
      const out = new Outputs();
      const at = clock.now();
      for (const { baseId, itemId } of addresses) {
        const input: ItemInput = {
          ...emptyInput,
          inputId: uuidOf(`look-again:${itemId}/${at}`),
          kind: 'REASSESS',
          causeId: null,
          baseId,
          at,
          seq: nextSeq(),
          origin: 'REPLAY',
          catalogueVersion,
          reassess: { itemId, otherId: itemId, bothWays },
        };
        const value = serde.encode('item-input', input);
        out.append(laneOf(input), partitionOf(baseId, partitions), { key: baseId, value, timestamp: at });
      }
      await commit(out);
    },
    async again(topic, baseId, value) {
      const out = new Outputs();
      out.append(topic, partitionOf(baseId, partitions), { key: baseId, value, timestamp: clock.now() });
      await commit(out);
    },
    async resolve(id, partition, resolution, actor, reason) {
      const out = new Outputs();
      out.append(
        topics.deadLetters,
        partition,
        deadLetterResolution(id, resolution, actor, reason, clock.now()),
      );
      await commit(out);
    },
  };
}
