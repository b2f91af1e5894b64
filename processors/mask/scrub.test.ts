import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { maskName } from './names.ts';
import { maskPhone } from './phone.ts';
import { type Known, scrub } from './scrub.ts';

const nothing: Known = { names: [], phone: null, subject: null, address: null };
const unified = (text: string, known: Partial<Known> = {}) => scrub(text, { ...nothing, ...known }).unified;
const department = (text: string, known: Partial<Known> = {}) =>
  scrub(text, { ...nothing, ...known }).department;

describe('scrub', () => {
  test.each([
    ['联系电话13800138000,请回电', '联系电话[PHONE],请回电'],
    ['138-0013-8000', '[PHONE]'],
    ['138 0013 8000', '[PHONE]'],
    ['１３８００１３８０００', '[PHONE]'],
    ['1 3 8 0 0 1 3 8 0 0 0', '[PHONE]'],
    ['138\u200b0013\u200b8000', '[PHONE]'],
    ['打+86 138 0013 8000找我', '打[PHONE]找我'],
    ['008613800138000', '[PHONE]'],
    ['+8613800138000', '[PHONE]'],
    ['1795113800138000', '[PHONE]'],
    ['17951 138 0013 8000', '[PHONE]'],
    ['013800138000', '[PHONE]'],
    ['1380013800013900139000', '[PHONE]'],
    ['33090318000101001213800138000', '[PHONE]'],
    ['13800138000/13900139000', '[PHONE]/[PHONE]'],
    ['13800138000 13900139000', '[PHONE] [PHONE]'],
    ['座机0580-3055555', '座机[PHONE]'],
    ['(0580)3055555', '[PHONE]'],
    ['（０５８０）３０５５５５５', '[PHONE]'],
    ['010 8765 4321', '[PHONE]'],
    ['+86-580-3055555', '[PHONE]'],
    ['电话：3055555', '电话：[PHONE]'],
    ['一三八零零一三八零零零', '[PHONE]'],
    ['幺三八〇〇幺三八〇〇〇', '[PHONE]'],
  ])('finds the phone in %s', (text, expected) => {
    expect(unified(text)).toBe(expected);
    expect(department(text)).toBe(expected);
  });

  test.each([
    ['身份证330903180001010012', '身份证[ID]'],
    ['330903 18000101 0012', '[ID]'],
    ['33090318000101001X', '[ID]'],
    ['３３０９０３１８０００１０１００１ｘ', '[ID]'],
    ['330903800101001', '[ID]'],
    ['330903********0012', '[ID]'],
    ['3309**********0012', '[ID]'],
    ['护照号:E12345678', '护照号:[ID]'],
    ['卡号6222 0202 0000 0000 000', '卡号[CARD]'],
    ['6222021234567890128', '[CARD]'],
    ['邮箱zhang.san@example.com', '邮箱[EMAIL]'],
    ['12345678@qq.com', '[EMAIL]'],
    ['加我微信号:wx_abc123', '加我微信号:[ACCOUNT]'],
    ['QQ12345678', 'QQ[ACCOUNT]'],
  ])('finds the identity in %s', (text, expected) => expect(department(text)).toBe(expected));

  test.each([
    ['我叫王小明,住在东港', '我叫[NAME],住在东港'],
    ['我叫王小明住在东港', '我叫[NAME]住在东港'],
    ['我叫王明住在东港', '我叫[NAME]住在东港'],
    ['本人姓名:欧阳修远。', '本人姓名:[NAME]。'],
    ['联系人：陈静，电话13800138000', '联系人：[NAME]，电话[PHONE]'],
    ['请联系,李建国先生', '请联系,[NAME]先生'],
  ])('finds the announced name in %s', (text, expected) => expect(department(text)).toBe(expected));

  test.each([
    '市民反映菜场后门垃圾三天未清运',
    '打过12345(PT20260310000381)也没人管',
    '打12345、110、12395都没用',
    '客服400-123-4567',
    '2026-03-10 08:12:33 发生',
    '2026年3月10日 9:31',
    '坐标122.305605,29.944131',
    '网格330903003003012',
    '工单13309030030260310471',
    '统一社会信用代码91330903MA00000001',
    '约2000-3000元,共15人',
    '投诉人张某某,电话138****8000',
    '业主张女士和李师傅',
    '浙普渔99902失联372分钟',
    'MMSI 412999902',
    '居民楼3幢漏水',
    '微信小程序打不开',
    '联系人不接电话',
  ])('leaves %s as it is', (text) =>
    expect(scrub(text, nothing)).toEqual({ department: text, unified: text, count: 0 }),
  );

  test('hides premises and plates from the unified stream alone', () => {
    const text = '澜湾府3幢2单元501漏水,车浙L12345挡路';
    expect(scrub(text, nothing)).toEqual({
      department: text,
      unified: '澜湾府[PREMISE]漏水,车[PLATE]挡路',
      count: 2,
    });
    expect(unified('12号楼1203室')).toBe('[PREMISE]');
    expect(unified('五栋二单元301')).toBe('[PREMISE]');
  });

  test('finds what is known of the reporter wherever it stands, and the subject on the unified stream', () => {
    const known = { names: ['钱多多'], phone: '3055555', subject: '孙科长', address: null };
    expect(scrub('钱多多(3055555)说孙科长不理钱多多', known)).toEqual({
      department: '[NAME]([PHONE])说孙科长不理[NAME]',
      unified: '[NAME]([PHONE])说[NAME]不理[NAME]',
      count: 4,
    });
  });

  test('scrubbing what is scrubbed changes nothing', () => {
    const text = '我叫王小明,13800138000,330903180001010012,a@b.cn,3幢2单元501';
    expect(unified(unified(text))).toBe(unified(text));
  });
});

