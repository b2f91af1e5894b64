import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { bucketSeconds, exposition, type MetricKind, metricKinds, type Series, seriesOf } from './metrics.ts';
import { memoryCounters } from './telemetry.ts';

const kinds = Object.entries(metricKinds as Readonly<Record<string, MetricKind>>);

/** What a scraper reads: families with their type, and each series with its labels. */
function scraped(text: string) {
  const types = new Map<string, string>();
  const values = new Map<string, number>();
  for (const line of text.split('\n').filter((one) => one !== '')) {
    const [, name, type] = /^# TYPE (\S+) (counter|gauge|histogram)$/.exec(line) ?? [];
    if (name !== undefined && type !== undefined) {
      expect(types.has(name)).toBe(false);
      types.set(name, type);
    } else if (!/^# HELP \S+ .+$/.test(line)) {
      const [, series, value] =
        /^([a-z_]+(?:\{[a-z_]+="(?:[^"\\\n]|\\["\\n])*"(?:,[a-z_]+="(?:[^"\\\n]|\\["\\n])*")*\})?) (-?[\d.e+-]+)$/.exec(
          line,
        ) ?? [];
      expect({ line, series }).toEqual({ line, series: expect.any(String) });
      expect(values.has(series!)).toBe(false);
      values.set(series!, Number(value));
    }
  }
  return { types, values };
}

describe('the list of metrics', () => {
  test.each(kinds)(
    '%s has a name in the form that all have, and says its unit',
    (name, { type, help, labels }) => {
      expect(name).toMatch(/^(hub|process)(_[a-z]+)+$/);
      expect(name.endsWith('_total')).toBe(type === 'counter');
      if (/seconds/.test(help) && !/absent/.test(help)) expect(name).toMatch(/_seconds(_total)?$/);
      if (/bytes\.$/.test(help)) expect(name).toMatch(/_bytes$/);
      expect(help).toMatch(/^[A-Z1].*\.$/);
      expect(
        labels.filter(
          (label) => !/^(source|origin|outcome|lane|sink|class|kind|part|level|channel)$/.test(label),
        ),
      ).toEqual([]);
    },
  );
});

describe('the exposition', () => {
  test('tells each family once, with its type, whatever the order of the series', () => {
    const { types, values } = scraped(
      exposition([
        [seriesOf('hub_lane_waiting_records', { lane: 'input' }), 3],
        ['hub_dead_letters_open{}', 1],
        [seriesOf('hub_lane_waiting_records', { lane: 'input.urgent' }), 0],
      ]),
    );
    expect([...types]).toEqual([
      ['hub_lane_waiting_records', 'gauge'],
      ['hub_dead_letters_open', 'gauge'],
    ]);
    expect(Object.fromEntries(values)).toEqual({
      'hub_lane_waiting_records{lane="input"}': 3,
      'hub_lane_waiting_records{lane="input.urgent"}': 0,
      hub_dead_letters_open: 1,
    });
  });

  test('can be read whatever a label holds', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme' }),
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        (source, value) => {
          const text = exposition([[seriesOf('hub_source_records_total', { source }), value]]);
          expect(scraped(text).values.size).toBe(1);
        },
      ),
    );
  });

  test('leaves out what is in no list', () => {
    expect(exposition([['hub_of_another_version_total{}', 1] satisfies Series])).toBe('\n');
  });
});

describe('a histogram', () => {
  test('counts into every bucket that is wide enough, and keeps sum and count', () => {
    const counters = memoryCounters();
    for (const seconds of [0.004, 0.3, 31])
      counters.observe('hub_writer_batch_duration_seconds', {}, seconds);
    const { types, values } = scraped(exposition(counters.snapshot()));
    expect(types.get('hub_writer_batch_duration_seconds')).toBe('histogram');
    const bucket = (le: string) => values.get(`hub_writer_batch_duration_seconds_bucket{le="${le}"}`);
    expect(bucketSeconds.map((bound) => bucket(String(bound)))).toEqual([1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2]);
    expect(bucket('+Inf')).toBe(3);
    expect(values.get('hub_writer_batch_duration_seconds_sum')).toBeCloseTo(31.304);
    expect(values.get('hub_writer_batch_duration_seconds_count')).toBe(3);
  });
});
