import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { cleanLine, cleanText, decodeText } from './text.ts';

const utf8 = (text: string) => new TextEncoder().encode(text);
const bytes = (hex: string) => Uint8Array.from(Buffer.from(hex.replaceAll(' ', ''), 'hex'));

/** A record of the portal in GB 18030, written by iconv. */
const gb18030 = bytes(
  '7b 22 69 64 22 3a 22 54 53 32 30 32 36 30 33 31 30 30 30 34 38 22 2c 22 74 69 74 6c 65 22 3a 22 c0 ac bb f8 b6 d1 c1 cb c8 fd cc ec a3 ac b3 f4 b5 c3 ba dc 95 34 b2 35 22 7d',
);
const gb18030Text = '{"id":"TS202603100048","title":"垃圾堆了三天，臭得很𠮷"}';

describe('decodeText', () => {
  test.each([
    ['plain ASCII', utf8('abc'), 'abc', false],
    ['nothing', utf8(''), '', false],
    ['UTF-8', utf8('垃圾堆了三天𠮷'), '垃圾堆了三天𠮷', false],
    ['UTF-8 with a BOM', utf8('\ufeff垃圾'), '垃圾', false],
    ['GB 18030 with a four-byte character', gb18030, gb18030Text, true],
    ['GB 18030 of one rare character', bytes('95 34 b2 35'), '𠮷', true],
    ['the bytes of 联通, famous for looking like UTF-8', bytes('c1 aa cd a8'), '联通', true],
  ])('reads %s', (_, input, text, repaired) => {
    expect(decodeText(input)).toEqual({ text, repaired });
  });

  test.each([
    ['UTF-8 cut in the middle of a character', utf8('垃圾堆了三天没人清').subarray(0, 26)],
    ['UTF-8 with one byte lost', utf8('东港菜场后门垃圾没人清').filter((_, i) => i !== 4)],
    ['UTF-8 with one byte flipped', utf8('东港菜场后门垃圾没人清').map((byte, i) => (i === 7 ? 0xff : byte))],
    ['UTF-16', bytes('ff fe 5c 4e 07 68')],
    ['an image', bytes('ff d8 ff e0 00 10 4a 46 49 46 00 01 01 01')],
    ['GB 18030 cut in the middle of a character', gb18030.subarray(0, gb18030.length - 3)],
  ])('does not guess at %s', (_, input) => {
    expect(decodeText(input)).toBeNull();
  });

  test('never throws, and reads every well-formed text back from UTF-8', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (input) => void decodeText(input)));
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        fc.pre(!text.startsWith('\ufeff'));
        expect(decodeText(utf8(text))).toEqual({ text, repaired: false });
      }),
    );
  });

  test('does not take broken Chinese UTF-8 for GB 18030, wherever the break is', () => {
    const whole = utf8('{"title":"东港菜场后门垃圾没人清","content":"垃圾堆了三天,臭得很,打过热线也没人管"}');
    for (let lost = 10; lost < whole.length - 10; lost += 1) {
      const broken = whole.filter((_, i) => i !== lost);
      const decoded = decodeText(broken);
      expect(decoded === null || !decoded.repaired).toBe(true);
    }
  });
});

describe('cleanText', () => {
  test.each([
    ['垃圾&nbsp;堆了&nbsp;&nbsp;三天', '垃圾 堆了 三天'],
    ['第一行\r\n第二行\r第三行', '第一行\n第二行\n第三行'],
    ['\n\t\t\t\n\t\t\t\tA3区大道西行便道\n\t\t\t\n', 'A3区大道西行便道'],
    ['　　尊敬的领导：　你好', '尊敬的领导： 你好'],
    ['东港\u200b菜\u200c场\ufeff\u00ad', '东港菜场'],
    ['管一管行不行👨‍👩‍👧🙏', '管一管行不行👨‍👩‍👧🙏'],
    ['菜\u200d场', '菜场'],
    ['a\u0000b\u0007c\u009fd\u202ee', 'abcde'],
    ['5 &lt; 6 &amp;&amp; &quot;x&quot; &#39;y&#x27; &#20320;', '5 < 6 && "x" \'y\' 你'],
    ['&amp;nbsp; decodes once', '&nbsp; decodes once'],
    ['&unknown; &constructor; &#0; &#xD800; &#9999999;', '&unknown; &constructor; &#0; &#xD800; &#9999999;'],
    ['', ''],
  ])('makes %j readable', (raw, text) => {
    expect(cleanText(raw, 100)).toEqual({ text, truncated: false, repaired: false });
  });

  test('cuts at the limit, between two characters', () => {
    expect(cleanText('abcdef', 6)).toMatchObject({ text: 'abcdef', truncated: false });
    expect(cleanText('abcdefg', 6)).toMatchObject({ text: 'abcdef', truncated: true });
    expect(cleanText('abcde𠮷', 6)).toMatchObject({ text: 'abcde', truncated: true });
  });

  test('replaces half a character, because no schema can carry it', () => {
    expect(cleanText('垃圾\ud83d', 10)).toEqual({ text: '垃圾\ufffd', truncated: false, repaired: true });
  });

  test('gives well-formed text within the limit for every input', () => {
    const hostile = fc.string({
      unit: fc.constantFrom(
        '&',
        '#',
        'x',
        '1',
        ';',
        'n',
        '\r',
        '\n',
        '\t',
        ' ',
        '\u200d',
        '\ud83d',
        '\ude4f',
        '👨',
        '垃',
      ),
    });
    fc.assert(
      fc.property(
        fc.oneof(fc.string({ unit: 'binary' }), hostile),
        fc.integer({ min: 1, max: 50 }),
        (raw, limit) => {
          const { text } = cleanText(raw, limit);
          expect(text.isWellFormed()).toBe(true);
          expect(text.length).toBeLessThanOrEqual(limit);
          expect(text).toBe(text.trim());
          expect(cleanLine(raw, limit).text).not.toMatch(/[\n\r\t]/);
        },
      ),
      { numRuns: 1000 },
    );
  });

  test('finishes on long hostile texts', () => {
    for (const unit of [' ', '\t\n', '&', '&#', '&nbsp', '\u200d', '\r', '　x'])
      expect(cleanText(`${unit.repeat(200_000)}x`, 20_000).text.length).toBeLessThanOrEqual(20_000);
  });
});
