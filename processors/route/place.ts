import type { Item } from '../../schemas/types.ts';
import type { Catalogue } from '../catalogue/index.ts';

/**
 * Code of the town an item lies in: the place's own, else the one town that its address names in full. Two towns named are
 * none: an address on a border is for a person. Null when unknown, or a town of another district.
 */
export function townOf({ place }: Pick<Item, 'place'>, catalogue: Catalogue): string | null {
  const towns = catalogue.aliases.towns;
  if (place.townCode !== null) return place.townCode in towns ? place.townCode : null;
  const { address } = place;
  if (address === null) return null;
  const named = Object.entries(towns).filter(([, names]) => names.some((name) => address.includes(name)));
  return named.length === 1 ? named[0]![0] : null;
}
