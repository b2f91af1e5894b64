import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import gcoordModule from 'gcoord';
import { locate } from './coordinates.ts';

const gcoord = gcoordModule as unknown as typeof gcoordModule.default;
const wgs = { lon: 122.30145, lat: 29.94652 };
const nowhere = { lon: null, lat: null, locatedBy: 'NONE', quality: [] };

describe('locate', () => {
  test.each([
    ['GCJ02', '122.305605', '29.944131'],
    ['BD09', '122.312081', '29.950214'],
    ['WGS84', '122.30145', '29.94652'],
    ['CGCS2000', 122.30145, 29.94652],
  ] as const)('gives the test vector of the domain reference from %s', (system, x, y) => {
    const point = locate({ x, y, system, labelled: true });
    // The vector is given to 1e-6 degrees.
    expect(point.lon).toBeCloseTo(wgs.lon, 5);
    expect(point.lat).toBeCloseTo(wgs.lat, 5);
    expect(point).toMatchObject({
      coordSystem: system,
      rawX: Number(x),
      rawY: Number(y),
      locatedBy: 'SOURCE',
      quality: [],
    });
  });

  test.each(['GCJ02', 'BD09'] as const)(
    'undoes the shift of %s to 1e-8 degrees all over the country',
    (system) => {
      const lon = fc.double({ min: 73, max: 135, noNaN: true });
      const lat = fc.double({ min: 2, max: 54, noNaN: true });
      fc.assert(
        fc.property(lon, lat, (x, y) => {
          const [shiftedX, shiftedY] = gcoord.transform(
            [x, y] as [number, number],
            gcoord.WGS84,
            gcoord[system],
          );
          const point = locate({ x: shiftedX, y: shiftedY, system, labelled: true });
          expect(Math.abs((point.lon as number) - x)).toBeLessThan(1.1e-8);
          expect(Math.abs((point.lat as number) - y)).toBeLessThan(1.1e-8);
        }),
        { numRuns: 500 },
      );
    },
  );

  test('marks a point whose system nobody has named, on land and at sea alike, and shifts both', () => {
    const land = locate({ x: '122.305605', y: '29.944131', system: 'GCJ02', labelled: false });
    const sea = locate({ x: '122.7553', y: '29.6648', system: 'GCJ02', labelled: false });
    expect([land.quality, sea.quality]).toEqual([['COORD_GUESSED'], ['COORD_GUESSED']]);
    expect(sea.lon).not.toBe(122.7553);
  });

  test('shifts a point at sea that is labelled GCJ-02, and never one that is labelled WGS-84', () => {
    const point = { x: '122.75531', y: '29.66480', labelled: true };
    expect(locate({ ...point, system: 'WGS84' })).toMatchObject({
      lon: 122.75531,
      lat: 29.6648,
      quality: [],
    });
    expect(locate({ ...point, system: 'GCJ02' }).lon).not.toBe(122.75531);
  });

  test('does not shift outside the area where the systems differ, and says that the label cannot be right', () => {
    expect(locate({ x: '-73.9857', y: '40.7484', system: 'GCJ02', labelled: true })).toMatchObject({
      lon: -73.9857,
      lat: 40.7484,
      quality: ['COORD_GUESSED'],
    });
  });

  test('puts a swapped pair right and keeps it as delivered', () => {
    const point = locate({ x: '29.944131', y: '122.305605', system: 'GCJ02', labelled: true });
    expect(point).toMatchObject({ rawX: 29.944131, rawY: 122.305605, quality: ['COORD_SWAPPED'] });
    expect(point.lon).toBeCloseTo(wgs.lon, 5);
    expect(point.lat).toBeCloseTo(wgs.lat, 5);
  });

  test.each([
    ['zeros', '0', '0', 0, 0],
    ['one zero', '122.305605', '0.000', 122.305605, 0],
    ['AIS for unknown', 181, 91, 181, 91],
    ['beyond the globe', '1223.05605', '29.944131', 1223.05605, 29.944131],
    ['both beyond', '122.3', '122.3', 122.3, 122.3],
    ['half a pair', '122.305605', null, 122.305605, null],
  ])('gives no point for %s', (_, x, y, rawX, rawY) => {
    expect(locate({ x, y, system: 'GCJ02', labelled: false })).toEqual({
      ...nowhere,
      coordSystem: 'UNKNOWN',
      rawX,
      rawY,
    });
  });

  test.each([
    ['nothing', undefined, undefined],
    ['empty texts', '', ' '],
    ['words', '未知', 'null'],
    ['not a number', Number.NaN, Number.POSITIVE_INFINITY],
    ['other types', {}, [122.3]],
    ['exponents', '1e400', '2.9e1'],
  ])('gives nothing at all for %s', (_, x, y) => {
    expect(locate({ x, y, system: 'GCJ02', labelled: false })).toEqual({
      ...nowhere,
      coordSystem: null,
      rawX: null,
      rawY: null,
    });
  });

  test('never throws and never leaves the globe', () => {
    const value = fc.oneof(
      fc.anything(),
      fc.double(),
      fc.double({ min: -200, max: 200 }).map(String),
      fc.string(),
    );
    const system = fc.constantFrom('WGS84', 'GCJ02', 'BD09', 'CGCS2000');
    fc.assert(
      fc.property(value, value, system, fc.boolean(), (x, y, crs, labelled) => {
        const { lon, lat } = locate({ x, y, system: crs, labelled });
        expect(lon === null || Math.abs(lon) <= 180.01).toBe(true);
        expect(lat === null || Math.abs(lat) <= 90).toBe(true);
        expect((lon === null) === (lat === null)).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });
});
