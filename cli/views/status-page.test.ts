import { describe, expect, test } from '@jest/globals';
import type { StatusLine } from '../../runtime/control/status-verdict.ts';
import { HubError } from '../../runtime/errors.ts';
import { pageLanguage, statusPage } from './status-page.ts';
import { statusWords } from './status-view.ts';

const at = Date.UTC(2026, 2, 10, 0, 12, 33);
const lines: readonly StatusLine[] = [
  { level: 'green', about: { kind: 'hub', pid: 7 }, command: null },
  {
    level: 'yellow',
    about: {
      kind: 'part',
      part: {
        kind: 'sink',
        name: '<img src=x onerror=alert(1)>',
        state: 'BACKOFF',
        since: at,
        restarts: 1,
        lastError: { code: 'HUB_SINK_FAILED', message: `"'&<script>alert(1)</script>`, at },
        memoryBytes: 0,
        batches: 0,
        records: 0,
        lastBatchAt: null,
        lastRecordAt: null,
      },
    },
    command: 'hub status --watch',
  },
  {
    level: 'red',
    about: { kind: 'unsigned', live: 2, history: 0, overdue: 1 },
    command: 'hub trace 3e136c88-06fb-5d70-9b34-2b0763bf5742',
  },
];
const facts = { status: { lines, at }, error: null, now: at + 1_000, data: './my data' };

/** What a browser would show of it. */
const shown = (html: string): string =>
  html
    .replaceAll(/<(style|head)>[\s\S]*?<\/\1>/g, '')
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&');

describe('the page for whoever is on duty', () => {
  test.each(['en', 'zh-CN'] as const)(
    'shows in %s the lines of the status, with their commands',
    (language) => {
      const text = shown(statusPage(facts, language));
      for (const line of statusWords(lines, './my data', language)) {
        expect(text).toContain(line.text);
        if (line.command !== null) expect(text).toContain(line.command);
      }
    },
  );

  test('begins with what is worst, and says it in the title too', () => {
    const html = statusPage(facts, 'en');
    expect(html).toContain('<title>■ 1 red · City hub</title>');
    const levels = [...html.matchAll(/<tr class="(\w+)">/g)].map(([, level]) => level);
    expect(levels).toEqual(['red', 'yellow', 'green']);
  });

  test('lets nothing that is said become markup', () => {
    const html = statusPage(facts, 'en');
    expect(html).not.toMatch(/<(img|script)/);
    expect(html).toContain('&quot;&#39;&amp;&lt;script&gt;');
  });

  test('needs no script, and looks again by itself', () => {
    const html = statusPage(facts, 'en');
    expect(html).toContain('<meta http-equiv="refresh" content="10">');
    expect(html).not.toMatch(/<script|<[^>]*\s(on\w+|style)=|javascript:/);
  });

  test('says so when its facts are old, and why', () => {
    const error = new HubError('HUB_DATA_DAMAGED', 'page <7>');
    const text = shown(statusPage({ ...facts, now: at + 95_000, error }, 'en'));
    expect(text).toContain('These are the facts of 1m ago');
    expect(text).toContain('HUB_DATA_DAMAGED: page <7>');
  });

  test('is red when nothing could be found out', () => {
    const html = statusPage({ ...facts, status: null }, 'zh-CN');
    expect(html).toContain('<header class="red">');
    expect(shown(html)).toContain('目前无法得知枢纽状况。');
  });
});

describe('the language of the page', () => {
  test.each([
    ['zh-CN', 'en-US,en;q=0.9', 'zh-CN'],
    ['en', 'zh-CN', 'en'],
    ['fr', 'zh-CN', 'zh-CN'],
    [undefined, 'zh-TW,zh;q=0.9,en;q=0.8', 'zh-CN'],
    [undefined, 'en;q=0.8,zh;q=0.9', 'zh-CN'],
    [undefined, 'fr, en;q=0.5, zh;q=0.3', 'en'],
    [undefined, 'fr', 'en'],
    [undefined, '*', 'en'],
    [undefined, 'zh;q=0', 'en'],
    [undefined, ';;;,,,q=', 'en'],
    [undefined, undefined, 'en'],
  ] as const)('of ?lang=%s and Accept-Language: %s is %s', (lang, accepted, language) => {
    expect(pageLanguage(lang, accepted)).toBe(language);
  });
});
