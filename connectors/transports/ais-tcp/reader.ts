import { type AisMessage, aisDecoder, type PayloadFault } from '../../parsing/ais/decode.ts';
import { Assembly } from './assembly.ts';
import { LineCutter } from './lines.ts';
import { type ReceiveTime, readReceiveTime } from './proprietary-time.ts';
import { readSentence, type SentenceFault } from './sentence.ts';
import { readTagBlock, type TagBlock } from './tag-block.ts';

/** Where a message came from; the bytes are valid during the call only. */
export interface MessageOrigin {
  /** By the tag block, else by `$PGHP`, else the reader's clock when the chunk came; ms since epoch. */
  readonly at: number;
  /** The tag block's source; null without one. */
  readonly station: string | null;
  /** The lines of the message as they came, copied. */
  lines(): readonly Uint8Array[];
}

export type OnMessage = (message: AisMessage, origin: MessageOrigin) => void;

/** What has come through a reader, each line in one place: `sentences` + `faults` + `other`. */
export interface ReaderCounts {
  /** VDM and VDO with a right checksum. */
  sentences: number;
  messages: number;
  /** Messages that `isRepeat` knew. */
  repeats: number;
  /** Other sentences, comments, empty lines. */
  other: number;
  faults: Record<SentenceFault | PayloadFault | 'tag' | 'incomplete' | 'tooLong', number>;
}

export interface ReaderOptions {
  readonly onMessage: OnMessage;
  /** Asked before a payload is decoded, so that what other receivers have brought costs little. */
  isRepeat?(payload: Uint8Array, start: number, end: number, now: number): boolean;
}

/**
 * Reads the bytes of one receiver: lines, tag blocks, sentences, fragments, messages. Never throws on any bytes; what is not
 * understood is counted.
 */
export class AisReader {
  readonly #options: ReaderOptions;
  readonly #decode = aisDecoder();
  readonly #assembly = new Assembly();
  readonly #lines: LineCutter;
  readonly #counts = {
    sentences: 0,
    messages: 0,
    repeats: 0,
    other: 0,
    faults: { form: 0, checksum: 0, characters: 0, type: 0, length: 0, tag: 0 },
  };
  #now = 0;
  #told: ReceiveTime | null = null;

  constructor(options: ReaderOptions) {
    this.#options = options;
    this.#lines = new LineCutter((bytes, start, end) => this.#line(bytes, start, end));
  }

  /** @param now when the chunk came, ms since epoch. */
  push(chunk: Uint8Array, now: number): void {
    this.#now = now;
    this.#lines.push(chunk);
  }

  /** A file's last line. */
  end(): void {
    this.#lines.end();
  }

  /** The connection was cut: half a line and a told time belong to nothing that follows. @returns the bytes dropped. */
  cut(): number {
    this.#told = null;
    return this.#lines.drop();
  }

  get counts(): ReaderCounts {
    const { faults, ...rest } = this.#counts;
    return {
      ...rest,
      faults: { ...faults, incomplete: this.#assembly.incomplete, tooLong: this.#lines.tooLong },
    };
  }

  #line(bytes: Uint8Array, lineStart: number, end: number): void {
    let start = lineStart;
    let tag: TagBlock | null = null;
    while (start < end && bytes[start] === 92) {
      const reading = readTagBlock(bytes, start, end);
      if (reading === null || reading.isDamaged) this.#counts.faults.tag += 1;
      if (reading === null) return;
      tag = reading.tag ?? tag;
      start = reading.end;
    }
    const mark = start < end ? bytes[start] : 0;
    const sentence = mark === 33 ? readSentence(bytes, start, end) : null;
    if (sentence === null) {
      this.#counts.other += 1;
      if (mark === 36 && isReceiveTime(bytes, start, end)) this.#told = readReceiveTime(bytes, start, end);
      return;
    }
    if (typeof sentence === 'string') {
      this.#counts.faults[sentence] += 1;
      return;
    }
    this.#counts.sentences += 1;
    const told = this.#told;
    this.#told = null;
    const isMeant = told !== null && (told.checksum < 0 || told.checksum === sentence.checksum);
    const at = tag?.at ?? (isMeant ? told.at : this.#now);
    const station = tag?.source ?? null;

    if (sentence.fragments === 1) {
      const { payload, payloadEnd, fillBits } = sentence;
      const lines = () => [bytes.slice(lineStart, end)];
      this.#message(bytes, payload, payloadEnd, fillBits, { at, station, lines });
      return;
    }
    const whole = this.#assembly.add(sentence, tag, bytes, { start: lineStart, end }, this.#now, at);
    if (whole === null) return;
    const { payload, fillBits, lines } = whole;
    this.#message(payload, 0, payload.length, fillBits, { at: whole.at, station, lines: () => lines });
  }

  #message(bytes: Uint8Array, start: number, end: number, fillBits: number, origin: MessageOrigin): void {
    if (this.#options.isRepeat?.(bytes, start, end, this.#now)) {
      this.#counts.repeats += 1;
      return;
    }
    const message = this.#decode(bytes, start, end, fillBits);
    if (typeof message === 'string') {
      this.#counts.faults[message] += 1;
      return;
    }
    this.#counts.messages += 1;
    this.#options.onMessage(message, origin);
  }
}

const proprietary = Buffer.from('$PGHP,');
const isReceiveTime = (bytes: Uint8Array, start: number, end: number): boolean =>
  end - start > proprietary.length && proprietary.every((code, i) => bytes[start + i] === code);
