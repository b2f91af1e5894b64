import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import type { RawRecord } from '../../../runtime/connector.ts';
import { HubError } from '../../../runtime/errors.ts';
import { sliceList } from './scan.ts';

/** A longer line is cut here; whatever is left is far above any `maxRecordBytes` and becomes a dead letter. */
export const longestLineBytes = 8 * 1024 * 1024;
/** A page is read as a whole; a file of lines is not, and may have any size. */
const largestPageBytes = 64 * 1024 * 1024;

const [lineFeed, carriageReturn] = [0x0a, 0x0d];
const bom = [0xef, 0xbb, 0xbf];

/**
 * Rows kept in a file, as the bytes they were written in: one row a line, or answers of the interface
 * (`{"code":0,"data":{"list":[…]}}`), one a line, or one, on many lines, as the whole file. LF or CRLF, with or without a byte order
 * mark or a last line end; blank lines are skipped. A line that is none of these comes out as it is, for the dead letters.
 *
 * Throws HUB_CONFIG_UNREADABLE when the file cannot be read.
 */
export async function* readListFile(path: string): AsyncGenerator<RawRecord, void, void> {
  const correlationId = basename(path);
  const record = (bytes: Uint8Array): RawRecord => ({ bytes, format: 'JSON', correlationId });
  try {
    const page = await wholePage(path);
    if (page !== null) {
      for (const { bytes } of page) yield record(bytes);
      return;
    }
    for await (const line of linesOf(path)) {
      for (const bytes of rowsOf(line)) yield record(bytes);
    }
  } catch (thrown) {
    const { code } = thrown as { code?: unknown };
    if (typeof code !== 'string' || thrown instanceof HubError) throw thrown;
    const message = `${correlationId}: cannot be read (${code}), expected a file of JSON lines or a page of the interface`;
    throw new HubError('HUB_CONFIG_UNREADABLE', message, { cause: thrown });
  }
}

/** @returns null where the first line stands for itself, or the whole is no page. */
async function wholePage(path: string) {
  if ((await stat(path)).size > largestPageBytes) return null;
  for await (const line of linesOf(path)) {
    if (isJson(line)) return null;
    return sliceList(await readFile(path), ['data', 'list'])?.elements ?? null;
  }
  return null;
}

function rowsOf(line: Uint8Array): readonly Uint8Array[] {
  const mayBePage = Buffer.from(line.buffer, line.byteOffset, line.length).includes('"list"');
  const page = mayBePage ? sliceList(line, ['data', 'list']) : null;
  return page?.elements.map(({ bytes }) => bytes) ?? [line];
}

async function* linesOf(path: string): AsyncGenerator<Uint8Array, void, void> {
  let parts: Uint8Array[] = [];
  let size = 0;
  let first = true;
  const keep = (part: Uint8Array) => {
    const kept = part.subarray(0, Math.max(0, longestLineBytes - size));
    if (kept.length > 0) parts.push(kept);
    size += kept.length;
  };
  const finish = () => {
    const line = trim(new Uint8Array(Buffer.concat(parts, size)), first);
    first = false;
    parts = [];
    size = 0;
    return line;
  };
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
    let from = 0;
    for (let end = chunk.indexOf(lineFeed); end !== -1; end = chunk.indexOf(lineFeed, from)) {
      keep(chunk.subarray(from, end));
      const line = finish();
      if (!isBlank(line)) yield line;
      from = end + 1;
    }
    keep(chunk.subarray(from));
  }
  const line = finish();
  if (!isBlank(line)) yield line;
}

function trim(line: Uint8Array, isFirst: boolean): Uint8Array {
  const from = isFirst && bom.every((byte, i) => line[i] === byte) ? bom.length : 0;
  const to = line.at(-1) === carriageReturn ? line.length - 1 : line.length;
  return from === 0 && to === line.length ? line : line.slice(from, to);
}

const isBlank = (line: Uint8Array) => line.every((byte) => byte === 0x20 || byte === 0x09);

function isJson(line: Uint8Array): boolean {
  try {
    JSON.parse(new TextDecoder().decode(line));
    return true;
  } catch {
    return false;
  }
}
