import { type Catalogue, currentCatalogueVersion, loadCatalogue } from '../../processors/catalogue/index.ts';
import { type Normalized, type RawRecord, reject, type SaidWarning } from '../../runtime/index.ts';
import { parseTime } from '../parsing/time.ts';
import { areasOf } from './areas.ts';
import { type CapInfo, readAlert } from './cap.ts';

type Level = SaidWarning['level'];

/** Colours of Chinese warnings (中国气象局 16 号令 §5: 蓝、黄、橙、红), in the words and codes of feeds. */
const colours: readonly (readonly [Level, RegExp])[] = [
  ['RED', /红色|红警|^红$|\bred\b/gi],
  ['ORANGE', /橙色|橙警|^橙$|\borange\b/gi],
  ['YELLOW', /黄色|黄警|^黄$|\byellow\b/gi],
  ['BLUE', /蓝色|蓝警|^蓝$|\bblue\b/gi],
];
/** CAP 1.2 §3.2.2 severity, where no colour is named. */
const severities: ReadonlyMap<string, Level> = new Map([
  ['Extreme', 'RED'],
  ['Severe', 'ORANGE'],
  ['Moderate', 'YELLOW'],
  ['Minor', 'BLUE'],
]);
const longestText = 500;

/** An alert as what it says of warnings. Pure. Rejects with HUB_RECORD_ENCODING, _MALFORMED, _NO_ID or _NO_TIME. */
export function normalize({ bytes }: RawRecord): Normalized {
  let body: string;
  try {
    body = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return reject('HUB_RECORD_ENCODING', 'the alert is not UTF-8');
  }
  const { value: alert, problem } = readAlert(body);
  if (alert === undefined) return reject('HUB_RECORD_MALFORMED', `alert: ${problem}`);
  const { identifier = '', status, msgType = '' } = alert;
  if (identifier === '')
    return reject('HUB_RECORD_NO_ID', 'identifier: absent, expected the number of the alert');
  const sent = timeOf(alert.sent);
  if (sent === null) return reject('HUB_RECORD_NO_TIME', 'sent: no time, expected ISO 8601 with offset');
  const routed = (warnings: readonly SaidWarning[]): Normalized => ({
    kind: 'route',
    to: 'warnings',
    recordId: identifier,
    warnings,
  });
  // Exercises, tests, drafts, and acknowledgements say nothing of the weather.
  if (status !== 'Actual' || msgType === 'Ack') return routed([]);
  if (!['Alert', 'Update', 'Cancel', 'Error'].includes(msgType))
    return reject('HUB_RECORD_MALFORMED', 'msgType: expected Alert, Update, Cancel, Ack or Error');

  const info = infoOf(alert.info);
  const begins = timeOf(info?.onset) ?? timeOf(info?.effective) ?? sent;
  const earlier = referencesOf(alert.references);
  if (msgType === 'Cancel' || msgType === 'Error') {
    // An error takes its warnings back; a cancellation lifts them when it is sent, or takes effect.
    const until = msgType === 'Error' ? 0 : (timeOf(info?.effective) ?? sent);
    return routed(earlier.map((reference) => ended(reference, until, sent, wordsOf(info))));
  }
  if (info === null) return reject('HUB_RECORD_MALFORMED', 'info: absent, expected what the warning is');
  if (info.responseType.includes('AllClear'))
    return routed([identifier, ...earlier].map((reference) => ended(reference, begins, sent, wordsOf(info))));
  const catalogue = loadCatalogue(currentCatalogueVersion);
  const type = typeOf(info, catalogue);
  if (type === null)
    return reject(
      'HUB_RECORD_MALFORMED',
      `event: "${short(info.event)}" is no type of warning that the catalogue knows`,
    );
  const level = levelOf(info);
  if (level === null)
    return reject('HUB_RECORD_MALFORMED', 'neither a colour nor a severity that stands for one');
  const areas: string[] = [];
  for (const area of info.area) {
    const found = areasOf(area, catalogue);
    if (found === null)
      return reject(
        'HUB_RECORD_MALFORMED',
        `areaDesc: "${short(area.areaDesc)}" is no area that the catalogue knows`,
      );
    areas.push(...found);
  }
  const superseded = earlier.map((reference) => ended(reference, begins, sent, wordsOf(info)));
  // Not here: the warning it takes the place of is over all the same.
  if (areas.length === 0) return routed(superseded);
  const set: SaidWarning = {
    reference: identifier,
    status: 'SET',
    type,
    level,
    areas: [...new Set(areas)],
    from: begins,
    until: timeOf(info.expires),
    issuedAt: sent,
    text: wordsOf(info),
  };
  return routed([...superseded, set]);
}

/** The runtime knows the rest of a warning that is ended from the record that set it. */
const ended = (reference: string, until: number, issuedAt: number, text: string): SaidWarning => ({
  reference,
  status: 'CLEARED',
  type: '',
  level: 'UNKNOWN',
  areas: [],
  from: until,
  until,
  issuedAt,
  text,
});

/** The same in several languages stands in several blocks: the Chinese one, else the first. */
const infoOf = (blocks: readonly CapInfo[]): CapInfo | null =>
  blocks.find(({ language }) => language?.toLowerCase().startsWith('zh')) ?? blocks[0] ?? null;

/** The type whose longest name is said, in the event, its codes or the headline: 雷雨大风 before 大风. */
function typeOf(info: CapInfo, { warnings }: Catalogue): string | null {
  const said = [info.event, ...info.eventCode.map(({ value }) => value), info.headline]
    .join(' ')
    .toLowerCase();
  const names = warnings.flatMap(({ type, en, names }) =>
    [...names, en, type].map((name) => ({ type, name: name.toLowerCase() })),
  );
  const found = names.filter(({ name }) => said.includes(name)).sort((a, b) => b.name.length - a.name.length);
  return found[0]?.type ?? null;
}

/** Where a text names two, as in 由红色降为橙色, the last one is meant. */
function levelOf(info: CapInfo): Level | null {
  const pairs = [...info.eventCode, ...info.parameter].map(({ value }) => value);
  for (const said of [info.event, ...pairs, info.headline]) {
    const named = colours
      .map(([level, words]) => ({ level, at: [...(said ?? '').matchAll(words)].at(-1)?.index ?? -1 }))
      .sort((one, other) => other.at - one.at)[0]!;
    if (named.at >= 0) return named.level;
  }
  return severities.get(info.severity ?? '') ?? null;
}

/** `sender,identifier,sent` for each, with blanks between. */
const referencesOf = (text: string | undefined): string[] =>
  (text ?? '').split(/\s+/).flatMap((one) => {
    const identifier = one.split(',')[1] ?? '';
    return identifier === '' ? [] : [identifier];
  });

const timeOf = (text: string | undefined): number | null => parseTime(text)?.ms ?? null;
const wordsOf = (info: CapInfo | null): string =>
  (info?.headline || info?.description || info?.event || '').slice(0, longestText);
const short = (text: string | undefined): string => (text ?? '').slice(0, 40);
