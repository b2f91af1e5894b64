import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { sliceList } from './scan.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const texts = (text: string) =>
  sliceList(bytes(text), ['data', 'list'])?.elements.map(({ bytes }) => new TextDecoder().decode(bytes));
const page = (list: string) => `{"code":0,"data":{"total":1,"list":[${list}],"pageNo":1}}`;

describe('sliceList', () => {
  test('gives the same elements as JSON.parse, whatever they hold and however they are spaced', () => {
    const space = fc.constantFrom('', ' ', '\n', '\r\n\t');
    fc.assert(
      fc.property(
        fc.array(fc.jsonValue()),
        fc.jsonValue(),
        space,
        fc.constantFrom(0, 1, 2),
        (list, other, gap, indent) => {
          const list_ = list
            .map((element) => `${gap}${JSON.stringify(element, null, indent)}${gap}`)
            .join(',');
          const text = `${gap}{"a":${JSON.stringify(other)},${gap}"data"${gap}:{"list":${gap}[${list_}]${gap},"b":${JSON.stringify(other)}}}`;
          const cut = sliceList(bytes(text), ['data', 'list']);
          expect(cut?.elements.map(({ bytes }) => JSON.parse(new TextDecoder().decode(bytes)))).toEqual(
            JSON.parse(text).data.list,
          );
          expect(cut?.envelope).toEqual({
            ...JSON.parse(text),
            data: { ...JSON.parse(text).data, list: [] },
          });
        },
      ),
    );
  });

  test('never throws and never finds a list in arbitrary bytes that JSON.parse would not close', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...'{}[]",:\\ a1'.split(''))), (marks) => {
        const text = `{"data":{"list":[${marks.join('')}`;
        const cut = sliceList(bytes(text), ['data', 'list']);
        if (cut !== null) expect(cut.envelope).toMatchObject({ data: { list: [] } });
      }),
      { numRuns: 2_000 },
    );
  });

  test('keeps the bytes of an element as they came', () => {
    expect(texts(page('{"id":1.50, "n":12345678901234567890},\n {"b":"\\u4e1c"} '))).toEqual([
      '{"id":1.50, "n":12345678901234567890}',
      '{"b":"\\u4e1c"}',
    ]);
  });

  test('keeps bytes that are not UTF-8', () => {
    const text = Buffer.concat([bytes('{"data":{"list":[{"a":"'), Uint8Array.of(0xb5, 0xff), bytes('"}]}}')]);
    expect(sliceList(text, ['data', 'list'])?.elements[0]?.bytes).toEqual(
      new Uint8Array(Buffer.concat([bytes('{"a":"'), Uint8Array.of(0xb5, 0xff), bytes('"}')])),
    );
  });

  test.each([
    ['a bare word', '{"id":NaN}'],
    ['two commas', '{"id":1,,}'],
    ['a line break inside a string', '{"id":"a\nb"}'],
    ['a pair of bare quotes', '{"id":"he said "no" twice"}'],
    ['a string where an object should be', '"text"'],
    ['an array', '[1,2]'],
    ['null', 'null'],
  ])('cuts out an element with %s and goes on', (_, broken) => {
    expect(texts(page(`{"id":1},${broken},{"id":3}`))).toEqual(['{"id":1}', broken, '{"id":3}']);
  });

  test.each([
    ['an odd bare quote', '{"id":"a 5" pipe"}'],
    ['a missing brace', '{"id":{"a":1}'],
    ['a string that does not end', '{"id":"a}'],
  ])('cuts at the borders of records where an element has %s', (_, broken) => {
    expect(texts(page(`{"id":1},${broken} , {"id":3}`).replace(',"pageNo":1', ''))).toEqual([
      '{"id":1}',
      broken,
      '{"id":3}',
    ]);
  });

  test('keeps a good element between two that hide their ends', () => {
    const broken = '{"id":"a 5" pipe"}';
    expect(texts(page(`${broken},{"id":2},${broken},{"id":4}`))).toEqual([
      broken,
      '{"id":2}',
      broken,
      '{"id":4}',
    ]);
  });

  test('takes the last of two members of one name, as JSON.parse does', () => {
    expect(texts('{"data":{"list":[1],"list":[2]}}')).toEqual(['2']);
    expect(texts('{"data":1,"d\\u0061ta":{"list":[3]}}')).toEqual(['3']);
  });

  test('skips a byte order mark', () => {
    expect(texts(`\ufeff${page('1')}`)).toEqual(['1']);
  });

  test.each([
    ['cut inside an element', '{"data":{"list":[{"a":1},{"b":'],
    ['cut after the list', '{"data":{"list":[{"a":1}]'],
    ['followed by something else', '{"data":{"list":[]}} x'],
    ['without a list', '{"code":401,"msg":"token expired"}'],
    ['with something else in its place', '{"data":{"list":{}}}'],
    ['empty', ''],
    ['not an object', '[]'],
  ])('finds no list in a text that is %s', (_, text) => {
    expect(sliceList(bytes(text), ['data', 'list'])).toBeNull();
  });

  test('sets a good row free that a row without an end would take along', () => {
    const page = Buffer.from(
      '{"data":{"list":[{"id":"1"},{"id":"2","title":"没有完,{"id":"3","t":"好"},{"id":"4"}]}}',
    );
    const { elements } = sliceList(page, ['data', 'list'])!;
    expect(elements.map(({ value }) => (value as { id: string } | undefined)?.id)).toEqual([
      '1',
      undefined,
      '3',
      '4',
    ]);
  });
});
