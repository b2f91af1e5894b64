import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, test } from '@jest/globals';
import { HubError } from '../../runtime/index.ts';
import { currentCatalogueVersion, hasCatalogue, loadCatalogue, organisationIds } from './index.ts';

const now = Date.parse('2026-03-10T08:00:00+08:00');
const catalogue = loadCatalogue(currentCatalogueVersion);

const copies: string[] = [];
afterAll(() => {
  for (const copy of copies) rmSync(copy, { recursive: true });
});

/** A copy of the current version with one file changed; its folder. */
function broken(file: string, change: (text: string) => string): URL {
  const folder = mkdtempSync(join(tmpdir(), 'catalogue-'));
  copies.push(folder);
  const copy = join(folder, currentCatalogueVersion);
  cpSync(new URL(`./${currentCatalogueVersion}/`, import.meta.url), copy, { recursive: true });
  const path = join(copy, `${file}.json`);
  const before = readFileSync(path, 'utf8');
  const after = change(before);
  if (after === before) throw new Error(`the change did not touch ${file}.json`);
  writeFileSync(path, after);
  return pathToFileURL(`${folder}/`);
}

/** A change of the parsed content. The rows are known to be objects; what is written in is judged by the loader. */
const edit =
  (change: (rows: Record<string, unknown>[]) => void) =>
  (text: string): string => {
    const rows = JSON.parse(text);
    change(rows);
    return JSON.stringify(rows);
  };

function refusal(load: () => unknown): HubError {
  try {
    load();
  } catch (thrown) {
    if (thrown instanceof HubError) return thrown;
    throw thrown;
  }
  throw new Error('it was accepted');
}

describe('the current catalogue', () => {
  test('holds the 47 categories of the domain, each with a lead in force', () => {
    expect(catalogue.categories).toHaveLength(47);
    for (const { leadKind } of catalogue.categories)
      expect(catalogue.instanceOf(leadKind, null, now)).not.toBeNull();
  });

  test('takes a code that it does not know for UNK.OTHER', () => {
    expect(catalogue.category('URB.GARBAGE').zh).toBe('暴露垃圾');
    expect(catalogue.category('NEW.CODE').code).toBe('UNK.OTHER');
  });

  test('finds the instance of a town, and of the district where the town has none', () => {
    expect(catalogue.instanceOf('town-command', '330903003', now)?.id).toBe('town-command-330903003');
    expect(catalogue.instanceOf('court', '330903003', now)?.id).toBe('court');
    expect(catalogue.instanceOf('town-command', null, now)).toBeNull();
    expect(catalogue.instanceOf('town-command', '310107005', now)).toBeNull();
    expect(catalogue.instanceOf('no-such-kind', null, now)).toBeNull();
  });

  test('has one command room for every town of the district in the list of divisions', () => {
    const shared = process.env.HUB_SHARED ?? new URL('../../../shared', import.meta.url).pathname;
    const lines = readFileSync(join(shared, 'data/admin_divisions_cn/streets.csv'), 'utf8').split('\n');
    const towns = lines.filter((line) => line.startsWith('330903')).map((line) => line.slice(0, 9));
    const rooms = catalogue.organisations.filter(({ kind }) => kind === 'town-command').map(({ id }) => id);
    expect(rooms.sort()).toEqual(towns.map((code) => `town-command-${code}`).sort());
  });

  test('knows the kind of an instance', () => {
    expect(catalogue.kindOf('town-command-330903003')).toBe('town-command');
    expect(catalogue.kindOf('public-utilities-water')).toBe('public-utilities');
    expect(catalogue.kindOf('nobody')).toBeNull();
  });

  test('gives utilities that serve by words apart from the general instance', () => {
    expect(catalogue.companiesOf('public-utilities', now).map(({ id }) => id)).toContain(
      'public-utilities-gas',
    );
    expect(catalogue.instanceOf('public-utilities', null, now)?.id).toBe('public-utilities');
  });

  test('is frozen through and through, and read once', () => {
    expect(loadCatalogue(currentCatalogueVersion)).toBe(catalogue);
    expect(Object.isFrozen(catalogue.categories[0]!.coKinds)).toBe(true);
    expect(() => Object.assign(catalogue.thresholds, { m13Returns: 9 })).toThrow(TypeError);
  });

  test('names every organisation once', () => {
    const ids = organisationIds(currentCatalogueVersion);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids).toContain('governance-centre');
  });
});

test('the docs name every threshold with its value', () => {
  const docs = readFileSync(new URL('../../docs/catalogue.md', import.meta.url), 'utf8');
  const table = [...docs.matchAll(/^\| `(\w+)` +\| ([\d.]+) +\|/gm)].map((row) => [row[1], Number(row[2])]);
  expect(Object.fromEntries(table)).toEqual(catalogue.thresholds);
});

