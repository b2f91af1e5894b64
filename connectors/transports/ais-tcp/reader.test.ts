import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { positionSentence, withChecksum } from '../../../test/support/ais-sentences.ts';
import { sharedFolder } from '../../../test/support/shared.ts';
import type { AisMessage } from '../../parsing/ais/decode.ts';
import { maxGroups } from './assembly.ts';
import { maxLineBytes } from './lines.ts';
import { AisReader } from './reader.ts';
import { readTagBlock, writeTagBlock } from './tag-block.ts';

const folder = `${sharedFolder()}/data/ais`;
const stream = readFileSync(`${folder}/aislib_stream.nmea`);
const position = '!AIVDM,1,1,,A,169oPoGP0P`iAVPA3HjQniPR0000,0*75';
const parts = [
  '!AIVDM,2,1,3,A,569oPo@000009`4;401`PE1EUF3WWW340000000N2PB336s6084j1CRR,0*17',
  '!AIVDM,2,2,3,A,@CACP0000000000,2*46',
] as const;
const otherParts = [
  '!AIVDM,2,1,1,A,55?MbV02;H;s<HtKR20EHE:0@T4@Dn2222222216L961O5Gf0NSQEp6ClRp8,0*1C',
  '!AIVDM,2,2,1,A,88888888880,2*25',
] as const;

interface Seen {
  readonly message: AisMessage;
  readonly at: number;
  readonly lines: readonly string[];
}

function reading() {
  const seen: Seen[] = [];
  const reader = new AisReader({
    onMessage: (message, origin) =>
      seen.push({
        message,
        at: origin.at,
        lines: origin.lines().map((line) => Buffer.from(line).toString()),
      }),
  });
  return {
    reader,
    seen,
    lines: (lines: readonly string[], now = 1_000) =>
      reader.push(Buffer.from(lines.map((line) => `${line}\r\n`).join('')), now),
    names: () => seen.map(({ message }) => ('shipName' in message ? message.shipName : null)),
  };
}

const sum = (body: string): string => withChecksum(body).slice(-2);
const sentence = withChecksum;

describe('the example of the domain', () => {
  test('is decoded as it says', () => {
    const { lines, seen } = reading();
    lines([
      position,
      ...parts,
      '!AIVDM,1,1,,B,1>M4e;NP00`isN4@vFp>4?wp0000,0*21',
      '!AIVDM,1,1,,B,>>M4e;A<59B04=@UHD,2*13',
    ]);
    expect(seen.map(({ message }) => message)).toMatchObject([
      { type: 1, mmsi: 412999901, status: 7, lon: 122.6124, lat: 29.80215, speed: 3.2 },
      { type: 5, mmsi: 412999901, shipName: 'ZHEPUYU 99901', shipType: 30 },
      { type: 1, mmsi: 970009901, status: 14, lat: 29.6648 },
      { type: 14, mmsi: 970009901, text: 'SART ACTIVE' },
    ]);
  });
});

describe('what a sender marks as not available', () => {
  test('is null: longitude 181, latitude 91, speed 102.3, course 360, heading 511, second 60, turn -128', () => {
    const { lines, seen } = reading();
    lines([positionSentence({ mmsi: 412999901 })]);
    expect(seen[0]!.message).toMatchObject({
      type: 1,
      lon: null,
      lat: null,
      speed: null,
      course: null,
      heading: null,
      second: null,
      turn: null,
    });
  });
});

describe('multi-part messages', () => {
  test('are put together where their fragments interleave', () => {
    const { lines, names } = reading();
    lines([parts[0], otherParts[0], parts[1], otherParts[1]]);
    expect(names()).toEqual(['ZHEPUYU 99901', 'EVER DIADEM']);
  });

  test('come once where each fragment comes twice', () => {
    const { lines, names } = reading();
    lines([parts[0], parts[0], parts[1], parts[1]]);
    expect(names()).toEqual(['ZHEPUYU 99901']);
  });

  test('keep their lines and the time of the first', () => {
    const { lines, seen } = reading();
    lines([parts[0]], 1_000);
    lines([parts[1]], 2_000);
    expect(seen).toMatchObject([{ at: 1_000, lines: parts }]);
  });

  test('are not made of two halves: a missing beginning, a missing end, an end that comes too late', () => {
    const { lines, names, reader } = reading();
    const reused = sentence('AIVDM,2,1,3,A,55?MbV02;H;s<HtKR20EHE:0@T4@Dn2222222216L961O5Gf0NSQEp6ClRp8,0');
    lines([parts[1], reused, parts[0]]);
    expect(names()).toEqual([]);
    lines([parts[1]]);
    expect(names()).toEqual(['ZHEPUYU 99901']);
    lines([parts[0]], 10_000);
    lines([parts[1]], 20_000);
    expect(names()).toEqual(['ZHEPUYU 99901']);
    expect(reader.counts.faults.incomplete).toBe(4);
  });

  test('numbered by tag blocks may come in any order', () => {
    const { lines, names } = reading();
    const tagged = (block: string, line: string) => `\\${block}*${sum(block)}\\${line}`;
    lines([tagged('g:2-2-7', parts[1]), tagged('g:1-2-7', parts[0])]);
    expect(names()).toEqual(['ZHEPUYU 99901']);
  });

  test('that never end take no more room than a fixed number of them', () => {
    const { lines, reader } = reading();
    const talkers = Array.from({ length: 500 }, (_, i) => `${String.fromCharCode(65 + (i % 26))}${i % 10}`);
    lines(talkers.map((talker, i) => sentence(`${talker}VDM,9,1,${i % 10},A,5${'0'.repeat(i % 50)},0`)));
    expect(reader.counts.faults.incomplete).toBeGreaterThanOrEqual(500 - maxGroups - 240);
  });
});

