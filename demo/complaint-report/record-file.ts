import { readFileSync } from 'node:fs';
import type { Table } from './table.ts';

/**
 * Puts the lines of a file (one object of `data.list` each) into the table, byte for byte. A line that cannot be read is a row
 * too: it stands behind the one before it.
 */
export function loadRecords(path: string, table: Table): void {
  let updatedAt = 0;
  for (const [index, line] of readFileSync(path, 'utf8').split(/\r?\n/).entries()) {
    const text = index === 0 ? line.replace(/^\ufeff/, '') : line;
    if (text.trim() === '') continue;
    const { id, updateTime } = fieldsOf(text);
    const time = Number(updateTime);
    if (updateTime !== undefined && Number.isSafeInteger(time) && time >= 0) updatedAt = time;
    table.put({ id: typeof id === 'string' && id !== '' ? id : `line-${index + 1}`, updatedAt, text });
  }
}

function fieldsOf(text: string): { readonly id?: unknown; readonly updateTime?: unknown } {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}
