import type { Process } from './scheduler.ts';

/** The last steps of a run, for the report of a failure; or all of them, as they happen. */
export interface Trace {
  step(now: number, process: Process | null, label: string): void;
  /** Something that is not a step: a fault, an event of the broker. */
  note(now: number, process: Process | null, text: string): void;
  lines(): readonly string[];
}

/** @param keep how many lines are kept. @param live gets every line at once. */
export function createTrace(keep: number, live?: (line: string) => void): Trace {
  const ring: { now: number; process: Process | null; text: string; fault: boolean }[] = [];
  let at = 0;
  const add = (now: number, process: Process | null, text: string, fault: boolean) => {
    const entry = { now, process, text, fault };
    if (ring.length < keep) ring.push(entry);
    else ring[at++ % keep] = entry;
    live?.(print(entry));
  };
  const print = (entry: (typeof ring)[number]) => {
    const who = entry.process ? `${entry.process.name}#${entry.process.incarnation}` : '-';
    return `${new Date(entry.now).toISOString().slice(5, 23)} ${who.padEnd(14)} ${entry.fault ? '! ' : ''}${entry.text}`;
  };
  return {
    step: (now, process, label) => add(now, process, label, false),
    note: (now, process, text) => add(now, process, text, true),
    lines: () => [...ring.slice(at % keep), ...ring.slice(0, at % keep)].map(print),
  };
}
