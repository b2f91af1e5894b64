import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { AisReader } from '../../connectors/transports/ais-tcp/reader.ts';
import { sharedFolder } from '../support/shared.ts';
import { type Figure, figure } from './figure.ts';

/** What a socket gives at once. */
const chunkBytes = 64 * 1024;
const rounds = 5;

/**
 * Sentences of a recorded stream (fragments, tag blocks and `$PGHP` lines among them) decoded to messages with all their fields, on one
 * thread, beside gpsdecode on the same bytes; CPU time of both, so that neighbours on the machine do not count. The best of five rounds each.
 *
 * @param items sentences a round, about.
 */
export async function ais(items: number): Promise<readonly Figure[]> {
  const recorded = readFileSync(`${sharedFolder()}/data/ais/aislib_stream.nmea`);
  const sentences = recorded.toString('latin1').match(/^!/gm)?.length ?? 0;
  const times = Math.max(1, Math.round(items / sentences));
  const stream = Buffer.concat(Array.from({ length: times }, () => recorded));
  const ours = best(() => decode(stream));
  const theirs = best(() => gpsdecode(stream));
  const perSecond = ({ cpuMs }: Run) => (times * sentences) / (cpuMs / 1_000);
  return [
    figure('AIS decoding, reference gpsdecode', perSecond(ours), 'sentences/s', perSecond(theirs)),
    figure('AIS messages of that stream', ours.messages, 'messages', theirs.messages),
  ];
}

interface Run {
  readonly cpuMs: number;
  readonly messages: number;
}

function best(run: () => Run): Run {
  const runs = Array.from({ length: rounds }, run);
  return runs.reduce((a, b) => (b.cpuMs < a.cpuMs ? b : a));
}

function decode(stream: Uint8Array): Run {
  let messages = 0;
  const reader = new AisReader({
    onMessage: () => {
      messages += 1;
    },
  });
  const before = process.threadCpuUsage();
  for (let at = 0; at < stream.length; at += chunkBytes) reader.push(stream.subarray(at, at + chunkBytes), 0);
  const { user, system } = process.threadCpuUsage(before);
  return { cpuMs: (user + system) / 1_000, messages };
}

function gpsdecode(stream: Uint8Array): Run {
  const before = childCpuMs();
  const { stdout, error, status } = spawnSync('gpsdecode', ['-j'], {
    input: stream,
    maxBuffer: 64 * stream.length,
  });
  if (error !== undefined || status !== 0) {
    throw new Error(
      `gpsdecode, the reference, does not run (${error?.message ?? `exit code ${status}`}): apt-get install gpsd-clients`,
    );
  }
  return { cpuMs: childCpuMs() - before, messages: stdout.toString('latin1').match(/^\{/gm)?.length ?? 0 };
}

/** CPU time of the children that have ended: columns 16 and 17 of /proc/self/stat, in ticks of 10 ms. */
function childCpuMs(): number {
  const [, rest = ''] = readFileSync('/proc/self/stat', 'latin1').split(') ');
  const columns = rest.split(' ').map(Number);
  return (columns[13]! + columns[14]!) * 10;
}