describe('times', () => {
  test('are those of the tag block, in seconds or ms; a damaged block is not believed', () => {
    const { lines, seen } = reading();
    const tagged = (block: string, checksum = sum(block)) => `\\${block}*${checksum}\\${position}`;
    lines([tagged('s:r1,c:1635731889'), tagged('c:1635731889123'), tagged('c:1635731889', '00')]);
    expect(seen.map(({ at }) => at)).toEqual([1_635_731_889_000, 1_635_731_889_123, 1_000]);
  });

  test('are those of a $PGHP before the sentence that it names, and of no other', () => {
    const { lines, seen } = reading();
    const told = (checksum: string) => {
      const body = `PGHP,1,2010,6,11,11,46,11,390,231,45,992190934,1,${checksum}`;
      return `$${body}*${sum(body)}`;
    };
    lines([told('75'), position, position, told('76'), position]);
    expect(seen.map(({ at }) => at)).toEqual([Date.UTC(2010, 5, 11, 11, 46, 11, 390), 1_000, 1_000]);
  });

  test('a tag block that is written is read', () => {
    const block = Buffer.from(writeTagBlock('10.1.2.3:5631', 1_773_101_553_000));
    expect(readTagBlock(block, 0, block.length)).toMatchObject({
      tag: { source: '10.1.2.3.5631', at: 1_773_101_553_000 },
      end: block.length,
    });
  });
});

describe('noise', () => {
  test('a wrong checksum, a missing one, another form, foreign characters and empty payloads are counted', () => {
    const { lines, reader, seen } = reading();
    lines([
      position.replace('*75', '*74'),
      position.replace('*75', ''),
      sentence('AIVDM,1,2,,A,169oPoGP0P`iAVPA3HjQniPR0000,0'),
      sentence('AIVDM,1,1,,A,169oPoGP0P`iAVPA3HjQniPR00{0,0'),
      sentence('AIVDM,1,1,,A,,0'),
      sentence('AIVDM,1,1,,A,169o,0'),
      '$GPGGA,184353.07,1929.045,S,02410.506,E,1,04,2.6,100.00,M,-33.9,M,,0000*6D',
      '# a comment',
      '',
      position,
    ]);
    expect(seen).toHaveLength(1);
    expect(reader.counts).toMatchObject({
      sentences: 4,
      messages: 1,
      other: 3,
      faults: { checksum: 2, form: 1, characters: 1, type: 1, length: 1 },
    });
  });

  test('half a line at the cut of a connection is not glued to the next', () => {
    const { lines, reader, seen } = reading();
    reader.push(Buffer.from(position.slice(0, 20)), 0);
    expect(reader.cut()).toBe(20);
    lines([position]);
    expect(seen).toHaveLength(1);
    expect(reader.counts.faults).toMatchObject({ form: 0, checksum: 0 });
  });

  test('a line without an end is dropped, and what follows it is read', () => {
    const { lines, reader, seen } = reading();
    for (let i = 0; i < 50; i++) reader.push(Buffer.alloc(maxLineBytes / 4, 'x'), 0);
    lines(['', position]);
    expect(seen).toHaveLength(1);
    expect(reader.counts.faults.tooLong).toBe(1);
  });

  test('the same messages come of a stream, however it is cut into chunks', () => {
    const texts = (chunks: readonly Uint8Array[]) => {
      const { reader, seen } = reading();
      for (const chunk of chunks) reader.push(chunk, 0);
      return JSON.stringify(seen);
    };
    const part = stream.subarray(0, 6_000);
    const whole = texts([part]);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1 }), (sizes) => {
        const chunks: Uint8Array[] = [];
        for (let at = 0, i = 0; at < part.length; i++) {
          const size = sizes[i % sizes.length]!;
          chunks.push(part.subarray(at, at + size));
          at += size;
        }
        expect(texts(chunks)).toBe(whole);
      }),
      { numRuns: 30 },
    );
  });

  test('never throws', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 200 })), (chunks) => {
        const { reader } = reading();
        for (const chunk of chunks) reader.push(chunk, 0);
        reader.end();
      }),
    );
  });

  test('never throws on sentences whose checksum is right and whose payload is anything', () => {
    const characters = fc.string({
      unit: fc.constantFrom(...'0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVW`abcdefghijklmnopqrstuvw'),
      maxLength: 180,
    });
    fc.assert(
      fc.property(fc.array(fc.tuple(characters, fc.nat(5)), { maxLength: 20 }), (payloads) => {
        const { lines, reader } = reading();
        lines(payloads.map(([payload, fill]) => sentence(`AIVDM,1,1,,A,${payload},${fill}`)));
        const { sentences, messages, faults } = reader.counts;
        expect(sentences).toBe(payloads.length);
        expect(messages + faults.type + faults.length).toBe(payloads.length);
      }),
      { numRuns: 500 },
    );
  });

  test('never throws on real lines with bytes changed', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(5_999), fc.nat(255)), { maxLength: 40 }), (changes) => {
        const bytes = Uint8Array.from(stream.subarray(0, 6_000));
        for (const [at, value] of changes) bytes[at] = value;
        const { reader } = reading();
        reader.push(bytes, 0);
        reader.end();
      }),
    );
  });
});

test('counts every line of a recorded stream in one place', () => {
  const { reader } = reading();
  reader.push(stream, 0);
  expect(reader.counts).toMatchObject({ sentences: 2_249, messages: 2_026, other: 2_026 });
});
