import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import type { RawRecord } from '../../runtime/connector.ts';
import { AisReader } from '../transports/ais-tcp/index.ts';
import { readListFile } from '../transports/paged-json/index.ts';
import { distressOf } from './distress.ts';
import { DistressWatch } from './distress-watch.ts';

/** As the option's default. */
export const usualEndsAfterMs = 6 * 3_600_000;

/** What a line of NMEA 0183 begins with: a sentence, a tag block, a comment of a recorder. */
const nmea = /^\s*[!$\\#]/;

/**
 * A file of alarms (JSON, one a line or a list), or a recording of NMEA 0183: of that the distress signals, timed by tag blocks or `$PGHP`. A signal without a
 * time becomes a dead letter.
 */
export async function* readOceanFile(path: string): AsyncGenerator<RawRecord, void, void> {
  if (await isNmea(path)) yield* readRecording(path);
  else yield* readListFile(path);
}

async function isNmea(path: string): Promise<boolean> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(64), 0, 64, 0);
    return nmea.test(buffer.toString('latin1', 0, bytesRead));
  } finally {
    await file.close();
  }
}

async function* readRecording(path: string): AsyncGenerator<RawRecord, void, void> {
  const watch = new DistressWatch(usualEndsAfterMs, []);
  let newest = 0;
  const reader = new AisReader({
    onMessage: (message, origin) => {
      newest = Math.max(newest, origin.at);
      const signal = distressOf(message);
      if (signal !== null) watch.hear(signal, origin.at, origin.station ?? 'file', origin.lines());
    },
  });
  for await (const chunk of createReadStream(path)) {
    reader.push(chunk as Uint8Array, 0);
    yield* watch.take(newest).records;
  }
  reader.end();
  yield* watch.take(newest).records;
}
