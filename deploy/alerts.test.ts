import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { z } from 'zod';
import { type MetricKind, metricKinds } from '../runtime/metrics.ts';

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8');

/** The form of a rule file of Prometheus, as far as ours goes; whatever else stands there is a slip. */
const ruleFile = z.strictObject({
  groups: z.array(
    z.strictObject({
      name: z.string().min(1),
      rules: z.array(
        z.strictObject({
          alert: z.string().regex(/^Hub[A-Za-z]+$/),
          expr: z.string().min(1),
          for: z
            .string()
            .regex(/^\d+[smhd]$/)
            .optional(),
          labels: z.strictObject({
            severity: z.enum(['page', 'ticket']),
            line: z.string().regex(/^[a-z-]+$/),
          }),
          annotations: z.strictObject({
            summary: z.string().regex(/[。.]$/),
            command: z.string().regex(/^(hub |df |ss )/),
          }),
        }),
      ),
    }),
  ),
});

const rules = ruleFile.parse(parse(read('alerts.yml'))).groups.flatMap((group) => group.rules);
const kinds: Readonly<Record<string, MetricKind>> = metricKinds;

/** Names of series in an expression, with the labels they are asked by. */
function seriesIn(expr: string) {
  return [...expr.matchAll(/\b((?:hub|process)_[a-z_]+)(?:\{([^}]*)\})?/g)].map(([, name, labels = '']) => {
    const family = name! in kinds ? name! : name!.replace(/_(bucket|sum|count)$/, '');
    return { family, labels: [...labels.matchAll(/([a-z_]+)\s*=/g)].map(([, label]) => label!) };
  });
}

describe('the alert rules', () => {
  test.each(rules.map((rule) => [rule.alert, rule] as const))(
    '%s asks only for what the hub shows',
    (_, rule) => {
      const asked = seriesIn(rule.expr);
      if (asked.length === 0) expect(rule.expr).toMatch(/\bup\{job="city-hub"\}/);
      for (const { family, labels } of asked) {
        expect(Object.keys(kinds)).toContain(family);
        for (const label of labels) expect([...kinds[family]!.labels, 'job', 'le']).toContain(label);
      }
      for (const [, label] of rule.annotations.summary.matchAll(/\$labels\.([a-z_]+)/g))
        for (const { family } of asked) expect(kinds[family]!.labels).toContain(label);
    },
  );

  test('look at counters by their growth, never by their height', () => {
    for (const { expr } of rules)
      for (const { family } of seriesIn(expr))
        if (kinds[family]!.type === 'counter') expect(expr).toMatch(/(increase|rate)\(/);
  });

  test.each(['duty.md', 'duty.zh-CN.md'])('are all explained in docs/%s, and no others are', (page) => {
    const explained = new Set(
      [...read(`../docs/${page}`).matchAll(/`(Hub[A-Z][A-Za-z]+)`/g)].map(([, name]) => name),
    );
    expect([...explained].sort()).toEqual(rules.map(({ alert }) => alert).sort());
  });
});
