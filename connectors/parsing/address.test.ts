import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { adminCodes, splitPremise } from './address.ts';

describe('splitPremise', () => {
  test.each([
    ['海棠苑3幢2单元501', '海棠苑', '3幢2单元501'],
    ['海棠苑3幢2单元501室', '海棠苑', '3幢2单元501室'],
    ['东港街道海印路12号楼1单元302室', '东港街道海印路', '12号楼1单元302室'],
    ['渔港新村9幢601', '渔港新村', '9幢601'],
    ['海星新村2幢-1701室', '海星新村', '2幢-1701室'],
    ['海星新村11幢-2单元', '海星新村', '11幢-2单元'],
    ['织网弄31号-301室', '织网弄', '31号-301室'],
    ['望海家园3-1-201', '望海家园', '3-1-201'],
    ['海景大厦A座1203室', '海景大厦', 'A座1203室'],
    ['滨海花苑4幢', '滨海花苑', '4幢'],
    ['海棠苑 3 幢 2单元', '海棠苑', '3幢2单元'],
    ['海棠苑3幢2单元501楼道漏水', '海棠苑楼道漏水', '3幢2单元501'],
    ['海棠苑(3幢2单元501)', '海棠苑', '3幢2单元501'],
    ['3幢2单元501', null, '3幢2单元501'],
  ])('splits %s', (text, address, premise) => {
    expect(splitPremise(text)).toEqual({ address, premise });
  });

  test.each([
    '东港街道海印路菜场',
    '海棠苑12幢对面',
    '望潮花苑3幢旁',
    '永福小区7-8幢之间',
    '永福小区7、8幢',
    '海棠苑3幢2单元501隔壁',
    '西垦路61弄',
    '半塘路88弄3号',
    '27路公交站 南沙',
    '2026-03-10',
    '电话0580-3055123',
  ])('leaves %s whole', (text) => {
    expect(splitPremise(text)).toEqual({ address: text, premise: null });
  });

  test('has nothing to split in nothing', () => {
    expect(splitPremise('')).toEqual({ address: null, premise: null });
  });

  test('finishes on long hostile addresses and never throws', () => {
    for (const unit of ['1', '1幢', '1-', '1-1-', '1单元', '12号楼 - ', ' ', 'A座'])
      splitPremise(unit.repeat(100_000));
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(...'0123幢号楼单元室- (东') }),
        (text) => void splitPremise(text),
      ),
    );
  });
});

describe('adminCodes', () => {
  const donggang = { adminCode: '330903003', districtCode: '330903', townCode: '330903003' };
  const nowhere = { adminCode: null, districtCode: null, townCode: null };

  test.each([
    ['东港街道海印路菜场后门', donggang],
    ['浙江省舟山市普陀区东港街道海印路', donggang],
    ['普陀区东港街道', donggang],
    ['海印路菜场(东港街道)', donggang],
    ['普陀山镇法雨路', { adminCode: '330903106', districtCode: '330903', townCode: '330903106' }],
    ['舟山市普陀区海印路', { adminCode: '330903', districtCode: '330903', townCode: null }],
    ['东港海印路', nowhere],
    ['上海市普陀区长寿路街道', nowhere],
    ['衢州市柯城区东港街道', nowhere],
    ['东港街道和六横镇之间', nowhere],
    ['普陀区', nowhere],
    ['', nowhere],
  ])('reads %j', (address, codes) => {
    expect(adminCodes(address)).toEqual(codes);
  });
});
