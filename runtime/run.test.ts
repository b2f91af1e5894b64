import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from '@jest/globals';
import type { StubHub } from '../test/support/stub-hub/main.ts';
import { exitCodes, stopWithinMs } from './run.ts';

const main = fileURLToPath(new URL('../test/support/stub-hub/main.ts', import.meta.url));

interface Hub {
  readonly process: ChildProcess;
  readonly out: () => string;
  readonly err: () => string;
  readonly exit: Promise<number | null>;
}

const running: ChildProcess[] = [];
afterEach(() => {
  for (const child of running.splice(0)) child.kill('SIGKILL');
});

function start(hub: StubHub): Hub {
  const child = spawn(process.execPath, [main, JSON.stringify(hub)], { stdio: ['ignore', 'pipe', 'pipe'] });
  running.push(child);
  let out = '';
  let err = '';
  child.stdout.on('data', (chunk) => {
    out += chunk;
  });
  child.stderr.on('data', (chunk) => {
    err += chunk;
  });
  const exit = new Promise<number | null>((resolve) => child.on('close', resolve));
  return { process: child, out: () => out, err: () => err, exit };
}

/** Waits for a text on standard error; fails when the process ends before. */
async function said(hub: Hub, text: string): Promise<void> {
  let ended = false;
  void hub.exit.then(() => {
    ended = true;
  });
  while (!hub.err().includes(text)) {
    if (ended) throw new Error(`the hub ended without saying "${text}":\n${hub.err()}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

test.each(['SIGTERM', 'SIGINT'] as const)(
  '%s stops connectors, drains the writer and ends with 0',
  async (signal) => {
    const hub = start({ connectors: ['steady'], assembly: { drainMs: 300 } });
    await said(hub, 'delivering');
    hub.process.kill(signal);
    expect(await hub.exit).toBe(exitCodes.drained);
  },
);

test('a connector that does not stop is ended; what is left undone shows in the exit code', async () => {
  const hub = start({ connectors: ['steady', 'never-stops', 'spins'] });
  await said(hub, 'delivering');
  hub.process.kill('SIGTERM');
  expect(await hub.exit).toBe(exitCodes.drainIncomplete);
  // the spinning one may be late too, when the watchdog has not ended it before the signal came
  expect(hub.err()).toMatch(/"late":\[[^\]]*"never-stops"/);
});

test('a second signal ends the hub at once, though a connector does not stop', async () => {
  const hub = start({ connectors: ['never-stops'] });
  await said(hub, 'delivering');
  hub.process.kill('SIGTERM');
  await said(hub, '"stopping"');
  hub.process.kill('SIGTERM');
  expect(await hub.exit).toBe(exitCodes.forced);
});

test('when the writer dies the hub goes down with a code that has it restarted', async () => {
  const hub = start({ connectors: ['steady'], afterwards: 'die' });
  expect(await hub.exit).toBe(exitCodes.writerDied);
  expect(hub.err()).toContain('the writer died');
});

test('a writer that cannot start says why and nothing is started', async () => {
  const hub = start({ connectors: ['steady'], assembly: { locked: true } });
  expect(await hub.exit).toBe(exitCodes.notStarted);
  expect(hub.err()).toContain('HUB_DATA_LOCKED');
});

test('a front that cannot open ends the start in order', async () => {
  const hub = start({ connectors: ['steady'], busy: true });
  expect(await hub.exit).toBe(exitCodes.notStarted);
  expect(hub.err()).toContain('port taken');
});

test('what a connector prints does not reach standard output', async () => {
  const hub = start({ connectors: ['prints'] });
  await said(hub, 'a stray print');
  hub.process.kill('SIGTERM');
  expect(await hub.exit).toBe(exitCodes.drained);
  expect(hub.out()).toBe('');
});

test('the steps of stopping fit into 20 seconds', () => {
  const { front, connectors, writerLoop, sinks, writer } = stopWithinMs;
  expect(Math.max(front, connectors) + writerLoop + sinks + writer).toBeLessThanOrEqual(18_000);
});
