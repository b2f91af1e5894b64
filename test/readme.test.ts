import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';

const root = fileURLToPath(new URL('..', import.meta.url));
const english = readFileSync(join(root, 'README.md'), 'utf8');
const chinese = readFileSync(join(root, 'README.zh-CN.md'), 'utf8');
const run = promisify(execFile);

const linesIn = (text: string): readonly string[] =>
  [...text.matchAll(/^```sh\n([\s\S]*?)^```/gm)].flatMap(([, block = '']) => block.trimEnd().split('\n'));
const sectionOf = (page: string, heading: string): string =>
  new RegExp(`^## ${heading}\\n([\\s\\S]*?)(?=^## )`, 'm').exec(page)![1]!;

describe('the tour of README.md', () => {
  const tour = linesIn(sectionOf(english, 'Five-minute tour'));
  let folder: string;
  let hub: ChildProcess | null = null;

  /** A folder as the tour meets it: the hub's scripts, and nothing else. */
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'hub-tour-'));
    const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
      readonly scripts: Readonly<Record<string, string>>;
    };
    const here = (script = '') => script.replaceAll(/(\.\/)?cli\//g, `${root}cli/`);
    const scripts = { start: here(manifest.scripts.start), hub: here(manifest.scripts.hub) };
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ type: 'module', scripts }));
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  });
  afterEach(() => {
    hub?.kill('SIGKILL');
    hub = null;
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  });

  const shell = { LANG: 'C.UTF-8' };
  const said = async (script: string): Promise<string> => {
    const options = { cwd: folder, env: { ...process.env, ...shell }, maxBuffer: 1 << 28 };
    return (await run('bash', ['-ec', script], options)).stdout;
  };
  test('shows a linked matter, a dead letter and a decision on every city', async () => {
    // Without npm between: a signal must reach the hub itself.
    const start = ['--import', `${root}cli/require-node.mjs`, `${root}cli/hub.ts`, 'up', '--port', '0'];
    hub = spawn(process.execPath, start, {
      cwd: folder,
      env: { ...process.env, ...shell },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let announced = '';
    for await (const text of hub.stderr!.setEncoding('utf8').iterator({ destroyOnReturn: false })) {
      announced += text as string;
      if (/How it is: \S+/.test(announced)) break;
    }
    hub.stderr!.resume();
    const page = /How it is: (\S+)\//.exec(announced)![1]!;
    const pick = tour.find((line) => line.startsWith('item='))!;
    while ((await said(`${pick}; echo "$item"`)) === '\n') await sleep(500);

    // Each command and what it says, so that a failure names the step.
    const script = tour.map((line) => `echo '§'; ${line.replaceAll('http://127.0.0.1:8080', page)}`);
    const answers = (await said(script.join('\n'))).split('§\n').slice(1);
    expect(answers).toHaveLength(tour.length);
    const answerTo = (start: string, nth = 0) =>
      answers[tour.flatMap((line, index) => (line.startsWith(start) ? [index] : []))[nth]!]!;
    expect(answerTo('npm run -s hub -- tap items').match(/"itemClass":"SPECIALIZED"/g)).toHaveLength(3);
    expect(answerTo('npm run -s hub -- why')).toMatch(/^Cluster .*\n[\s\S]*^ {2}leads /m);
    expect(answerTo('npm run -s hub -- trace')).toMatch(/^Items of the cluster: \d+\n.* leads {4}/m);
    expect(answerTo('npm run -s hub -- tap department')).toMatch(/"clusterSize":[1-9].*"primaryItemId":null/);
    expect(answerTo('ls')).toContain('law-enforcement-');
    expect(answerTo('npm run -s hub -- backfill')).toMatch(/"read":1,"items":0,.*"dead":1/);
    expect(answerTo('npm run -s hub -- dead-letters list')).toMatch(
      / {2}grid-safety .* HUB_RECORD_MALFORMED /,
    );
    expect(answerTo('npm run -s hub -- dead-letters show')).toMatch(/^Bytes \(.*\)\n\{"eventNo"/m);
    expect(answerTo('npm run -s hub -- dead-letters discard')).toBe('1 discarded\n');
    expect(answerTo('npm run -s hub -- reclass')).toMatch(/ class +\S+ → MAJOR$/m);
    expect(answerTo('npm run -s hub -- why', 1)).toMatch(
      /^People's decisions\n[\s\S]*three people were hurt/m,
    );
    expect(answerTo('npm run -s hub -- status')).toContain(`duty page: ${page}`);
    expect(answerTo('curl')).toMatch(/^hub_items\{class="MAJOR"\} [1-9]/m);

    hub.kill('SIGTERM');
    expect(await once(hub, 'exit')).toEqual([0, null]);
  }, 300_000);

  test('is run to its last command', () => {
    expect(tour.length).toBeGreaterThan(12);
    expect(
      tour.filter((line) => !/^(npm run -s hub -- |\w+=\$\(npm run -s hub -- |echo |curl |ls )/.test(line)),
    ).toEqual([]);
  });
});

describe('README.md', () => {
  test('explains each field of an item, and no other', () => {
    const { fields } = JSON.parse(readFileSync(join(root, 'schemas/item.avsc'), 'utf8')) as {
      readonly fields: readonly { readonly name: string }[];
    };
    const rows = [...sectionOf(english, 'An item').matchAll(/^\| (`[^|]+) \|/gm)].map(([, cell]) => cell!);
    const explained = rows.flatMap((cell) => [...cell.matchAll(/`(\w+)`/g)].map(([, name]) => name!));
    expect([...explained].sort()).toEqual(fields.map(({ name }) => name).sort());
  });
});

describe('README.zh-CN.md is in step with README.md:', () => {
  /** The figures of speed are taken anew often: they stand in one place. */
  const oneLanguage = 'Speed';
  interface Section {
    readonly heading: string;
    readonly text: string;
  }
  const sectionsOf = (page: string): readonly Section[] =>
    page.split(/^## /m).map((part) => {
      const [heading = '', ...lines] = part.split('\n');
      return { heading, text: lines.join('\n') };
    });
  const ours = sectionsOf(english);
  const theirs = sectionsOf(chinese);

  /** As Chinese readers are led: to the Chinese page where there is one, and to the same section of their own page. */
  const targetsOf = (text: string, sections: readonly Section[]): readonly string[] =>
    [...text.matchAll(/\]\(([^)]+)\)/g)].map(([, target = '']) => {
      if (!target.startsWith('#')) return target.replace('.zh-CN.md', '.md');
      const anchorOf = ({ heading }: Section) => `#${heading.toLowerCase().replaceAll(' ', '-')}`;
      return `section ${sections.findIndex((section) => anchorOf(section) === target)}`;
    });
  const blocksOf = (text: string): readonly string[] =>
    [...text.matchAll(/^```(\w*)\n([\s\S]*?)^```/gm)].map(([, language = '', block = '']) => {
      if (language === 'sh') return block;
      // Of a map the names; of what a terminal shows the number of lines.
      const words =
        language === '' ? [...block.matchAll(/^ *(?:[\w-]+\/ ?)+/gm)].map(([path]) => path.trimEnd()) : [];
      return [language, block.split('\n').length, ...words].join('\n');
    });
  const rowsOf = (text: string): readonly string[] =>
    [...text.matchAll(/^\|.*\|$/gm)].map(([row]) => (/^\| `/.test(row) ? row.split('|')[1]! : ''));
  const typedIn = (text: string): readonly string[] =>
    [...text.matchAll(/`(npm [^`]+|--[^`]+|[^` ]*HUB_\w+[^`]*)`/g)].map(([, typed]) => typed!).sort();

  test('it has as many sections', () => {
    expect(theirs).toHaveLength(ours.length);
    expect(ours.length).toBeGreaterThan(8);
  });

  test.each(ours.filter(({ heading }) => heading !== oneLanguage).map(({ heading }) => heading))(
    '%s has the same blocks, links, table rows and things to type',
    (heading) => {
      const index = ours.findIndex((section) => section.heading === heading);
      const [mine, its] = [ours[index]!.text, theirs[index]!.text];
      expect(blocksOf(its)).toEqual(blocksOf(mine));
      expect(rowsOf(its)).toEqual(rowsOf(mine));
      expect(typedIn(its)).toEqual(typedIn(mine));
      if (index > 0) expect(targetsOf(its, theirs)).toEqual(targetsOf(mine, ours));
    },
  );

  test('a block that differs would be noticed', () => {
    expect(blocksOf('```sh\nnpm start\n```')).not.toEqual(blocksOf('```sh\nnpm test\n```'));
    expect(blocksOf('```\na/  one\n```')).not.toEqual(blocksOf('```\nb/  one\n```'));
  });
});
