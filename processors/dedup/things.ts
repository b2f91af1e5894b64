import { hash16 } from './hash.ts';

/**
 * Things that have a number of their own, so that two numbers are two of them: 3路 and 27路, two cars, two lamp posts. The hash's
 * top two bits tell the sort; 0 = none, or several of a sort.
 */
const forms: readonly RegExp[] = [
  /(?<![\d.])(\d{1,3})路(?:公交|车|班|的?末班|到站|晚班|站)/g,
  /[浙沪苏皖闽赣]\s?[A-Z]\s?[·•.]?\s?([A-Z0-9]{5,6})(?![A-Z0-9])/g,
  /(?:灯杆|杆号|灯杆编号|杆编号)\D{0,4}([A-Z]{0,3}\d{2,8})/g,
];
const maxText = 600;
const sortBits = 14;
const digit = /\d/;

export function thingOf(text: string): number {
  const read = text.slice(0, maxText);
  if (!digit.test(read)) return 0;
  for (const [sort, form] of forms.entries()) {
    const numbers = new Set(Array.from(read.matchAll(form), ([, number]) => number));
    if (numbers.size === 1) return ((sort + 1) << sortBits) | (hash16([...numbers][0]!) & 0x3fff);
  }
  return 0;
}

/** Null where one names none, or they are of two sorts. */
export const sameThing = (a: number, b: number): boolean | null =>
  a === 0 || b === 0 || a >> sortBits !== b >> sortBits ? null : a === b;

const sides = ['东', '西', '南', '北'];
const sideForm = /([东西南北])(?:门|侧|段|片|面|边|头|大门|出入口|入口|出口)/g;

/** Sides of a place that its address names, a bit each: 东门, 北段. 0 where none is, or all may be meant (东南门 names two). */
export function sidesOf(address: string | null): number {
  if (address === null) return 0;
  let found = 0;
  for (const [, side] of address.matchAll(sideForm)) found |= 1 << sides.indexOf(side!);
  return found;
}
