import type { Warning } from '../../schemas/types.ts';
import { HubError } from '../errors.ts';
import type { Log } from '../log/index.ts';
import { topics } from '../topics.ts';
import type { Serde } from './serde.ts';
import { foldWarnings, noWarnings, type WarningBook } from './warning-book.ts';

const readAtOnce = 1_000;

/** Follows hub.warnings: what it has read it keeps, so that a look costs no more than asking where the topic ends. */
export class WarningTopic {
  readonly #log: Log;
  readonly #serde: Serde;
  #records: Warning[] = [];
  #book: WarningBook = noWarnings;

  constructor(log: Log, serde: Serde) {
    this.#log = log;
    this.#serde = serde;
  }

  /** All that is committed now. The same object as before where nothing has been added. */
  async book(): Promise<WarningBook> {
    const end = await this.#end();
    if (this.#book.version >= end) return this.#book;
    const records: Warning[] = [...this.#records];
    let next = this.#book.version;
    while (next < end) {
      const read = await this.#log.read(topics.warnings, 0, next, readAtOnce);
      if (read.length === 0) break;
      await this.#serde.prepare(
        'warning',
        read.map(({ value }) => value),
      );
      for (const { value } of read) if (value !== null) records.push(this.#serde.decode('warning', value));
      next = read.at(-1)!.offset + 1;
    }
    this.#records = records;
    this.#book = foldWarnings(records, Math.max(next, end));
    return this.#book;
  }

  async #end(): Promise<number> {
    try {
      return (await this.#log.range(topics.warnings, 0)).end;
    } catch (thrown) {
      // Who only reads may look into a folder on which no hub of this version has been up yet.
      if (thrown instanceof HubError && thrown.code === 'HUB_LOG_UNKNOWN_TOPIC') return 0;
      throw thrown;
    }
  }

  /** The records behind the book last given, in their order. */
  records(): readonly Warning[] {
    return this.#records;
  }
}
