import { type Level, type StatusLine, worstLevel } from '../../runtime/control/status-verdict.ts';
import { percentOf } from '../../runtime/item-store/progress.ts';
import { meaningOf } from '../explain.ts';
import type { Language } from '../language.ts';
import { type Messages, messagesIn, nameOf } from '../messages/index.ts';
import { clockTime, spanText } from '../time.ts';
import { sizeText } from './layout.ts';

export const marks = { green: '●', yellow: '▲', red: '■' } as const;

/** A line of the status in the words of a language. */
export interface StatusWords {
  readonly level: Level;
  readonly mark: string;
  readonly levelWord: string;
  readonly text: string;
  /** As it can be pasted; null for what is green. */
  readonly command: string | null;
}

/** How the hub is, a line for each thing; what is not green ends with the command to run. */
export function statusView(
  lines: readonly StatusLine[],
  at: number,
  data: string,
  language: Language,
): string[] {
  const t = messagesIn(language);
  return [
    t.status.at(clockTime(at), t.status[worstLevel(lines)]),
    ...statusWords(lines, data, language).map(({ mark, levelWord, text, command }) => {
      const said = `${mark} ${levelWord}  ${text}`;
      return command === null ? said : `${said}  ${t.status.run(command)}`;
    }),
  ];
}

/** The same lines for any view of them: terminal, page. */
export function statusWords(
  lines: readonly StatusLine[],
  data: string,
  language: Language,
): readonly StatusWords[] {
  const t = messagesIn(language);
  return lines.map(({ level, about, command }) => ({
    level,
    mark: marks[level],
    levelWord: t.status[level],
    text: wordsOf(about, level, t, language),
    command: command === null ? null : onFolder(command, data),
  }));
}

/** The command as it can be pasted. */
function onFolder(command: string, data: string): string {
  const folder = /^[\w@%+=:,./-]+$/.test(data) ? data : `'${data.replaceAll("'", `'\\''`)}'`;
  if (command === 'df -h') return `${command} ${folder}`;
  if (!command.startsWith('hub ')) return command;
  return data === './data' ? command : `${command} --data ${folder}`;
}

/** The problems of a configuration are a list, one to a line. */
function inOneLine(message: string): string {
  const [first = '', ...others] = message.split('\n').map((line) => line.trim());
  return others.length === 0 ? first : `${first} ${others.join('; ')}`;
}

function wordsOf(about: StatusLine['about'], level: Level, t: Messages, language: Language): string {
  switch (about.kind) {
    case 'hub':
      return about.pid === null ? t.status.hubStopped : t.status.hubRuns(about.pid);
    case 'worker': {
      const { worker, isSilent, silentMs } = about;
      const { worker: name, roles, host, pid, version } = worker;
      const words = t.status.worker(name, roles.join(', '), host, pid, version);
      return isSilent ? `${words}${t.status.comma}${t.status.workerSilent(spanText(silentMs))}` : words;
    }
    case 'front': {
      const { address, error } = about.front;
      if (error === null) return address === null ? t.status.frontDown : t.status.front(address);
      const { code, message, at } = error;
      return `${t.status.frontDown}; ${code} ${message} (${clockTime(at)}); ${meaningOf(code, language).fix}`;
    }
    case 'part': {
      const { kind, name, state, lastError, restarts } = about.part;
      const part = t.status.part(t.names.partKinds[kind], name, t.names.partStates[state]);
      const place =
        about.part.worker === undefined ? part : `${part}${t.status.comma}${t.status.on(about.part.worker)}`;
      const words = restarts === 0 ? place : `${place}${t.status.comma}${t.status.restarts(restarts)}`;
      if (state === 'RUNNING' || lastError === null) return words;
      const { code, message, at } = lastError;
      return `${words}; ${code} ${inOneLine(message)} (${clockTime(at)}); ${meaningOf(code, language).fix}`;
    }
    case 'source': {
      const { source, received, unreadable, lastAt, askedAt, silentMs, silentAfterMs } = about;
      const last = lastAt === null ? t.status.never : clockTime(lastAt);
      const words = [t.status.source(source, last, received, unreadable)];
      if (askedAt !== null) words.push(t.status.asked(clockTime(askedAt)));
      if (level !== 'green' && silentMs !== null && silentAfterMs !== null)
        words.push(t.status.silent(spanText(silentMs), spanText(silentAfterMs)));
      return words.join(t.status.comma);
    }
    case 'lane': {
      const { lane, waiting, oldestMs } = about;
      const words = t.status.lane(lane.replace(/^hub\./, ''), waiting);
      return oldestMs === null ? words : `${words}, ${t.status.laneOldest(spanText(oldestMs))}`;
    }
    case 'sink': {
      const { sink, waiting, oldestMs } = about;
      const words = t.status.sink(sink, waiting);
      return oldestMs === null ? words : `${words}, ${t.status.laneOldest(spanText(oldestMs))}`;
    }
    case 'resolver': {
      const words = t.status.resolver(about.waiting);
      return about.oldestMs === null ? words : `${words}, ${t.status.laneOldest(spanText(about.oldestMs))}`;
    }
    case 'review': {
      const words = t.status.review(about.live, about.history);
      return about.overdue === 0 ? words : `${words}, ${t.status.reviewOverdue(about.overdue)}`;
    }
    case 'projection': {
      const words = t.status.projection(about.behind);
      return level === 'green' ? words : `${words}${t.status.comma}${t.status.filled(percentOf(about))}`;
    }
    case 'items': {
      const classes = Object.entries(about.byClass).map(
        ([name, count]) => `${nameOf(t.names.classes, name)} ${count}`,
      );
      return t.status.items(about.total, classes.join(', '));
    }
    case 'unsigned': {
      const words = t.status.unsigned(about.live, about.history);
      return about.overdue === 0 ? words : `${words}, ${t.status.overdue(about.overdue)}`;
    }
    case 'warnings':
      return t.status.warnings(
        about.inForce.map(({ warningId, type, level }) => `${type} ${level} ${warningId}`).join(', '),
      );
    case 'incidents': {
      const words = t.status.incidents(about.open, about.waiting);
      return about.oldestMs === null
        ? words
        : `${words}${t.status.comma}${t.status.laneOldest(spanText(about.oldestMs))}`;
    }
    case 'dead-letters':
      return t.status.deadLetters(about.open, about.total);
    case 'disk':
      return t.status.disk(sizeText(about.freeBytes), sizeText(about.dataBytes));
  }
}
