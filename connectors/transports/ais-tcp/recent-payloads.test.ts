import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { RecentPayloads } from './recent-payloads.ts';

const windowMs = 10_000;
const bytesOf = (text: string) => Buffer.from(text);

test('a payload is known within the window, and not after twice as long', () => {
  const payload = bytesOf('169oPoGP0P`iAVPA3HjQniPR0000');
  fc.assert(
    fc.property(fc.nat(3 * windowMs), fc.nat(100_000), (laterMs, start) => {
      const recent = new RecentPayloads(windowMs);
      recent.has(payload, 0, payload.length, start + windowMs);
      const isKnown = recent.has(payload, 0, payload.length, start + windowMs + laterMs);
      if (laterMs <= windowMs - 1) expect(isKnown).toBe(true);
      if (laterMs >= 2 * windowMs) expect(isKnown).toBe(false);
    }),
  );
});

test('other payloads are not, whatever lies around them', () => {
  const recent = new RecentPayloads(windowMs);
  const line = bytesOf('!AIVDM,1,1,,A,169oPoGP0P,0*75!AIVDM,1,1,,A,169oPoGP0Q,0*74');
  expect([recent.has(line, 14, 24, 1), recent.has(line, 45, 55, 1), recent.has(line, 14, 24, 1)]).toEqual([
    false,
    false,
    true,
  ]);
});

test('without a window nothing is', () => {
  const recent = new RecentPayloads(0);
  const payload = bytesOf('169oPoGP0P');
  expect([recent.has(payload, 0, 10, 1), recent.has(payload, 0, 10, 1)]).toEqual([false, false]);
});