describe('no personal data survives', () => {
  const digit = fc.constantFrom(...'0123456789');
  const digits = (length: number) =>
    fc.array(digit, { minLength: length, maxLength: length }).map((all) => all.join(''));
  const wide = (text: string) =>
    text.replace(/\d/g, (one) => String.fromCharCode(one.charCodeAt(0) + 0xfee0));
  const separator = fc.constantFrom('', '', ' ', '-', '－', '—', '.', '·', '\u3000', '\u200b', ' - ');
  /** Digits cut into pieces, with one separator between them all. */
  const parted = (number: string) =>
    fc
      .tuple(
        fc.uniqueArray(fc.integer({ min: 1, max: number.length - 1 }), { maxLength: 5 }),
        separator,
        fc.boolean(),
      )
      .map(([cuts, between, full]) => {
        const sorted = [0, ...cuts.sort((a, b) => a - b), number.length];
        const pieces = sorted.slice(1).map((end, index) => number.slice(sorted[index], end));
        const text = pieces.join(between);
        return full ? wide(text) : text;
      });
  const prefix = fc.constantFrom('', '', '+86', '0086', '86', '17951', '+86 ', '0086-');
  const mobile = fc
    .tuple(fc.constantFrom('13', '14', '15', '16', '17', '18', '19'), digits(9))
    .map((parts) => parts.join(''));
  const landline = fc
    .tuple(
      fc.constantFrom('0580', '010', '021', '0574'),
      fc.constantFrom('-', '', ' ', '－'),
      fc.constantFrom('2', '5', '8'),
      digits(6),
      fc.boolean(),
    )
    .map(([area, between, first, rest, full]) => {
      const number = `${first}${rest}${area.length === 3 ? '1' : ''}`;
      return {
        number: area + number,
        text: full ? wide(`${area}${between}${number}`) : `${area}${between}${number}`,
      };
    });
  const residentId = fc
    .tuple(
      fc.constantFrom('330903', '110101', '440305'),
      fc.integer({ min: 1800, max: 2026 }),
      fc.integer({ min: 1, max: 12 }),
      fc.integer({ min: 1, max: 28 }),
      digits(3),
      fc.constantFrom(...'0123456789X'),
    )
    .map(
      ([region, year, month, date, sequence, check]) =>
        `${region}${year}${String(month).padStart(2, '0')}${String(date).padStart(2, '0')}${sequence}${check}`,
    );
  const chinese = fc.string({
    unit: fc.constantFrom(...'市民反映垃圾三天未清运请处理电话联系我的号码是,。:;!()'),
    maxLength: 12,
  });

  const bare = (text: string) => text.normalize('NFKC').replace(/[^\dX]/gi, '');

  const survives = (number: string, text: string) => {
    const scrubbed = scrub(text, nothing);
    for (const shown of [scrubbed.unified, scrubbed.department])
      expect(bare(shown)).not.toContain(number.slice(-7));
    expect(scrubbed.count).toBeGreaterThan(0);
  };

  test('mobiles, with any prefix, separators and width, inside any Chinese text', () => {
    fc.assert(
      fc.property(
        mobile.chain((number) => fc.tuple(fc.constant(number), parted(number))),
        prefix,
        chinese,
        chinese,
        ([number, written], before, head, tail) => survives(number, `${head}${before}${written}${tail}`),
      ),
      { numRuns: 2_000 },
    );
  });

  test('landlines', () => {
    fc.assert(
      fc.property(landline, chinese, chinese, ({ number, text }, head, tail) =>
        survives(number, `${head}${text}${tail}`),
      ),
      { numRuns: 1_000 },
    );
  });

  test('resident ids, also parted', () => {
    fc.assert(
      fc.property(
        residentId.chain((number) =>
          fc.tuple(fc.constant(number), parted(number.slice(0, 17)), fc.constant(number.slice(17))),
        ),
        chinese,
        chinese,
        ([number, written, check], head, tail) => survives(number, `${head}${written}${check}${tail}`),
      ),
      { numRuns: 2_000 },
    );
  });

  test('several in one text', () => {
    const one = fc.oneof(mobile, residentId);
    fc.assert(
      fc.property(
        fc.array(one, { minLength: 1, maxLength: 5 }),
        fc.constantFrom(' ', '、', ',', '/', '和', '；'),
        (numbers, between) => {
          const { unified: shown } = scrub(numbers.join(between), nothing);
          for (const number of numbers) expect(bare(shown)).not.toContain(number.slice(-7));
        },
      ),
      { numRuns: 1_000 },
    );
  });

  test('text of any kind is handled, and what is not personal keeps its place', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        const { department: shown, count } = scrub(text, nothing);
        if (count === 0) expect(shown).toBe(text);
      }),
    );
  });

  test.each([
    ['digits', '1'.repeat(200_000)],
    ['parted digits', '1 '.repeat(100_000)],
    ['letters before an @ that never comes', 'a'.repeat(200_000)],
    ['domains', `a@${'b.'.repeat(100_000)}`],
    ['stars', '123****'.repeat(30_000)],
    ['names', '姓名:王'.repeat(50_000)],
    ['premises', '一二三四'.repeat(50_000)],
    ['separators', `1${' '.repeat(200_000)}2`],
  ])('a long text of %s comes to an end', (_kind, text) => {
    expect(scrub(text, nothing).department.length).toBeGreaterThan(0);
  });
});

