import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { citizenMessages } from '../../test/support/citizen-messages.ts';
import { numberSpans } from './numbers.ts';
import {
  identifyingSearches,
  type Known,
  locatingSearches,
  type Scrubbed,
  type Search,
  scrub,
  writtenSearches,
} from './scrub.ts';
import { cover, disjoint, fold, type Span, spansOf } from './spans.ts';

/** The scrubber in its simplest form: everything is folded, every pattern is tried, whatever the text has in it. */
function scrubEverywhere(text: string, known: Known): Scrubbed {
  const folded = text.replace(/[\uff01-\uff5e\u3000]/g, (wide) =>
    wide === '\u3000' ? ' ' : String.fromCharCode(wide.charCodeAt(0) - 0xfee0),
  );
  const all = (searches: readonly Search[]): readonly Span[] =>
    searches.flatMap(({ pattern, label, keep }) =>
      spansOf(folded, pattern, label).filter((span) => keep === undefined || keep(folded, span)),
    );
  const of = (wanted: string | null, label: Span['label']): readonly Span[] => {
    const needle = wanted === null ? '' : fold(wanted);
    const parts = needle === '' ? [folded] : folded.split(needle);
    return parts.slice(1).map((_, index) => {
      const start = parts.slice(0, index + 1).join(needle).length;
      return { start, end: start + needle.length, label };
    });
  };
  const phone =
    known.phone !== null && /^[\d\s()+-]{7,}$/.test(fold(known.phone).trim()) ? known.phone.trim() : null;
  const own = disjoint([
    ...known.names.flatMap((name) => of(name, 'NAME')),
    ...all(identifyingSearches),
    ...of(phone, 'PHONE'),
    ...all(writtenSearches),
    ...numberSpans(folded),
  ]);
  const every = disjoint([
    ...own,
    ...of(known.subject, 'NAME'),
    ...of(known.address, 'ADDRESS'),
    ...all(locatingSearches),
  ]);
  return { department: cover(text, own), unified: cover(text, every), count: every.length };
}

// biome-ignore format: a piece a line would be a hundred lines
const pieces = [
  '13800138000', '0580-2021111', '+86 ', '138 0013 8000', '330902199001011234', '33090219900101123X', '3309****1234', '6222021234567890123',
  '一三八零零一三八零零零', '幺三八', '2', '501', '3', '12', '-', ' ', '1-2-301室', '室', '幢', '单元', '号楼', '元', '户', '#楼',
  '我叫', '姓名', '姓名：', '联系人:', '联系人', '是', '为', '业主', '举报人', '王建国', '李四', '欧阳明', '先生', '女士', '大爷', '某某', '的',
  'a.b@c.cn', '@', '微信', '微信号：', 'vx', 'QQ', 'qq:', 'abc123', '支付宝账号', '身份证', '护照号', 'E1234567', '银行卡号', '电话', 'tel:', '手机号码是',
  '浙L·A8830', '浙', 'L', '４０１', '１３８００１３８０００', '　', '，', '！', '？', '；', '。', ',', '（', '）', '＠', '＊＊＊＊', '海印路5号', '\ud83d', '\n',
];

const text = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.array(fc.constantFrom(...pieces), { maxLength: 12 }).map((parts) => parts.join('')),
  },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 30 }) },
);
const known: fc.Arbitrary<Known> = fc.record({
  names: fc.constantFrom([], ['王建国'], ['李四', '欧阳明']),
  phone: fc.constantFrom(null, '13800138000', '138 0013 8000', '（0580）2021111', '12345'),
  subject: fc.constantFrom(null, '李四'),
  address: fc.constantFrom(null, '海印路5号', '浙，501'),
});

describe('scrub', () => {
  test('finds in any text what every pattern finds that is tried everywhere', () => {
    fc.assert(
      fc.property(text, known, (written, about) => {
        expect(scrub(written, about)).toEqual(scrubEverywhere(written, about));
      }),
      { numRuns: 5_000 },
    );
  });

  test('finds the same in the messages of citizens', () => {
    const nobody: Known = { names: [], phone: null, subject: null, address: null };
    for (const { title, content } of citizenMessages()) {
      const written = `${title}\n${content}`;
      expect(scrub(written, nobody)).toEqual(scrubEverywhere(written, nobody));
    }
  });
});
