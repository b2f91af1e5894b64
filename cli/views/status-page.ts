import { type StatusLine, worstLevel } from '../../runtime/control/status-verdict.ts';
import type { HubError } from '../../runtime/errors.ts';
import { explain } from '../explain.ts';
import { type Language, languages } from '../language.ts';
import { messagesIn } from '../messages/index.ts';
import { clockTime, spanText } from '../time.ts';
import { marks, type StatusWords, statusWords } from './status-view.ts';

/** The browser asks again after so long, without a script. */
const refreshSeconds = 10;
/** Facts older than this are said to be. */
const oldMs = 30_000;

export const pageStyle = `
:root { color-scheme: light dark; font: 16px/1.5 system-ui, 'PingFang SC', 'Microsoft YaHei', sans-serif }
body { max-width: 76rem; margin: 0 auto; padding: 1rem }
header { border-left: .5rem solid; padding-left: 1rem }
header.red, tr.red td:first-child { color: #c00014; border-color: #c00014 }
header.yellow, tr.yellow td:first-child { color: #9a5b00; border-color: #9a5b00 }
header.green, tr.green td:first-child { color: #1a7f37; border-color: #1a7f37 }
@media (prefers-color-scheme: dark) {
  header.red, tr.red td:first-child { color: #ff8182; border-color: #ff8182 }
  header.yellow, tr.yellow td:first-child { color: #eac54f; border-color: #eac54f }
  header.green, tr.green td:first-child { color: #4ac26b; border-color: #4ac26b }
}
h1 { margin: 0; font-size: 1.6rem }
p { margin: .3rem 0 }
p.old { font-weight: bold }
table { border-collapse: collapse; width: 100%; margin-top: 1rem }
th, td { text-align: left; vertical-align: top; padding: .35rem .6rem; border-bottom: 1px solid #8884 }
td:first-child { white-space: nowrap; font-weight: bold }
td { overflow-wrap: anywhere }
code, pre { font-family: ui-monospace, monospace; user-select: all }
pre { white-space: pre-wrap }
`;

export interface PageFacts {
  /** Null while nothing could be found out. */
  readonly status: { readonly lines: readonly StatusLine[]; readonly at: number } | null;
  /** What keeps the facts from being newer. */
  readonly error: HubError | null;
  readonly now: number;
  /** Data folder, for the commands. */
  readonly data: string;
}

/**
 * The lines of `hub status` as a page that needs no script, what is worst first. It shows no personal data: no line of the status
 * does, and there is no log-in.
 */
export function statusPage({ status, error, now, data }: PageFacts, language: Language): string {
  const t = messagesIn(language);
  const level = status === null ? 'red' : worstLevel(status.lines);
  const words = status === null ? [] : statusWords(status.lines, data, language);
  const count = words.filter((line) => line.level === level).length;
  const head = `${marks[level]} ${status === null ? t.status.red : t.page.count(count, t.status[level])}`;
  const others = languages
    .filter((other) => other !== language)
    .map((other) => `<a href="?lang=${other}" lang="${other}">${other === 'en' ? 'English' : '中文'}</a>`);
  return `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="refresh" content="${refreshSeconds}">
<title>${escaped(`${head} · ${t.page.title}`)}</title>
<style>${pageStyle}</style>
</head>
<body>
<header class="${level}">
<h1>${escaped(`${t.page.title} · ${head}`)}</h1>
<p>${escaped(t.page.asOf(clockTime(status?.at ?? now), refreshSeconds))} · ${others.join(' ')}</p>
</header>
${[...warnings(status?.at ?? null, error, now, language)].join('\n')}
${words.length === 0 ? '' : table(words, language)}
<p>${escaped(t.page.machines)}: <a href="/healthz">/healthz</a> <a href="/readyz">/readyz</a> <a href="/metrics">/metrics</a></p>
</body>
</html>
`;
}

function* warnings(
  at: number | null,
  error: HubError | null,
  now: number,
  language: Language,
): Generator<string> {
  const t = messagesIn(language);
  if (at === null) yield `<p class="old">${escaped(t.page.none)}</p>`;
  else if (now - at > oldMs) yield `<p class="old">${escaped(t.page.old(spanText(now - at)))}</p>`;
  if (error !== null) yield `<pre>${escaped(explain(error, language))}</pre>`;
}

const rank = { red: 0, yellow: 1, green: 2 } as const;

function table(words: readonly StatusWords[], language: Language): string {
  const { page } = messagesIn(language);
  const rows = [...words]
    .sort((a, b) => rank[a.level] - rank[b.level])
    .map(
      ({ level, mark, levelWord, text, command }) =>
        `<tr class="${level}"><td>${mark} ${escaped(levelWord)}</td><td>${escaped(text)}</td><td>${
          command === null ? '' : `<code>${escaped(command)}</code>`
        }</td></tr>`,
    );
  const heads = [page.level, page.what, page.command].map((head) => `<th scope="col">${escaped(head)}</th>`);
  return `<table>\n<thead><tr>${heads.join('')}</tr></thead>\n<tbody>\n${rows.join('\n')}\n</tbody>\n</table>`;
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

const escaped = (text: string): string => text.replaceAll(/[&<>"']/g, (sign) => entities[sign]!);

/** The language that the address asks for, else that which the browser likes best, else English. */
export function pageLanguage(lang: string | undefined, acceptLanguage: string | undefined): Language {
  const named = languages.find((language) => language === lang);
  if (named !== undefined) return named;
  let best: Language = 'en';
  let most = 0;
  for (const range of (acceptLanguage ?? '').split(',').slice(0, 20)) {
    const [tag = '', ...parameters] = range.trim().toLowerCase().split(';');
    const q = parameters
      .map((parameter) => /^\s*q=([01](?:\.\d{0,3})?)\s*$/.exec(parameter)?.[1])
      .find(Boolean);
    const weight = q === undefined ? 1 : Number(q);
    const language = /^zh(-|$)/.test(tag) ? 'zh-CN' : /^(en(-|$)|\*$)/.test(tag) ? 'en' : null;
    if (language === null || weight <= most) continue;
    best = language;
    most = weight;
  }
  return best;
}