describe('maskName', () => {
  test.each([
    ['王建国', '王**'],
    ['王某某', '王**'],
    ['王**', '王**'],
    ['赵*', '赵*'],
    ['陈女士', '陈**'],
    ['𠮷田', '𠮷**'],
    ['匿名', null],
    ['  ', null],
    [null, null],
  ])('%s becomes %s', (name, masked) => expect(maskName(name)).toBe(masked));
});

describe('maskPhone', () => {
  test.each([
    ['13800138000', '138****8000'],
    ['+86 138-0013-8000', '138****8000'],
    ['１３８００１３８０００', '138****8000'],
    ['1795113800138000', '138****8000'],
    ['138****8000', '138****8000'],
    ['1380013****', null],
    ['0580-3055555', '0580-305****'],
    ['0580-305****', '0580-305****'],
    ['13800138000/13900139000', '138****8000'],
    ['3055555', null],
    ['1.38E+10', null],
    ['', null],
    [null, null],
  ])('%s becomes %s', (phone, masked) => expect(maskPhone(phone)).toBe(masked));

  test('never shows more than seven digits of a mobile, or the whole of any number', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'0123456789*-+ 转/'), maxLength: 24 }), (phone) => {
        const masked = maskPhone(phone);
        expect((masked ?? '').replace(/\D/g, '').length).toBeLessThanOrEqual(7 + 1);
        if (masked !== null) expect(masked).toMatch(/\*{4}/);
      }),
      { numRuns: 2_000 },
    );
  });
});
