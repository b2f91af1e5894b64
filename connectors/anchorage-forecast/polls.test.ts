import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { replaceWarnings } from '../../runtime/core/replace-warnings.ts';
import { foldWarnings, inForce } from '../../runtime/core/warning-book.ts';
import type { Warning } from '../../schemas/types.ts';
import { sharedFolder } from '../../test/support/shared.ts';
import { anchorageForecast } from './index.ts';

const file = `${sharedFolder()}/data/zhoushan_anchorage_weather/polls.jsonl`;
const hourMs = 3_600_000;
const beijing = (text: string): number => Date.parse(`${text}+08:00`);

interface Poll {
  readonly publishCode: string;
  readonly anchors: Readonly<
    Record<
      string,
      { readonly PreciseForecast: readonly { readonly WindSpeed: number; readonly WindSpeedAvg: string }[] }
    >
  >;
}
const polls = readFileSync(file, 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Poll);

async function outcomes() {
  const found = [];
  for await (const raw of anchorageForecast.readFile(file)) {
    found.push(anchorageForecast.normalize(raw, { config: null, ingestedAt: beijing('2026-06-01T00:00') }));
  }
  return found.map((outcome) => {
    if (outcome.kind !== 'route' || outcome.replaces === undefined) throw new Error(JSON.stringify(outcome));
    return { ...outcome, replaces: outcome.replaces };
  });
}

test('26 polls of the real interface are as many forecasts as have a number of their own, and each can be read', async () => {
  const codes = (await outcomes()).map(({ recordId }) => recordId);
  expect(polls).toHaveLength(26);
  expect(codes).toEqual([...new Set(polls.map(({ publishCode }) => publishCode))]);
});

test('its WindSpeed is the gusts: WindSpeedAvg is always three quarters of it', () => {
  const entries = polls.flatMap(({ anchors }) =>
    Object.values(anchors).flatMap(({ PreciseForecast }) => PreciseForecast),
  );
  const off = entries.map(({ WindSpeed, WindSpeedAvg }) => Math.abs(Number(WindSpeedAvg) - WindSpeed * 0.75));
  expect(entries).toHaveLength(2_496);
  expect(Math.max(...off)).toBeLessThan(0.06);
});

test('at every hour the warnings in force are those of the forecast that held then', async () => {
  const forecasts = await outcomes();
  const records: Warning[] = [];
  for (const forecast of forecasts) {
    for (const said of replaceWarnings(forecast, records))
      records.push({ ...said, warningId: said.reference, issuer: 'anchorage-forecast', at: 0 });
  }
  const { known } = foldWarnings(records, 0);
  let hoursInForce = 0;
  for (let at = beijing('2026-04-23T19:30'); at < beijing('2026-05-08T00:00'); at += hourMs) {
    const held = forecasts.findLast(({ replaces }) => replaces.from <= at)!;
    const expected = held.warnings.filter((said) => inForce(said, at, at));
    const found = known.filter((warning) => inForce(warning, at, at));
    const words = (all: readonly Pick<Warning, 'areas' | 'level'>[]) =>
      all.map(({ areas, level }) => `${areas} ${level}`).sort();
    expect(words(found)).toEqual(words(expected));
    hoursInForce += found.length;
  }
  // A blow of two days over four anchorages and one of a day, and not everything.
  expect(hoursInForce).toBeGreaterThan(100);
  expect(hoursInForce).toBeLessThan(500);
});