test('an organisation is found from its first day to the day before its last, by Beijing time', () => {
  const folder = broken(
    'organisations',
    edit((rows) => {
      const mediation = rows.find(({ id }) => id === 'mediation')!;
      Object.assign(mediation, { validFrom: '2026-03-01', validTo: '2026-04-01' });
    }),
  );
  const copy = loadCatalogue(currentCatalogueVersion, folder);
  const at = (time: string) => copy.organisation('mediation', Date.parse(time)) !== null;
  expect(at('2026-02-28T23:59:59+08:00')).toBe(false);
  expect(at('2026-03-01T00:00:00+08:00')).toBe(true);
  expect(at('2026-03-31T23:59:59+08:00')).toBe(true);
  expect(at('2026-04-01T00:00:00+08:00')).toBe(false);
  expect(copy.kindOf('mediation')).toBe('mediation');
});

test.each(['1999.1', '../2026.1', '2026.1/../2026.1', ''])(
  'a version that is not here (%s) is unknown',
  (version) => {
    expect(refusal(() => loadCatalogue(version)).code).toBe('HUB_CATALOGUE_UNKNOWN_VERSION');
    expect(hasCatalogue(version)).toBe(false);
  },
);

describe('a broken copy is refused', () => {
  const replace = (from: string, to: string) => (text: string) => text.replace(from, to);
  test.each<readonly [string, string, (text: string) => string, string]>([
    [
      'a lead without an instance',
      'categories',
      replace('"leadKind": "education"', '"leadKind": "schools"'),
      'is led by schools',
    ],
    [
      'a lead that exists only in towns',
      'categories',
      replace('"leadKind": "education"', '"leadKind": "town-command"'),
      'is led by town-command',
    ],
    [
      'a helper without an instance',
      'categories',
      replace('"coKinds": ["transport"]', '"coKinds": ["ferry"]'),
      'is helped by ferry',
    ],
    [
      'an unknown SLA',
      'categories',
      replace('"slaId": "ORD-UTILITY"', '"slaId": "ORD-NEVER"'),
      'unknown SLA ORD-NEVER',
    ],
    ['a missing English name', 'categories', replace('"en": "Petition"', '"en": ""'), 'English text'],
    ['a missing Chinese name', 'organisations', replace('"zh": "法院"', '"zh": "court"'), 'Chinese text'],
    ['the fallback category gone', 'categories', edit((rows) => rows.pop()), 'UNK.OTHER is missing'],
    ['a category twice', 'categories', edit((rows) => rows.push(rows[0]!)), 'stands twice'],
    [
      'an unknown parent',
      'organisations',
      replace('"parent": "public-utilities"', '"parent": "nobody"'),
      'unknown parent nobody',
    ],
    [
      'an organisation the routes need gone',
      'organisations',
      edit((rows) =>
        rows.splice(
          rows.findIndex(({ id }) => id === 'duty-office'),
          1,
        ),
      ),
      'duty-office is needed',
    ],
    [
      'an organisation the routes need ending',
      'organisations',
      edit((rows) => Object.assign(rows.find(({ id }) => id === 'discipline')!, { validTo: '2030-01-01' })),
      'discipline is needed',
    ],
    [
      'a command room under another name',
      'organisations',
      replace('"id": "town-command-330903003"', '"id": "town-command-330903099"'),
      'must be called',
    ],
    [
      'an end before the beginning',
      'organisations',
      edit((rows) =>
        Object.assign(rows.find(({ id }) => id === 'mediation')!, {
          validFrom: '2026-02-01',
          validTo: '2026-01-01',
        }),
      ),
      'ends before it begins',
    ],
    ['a missing threshold', 'thresholds', replace('"m13Returns": 2,', ''), 'm13Returns'],
    ['a threshold of nothing', 'thresholds', replace('"m13Returns": 2', '"m13Returns": 0'), 'm13Returns'],
    [
      'a rule on an unknown threshold',
      'rules',
      replace('"m13Returns"', '"m13Refusals"'),
      'unknown threshold m13Refusals',
    ],
    [
      'a MAJOR rule without a clock',
      'rules',
      replace('"slaId": "MAJ-LIFE"', '"slaId": null'),
      'must have an SLA',
    ],
    [
      'an alias of nobody',
      'aliases',
      replace('"law-enforcement"', '"nobody"'),
      'unknown organisation nobody',
    ],
    ['a word the schema does not know', 'slas', replace('"zh"', '"name"'), 'slas[0]'],
    ['text that is no JSON', 'rules', (text) => text.slice(1), 'rules.json cannot be read'],
  ])('%s', (_what, file, change, said) => {
    const error = refusal(() => loadCatalogue(currentCatalogueVersion, broken(file, change)));
    expect(error.code).toBe('HUB_CATALOGUE_INVALID');
    expect(error.message).toContain(said);
  });

  test('with all problems told at once', () => {
    const folder = broken('categories', (text) =>
      text
        .replace('"leadKind": "education"', '"leadKind": "schools"')
        .replace('"ORD-UTILITY"', '"ORD-NEVER"'),
    );
    const { message } = refusal(() => loadCatalogue(currentCatalogueVersion, folder));
    expect(message).toContain('schools');
    expect(message).toContain('ORD-NEVER');
  });

  test('even to one who only asks whether it is there', () => {
    const folder = broken('categories', (text) => text.slice(1));
    expect(refusal(() => loadCatalogue(currentCatalogueVersion, folder)).code).toBe('HUB_CATALOGUE_INVALID');
  });
});
