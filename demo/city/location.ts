import gcoordModule from 'gcoord';
import { draw, drawInt } from './draw.ts';
import { nameOf, type Told } from './stories.ts';

// The package's types describe its CommonJS form, Node loads its ES module: what is typed as `default` is the import itself.
const gcoord = gcoordModule as unknown as typeof gcoordModule.default;

const metreInDegrees = 1 / 111_320;

/**
 * The point of a telling on the map of a phone or a portal, GCJ-02 [lon, lat]: exact within 15 m, else 100 to 300 m off. Null where
 * the reporter marked none.
 */
export function pointOnMap(
  seed: number,
  told: Pick<Told, 'matter' | 'telling'>,
): readonly [number, number] | null {
  const { lon, lat } = told.matter.place;
  if (lon === null || lat === null || told.telling.point === 'none') return null;
  const angle = draw(seed, nameOf(told), 'angle') * 2 * Math.PI;
  const metres =
    told.telling.point === 'exact'
      ? drawInt(0, 15, seed, nameOf(told), 'off')
      : drawInt(100, 300, seed, nameOf(told), 'off');
  const north = metres * Math.cos(angle) * metreInDegrees;
  const east = (metres * Math.sin(angle) * metreInDegrees) / Math.cos((lat * Math.PI) / 180);
  const [x, y] = gcoord.transform([lon + east, lat + north], gcoord.WGS84, gcoord.GCJ02);
  return [x!, y!];
}
