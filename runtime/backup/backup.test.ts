import { spawn, spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { create, extract } from 'tar';
import type { Keeping } from '../../test/support/backup-process.ts';
import { entry } from '../../test/support/hub-process.ts';
import { folderAttachmentStore } from '../attachment-store/folder.ts';
import { inTransaction, openDatabase } from '../embedded/database.ts';
import { formatVersion } from '../embedded/format.ts';
import { lockDataFolder } from '../embedded/lock.ts';
import { makeBackup } from './make.ts';
import { restoreBackup } from './restore.ts';

const program = fileURLToPath(new URL('../../test/support/backup-process.ts', import.meta.url));
const made = { program: '0.1.0', instance: 'hub', at: '2026-03-10T08:00:00.000+08:00' };
const whole = (code: string) => expect.objectContaining({ code });

let home: string;
let data: string;
let references: string[];

/** A data folder with some records and attachments; nobody changes it. */
beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'hub-backup-'));
  data = join(home, 'data');
  const db = openDatabase(data, 'write');
  inTransaction(db, () => {
    for (let n = 0; n < 2_000; n++) addProducer(db, `producer ${n} ${'x'.repeat(200)}`);
  });
  db.close();
  const store = folderAttachmentStore(join(data, 'attachments'));
  references = [];
  for (const size of [0, 10, 700_000]) references.push(await store.put(randomBytes(size)));
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(home, 'test-'));
  file = join(folder, 'hub.tar.gz');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function addProducer(db: DatabaseSync, id: string): void {
  db.prepare('INSERT INTO producer VALUES (?, 1)').run(id);
}

interface Options {
  readonly from?: string;
  readonly signal?: AbortSignal;
  onProgress?(step: string): void;
}
const backup = ({
  from = data,
  signal = new AbortController().signal,
  onProgress = () => {},
}: Options = {}) =>
  makeBackup({ folder: from, attachments: join(from, 'attachments'), file, made, signal, onProgress });
const restore = (from = file, to = join(folder, 'restored'), options: Options = {}) =>
  restoreBackup({
    file: from,
    folder: to,
    signal: options.signal ?? new AbortController().signal,
    onProgress: options.onProgress ?? (() => {}),
  });

const producersIn = (path: string): readonly string[] => {
  const db = openDatabase(path, 'read');
  const rows = db.prepare('SELECT transactional_id AS id FROM producer ORDER BY id').all();
  db.close();
  return rows.map(({ id }) => String(id));
};

/** All that counts of a data folder. */
async function expectSame(found: string): Promise<void> {
  expect(producersIn(found)).toEqual(producersIn(data));
  const store = folderAttachmentStore(join(found, 'attachments'));
  for (const reference of references) expect(await store.has(reference)).toBe(true);
  expect(readdirSync(found).filter((name) => !/^(hub|lock)\.db/.test(name))).toEqual(['attachments']);
}

describe('a backup', () => {
  test('restored elsewhere is the same data, with every attachment', async () => {
    const result = await backup();
    const bytes = readFileSync(file);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    expect(result).toEqual({ file, bytes: bytes.length, sha256, attachments: 3, damaged: [] });
    expect(readdirSync(folder)).toEqual(['hub.tar.gz']);
    expect(await restore()).toMatchObject({ ...made, format: formatVersion });
    await expectSame(join(folder, 'restored'));
  });

  test('can be read by its user only: it holds personal data', async () => {
    await backup();
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  test('of a folder that is written all the while is one moment of it, attachments included', async () => {
    const live = join(folder, 'live');
    cpSync(data, live, { recursive: true });
    const db = openDatabase(live, 'write');
    const store = folderAttachmentStore(join(live, 'attachments'));
    let going = true;
    let commits = 0;
    // As intake does: the attachment first, then the transaction that refers to it, and to itself twice.
    const writing = (async () => {
      while (going) {
        const reference = await store.put(randomBytes(100));
        inTransaction(db, () => {
          addProducer(db, `one ${reference}`);
          addProducer(db, `two ${reference}`);
        });
        commits += 1;
      }
    })();
    while (commits === 0) await new Promise(setImmediate);
    const before = commits;
    await backup({ from: live });
    expect(commits).toBeGreaterThan(before);
    going = false;
    await writing;
    db.close();
    await restore();
    const found = producersIn(join(folder, 'restored'));
    const named = (word: string) =>
      found.filter((id) => id.startsWith(`${word} `)).map((id) => id.slice(word.length + 1));
    expect(named('one')).toEqual(named('two'));
    expect(named('one').length).toBeGreaterThanOrEqual(before);
    expect(named('one').length).toBeLessThan(commits);
    const restored = folderAttachmentStore(join(folder, 'restored', 'attachments'));
    for (const reference of named('one')) expect((await restored.get(reference)).length).toBe(100);
  });

  test('never takes the place of a file that exists', async () => {
    writeFileSync(file, 'the backup of yesterday');
    await expect(backup()).rejects.toEqual(whole('HUB_BACKUP_TARGET_TAKEN'));
    expect(readFileSync(file, 'utf8')).toBe('the backup of yesterday');
    expect(readdirSync(folder)).toEqual(['hub.tar.gz']);
  });

  test('does not make up a folder for a disk that is not there', async () => {
    file = join(folder, 'not-mounted', 'hub.tar.gz');
    await expect(backup()).rejects.toEqual(whole('HUB_DATA_WRITE'));
    expect(readdirSync(folder)).toEqual([]);
  });

  test('of a damaged data file is not made', async () => {
    const damaged = join(folder, 'damaged');
    cpSync(data, damaged, { recursive: true });
    const bytes = readFileSync(join(damaged, 'hub.db'));
    writeFileSync(join(damaged, 'hub.db'), bytes.fill(0xa5, 5 * 8_192, 40 * 8_192));
    await expect(backup({ from: damaged })).rejects.toEqual(whole('HUB_DATA_DAMAGED'));
    expect(readdirSync(folder)).toEqual(['damaged']);
  });

  test('names an attachment that is damaged, and holds all others', async () => {
    const damaged = join(folder, 'damaged');
    cpSync(data, damaged, { recursive: true });
    const [, reference = ''] = references;
    writeFileSync(join(damaged, 'attachments', reference.slice(0, 2), reference), 'rotten');
    expect(await backup({ from: damaged })).toMatchObject({ attachments: 2, damaged: [reference] });
    await restore();
    const store = folderAttachmentStore(join(folder, 'restored', 'attachments'));
    expect(await Promise.all(references.map((one) => store.has(one)))).toEqual([true, false, true]);
  });

  test.each(['copy', 'check', 'pack'])(
    'that is interrupted while it does "%s" leaves nothing',
    async (at) => {
      const interrupted = new AbortController();
      const stopping = backup({
        signal: interrupted.signal,
        onProgress: (step) => step === at && interrupted.abort(),
      });
      await expect(stopping).rejects.toMatchObject({ name: 'AbortError' });
      expect(readdirSync(folder)).toEqual([]);
    },
  );

  test('is refused while another one to the same file is being made', async () => {
    const both = await Promise.allSettled([backup(), backup()]);
    const refused = both.flatMap((one) => (one.status === 'rejected' ? [one.reason as unknown] : []));
    expect(refused).toEqual([whole('HUB_DATA_LOCKED')]);
    await restore();
  });
});

describe('a file that is no whole backup', () => {
  let unpacked: string;

  beforeEach(async () => {
    await backup();
    unpacked = join(folder, 'unpacked');
    mkdirSync(unpacked);
    await extract({ file, cwd: unpacked });
  });

  async function repacked(change: () => void): Promise<string> {
    change();
    const path = join(folder, 'changed.tar.gz');
    await create({ file: path, cwd: unpacked, gzip: true }, readdirSync(unpacked).sort().reverse());
    return path;
  }
  const manifest = () => JSON.parse(readFileSync(join(unpacked, 'manifest.json'), 'utf8')) as object;
  const writeManifest = (text: string) => writeFileSync(join(unpacked, 'manifest.json'), text);

  async function expectRefused(path: string, code: string): Promise<void> {
    const before = readdirSync(folder);
    await expect(restore(path)).rejects.toEqual(whole(code));
    expect(readdirSync(folder)).toEqual(before);
  }

  test.each([0, 1, 17, 512, 0.3, 0.9, 0.9999])('(cut off at %p) is refused', async (at) => {
    const { size } = statSync(file);
    truncateSync(file, at < 1 ? Math.floor(at * size) : at);
    await expectRefused(file, 'HUB_BACKUP_UNUSABLE');
  });

  test.each([0, 0.01, 0.4, 0.8, 0.9999])('(a byte changed at %p of its length) is refused', async (at) => {
    const bytes = readFileSync(file);
    bytes[Math.floor(at * bytes.length)]! ^= 0x10;
    writeFileSync(file, bytes);
    await expectRefused(file, 'HUB_BACKUP_UNUSABLE');
  });

  test.each<[string, () => void]>([
    ['without a manifest', () => rmSync(join(unpacked, 'manifest.json'))],
    ['with another manifest', () => writeManifest('{"archive":1}')],
    [
      'with a manifest that leads out of it',
      () =>
        writeManifest(
          JSON.stringify({ ...manifest(), parts: [{ path: '../hub.db', bytes: 1, sha256: '0'.repeat(64) }] }),
        ),
    ],
    ['without the data file', () => rmSync(join(unpacked, 'hub.db'))],
    [
      'without an attachment',
      () => rmSync(join(unpacked, 'attachments', references[2]!.slice(0, 2)), { recursive: true }),
    ],
    ['with a file more', () => writeFileSync(join(unpacked, 'hub.db-wal'), 'x')],
    [
      'with another data file',
      () => {
        const db = new DatabaseSync(join(unpacked, 'hub.db'));
        db.exec("PRAGMA journal_mode = DELETE; INSERT INTO producer VALUES ('another', 1)");
        db.close();
      },
    ],
    [
      'with a link for a data file',
      () => {
        rmSync(join(unpacked, 'hub.db'));
        symlinkSync(join(data, 'hub.db'), join(unpacked, 'hub.db'));
      },
    ],
  ])('(an archive %s) is refused', async (_, change) => {
    await expectRefused(await repacked(change), 'HUB_BACKUP_UNUSABLE');
  });

  test('(of a newer hub) is refused as such', async () => {
    for (const newer of [{ archive: 2, parts: 'elsewhere' }, { format: formatVersion + 1 }]) {
      const path = await repacked(() => writeManifest(JSON.stringify({ ...manifest(), ...newer })));
      await expectRefused(path, 'HUB_DATA_FORMAT');
    }
  });

  test.each([
    ['absent', () => {}],
    ['a folder', (path: string) => mkdirSync(path)],
    ['a letter', (path: string) => writeFileSync(path, 'A letter to the mayor. '.repeat(400))],
    ['the data file itself', (path: string) => copyFileSync(join(data, 'hub.db'), path)],
  ])('(%s) is refused', async (_, make) => {
    const path = join(folder, 'other');
    make(path);
    await expectRefused(path, 'HUB_BACKUP_UNUSABLE');
  });
});

describe('restoring', () => {
  beforeEach(async () => {
    await backup();
  });

  test('into an empty folder, or one where a hub has left its lock only, fills it', async () => {
    for (const [name, prepare] of [
      ['empty', (path: string) => mkdirSync(path)],
      ['locked once', (path: string) => lockDataFolder(path).release()],
    ] as const) {
      prepare(join(folder, name));
      await restore(file, join(folder, name));
      await expectSame(join(folder, name));
    }
  });

  test.each([
    ['data of a hub', (path: string) => cpSync(data, path, { recursive: true })],
    [
      'something else',
      (path: string) => {
        mkdirSync(path);
        writeFileSync(join(path, 'letter.txt'), '');
      },
    ],
    ['attachments alone', (path: string) => mkdirSync(join(path, 'attachments'), { recursive: true })],
  ])('into a folder with %s is refused, and changes nothing', async (_, prepare) => {
    const full = join(folder, 'full');
    prepare(full);
    const before = readdirSync(full, { recursive: true });
    await expect(restore(file, full)).rejects.toEqual(whole('HUB_BACKUP_TARGET_TAKEN'));
    expect(readdirSync(full, { recursive: true })).toEqual(before);
  });

  test('into the folder of a running hub is refused as such', async () => {
    const held = join(folder, 'held');
    cpSync(data, held, { recursive: true });
    const lock = lockDataFolder(held);
    await expect(restore(file, held)).rejects.toEqual(whole('HUB_DATA_LOCKED'));
    lock.release();
  });

  test.each(['unpack', 'verify'])('that is interrupted while it does "%s" leaves nothing', async (at) => {
    const interrupted = new AbortController();
    const stopping = restore(file, join(folder, 'restored'), {
      signal: interrupted.signal,
      onProgress: (step) => step === at && interrupted.abort(),
    });
    await expect(stopping).rejects.toMatchObject({ name: 'AbortError' });
    expect(readdirSync(folder)).toEqual(['hub.tar.gz']);
  });
});

describe('killed at any call to the disk', () => {
  const run = (keeping: Keeping) =>
    spawnSync(process.execPath, [program, JSON.stringify(keeping)], { encoding: 'utf8' });

  test('a backup leaves no file, or a whole one; the next one clears up', async () => {
    let dieAt = 1;
    for (; ; dieAt += 3) {
      const { signal, stdout } = run({ act: 'backup', file, folder: data, dieAt });
      if (signal !== 'SIGKILL') {
        expect(stdout).toBe('complete');
        break;
      }
      if (!existsSync(file)) continue;
      await restore();
      rmSync(join(folder, 'restored'), { recursive: true });
      rmSync(file);
    }
    expect(dieAt).toBeGreaterThan(10);
    expect(readdirSync(folder)).toEqual(['hub.tar.gz']);
    await restore();
    await expectSame(join(folder, 'restored'));
  }, 120_000);

  test('a restore leaves no data, on which no hub starts, or all of them; the next one clears up', async () => {
    await backup();
    const restored = join(folder, 'restored');
    let dieAt = 1;
    let halves = 0;
    for (; ; dieAt += 3) {
      const { signal, stdout } = run({ act: 'restore', file, folder: restored, dieAt });
      if (signal !== 'SIGKILL') {
        expect(stdout).toBe('complete');
        break;
      }
      if (existsSync(join(restored, 'hub.db'))) {
        expect(producersIn(restored)).toEqual(producersIn(data));
        rmSync(restored, { recursive: true });
      } else if (existsSync(join(restored, 'restoring'))) {
        halves += 1;
        expect(() => openDatabase(restored, 'write')).toThrow(whole('HUB_DATA_FORMAT'));
      }
    }
    expect(halves).toBeGreaterThan(5);
    await expectSame(restored);
  }, 120_000);
});

describe('a full disk', () => {
  /** The command as its users give it, where no file may grow beyond some KiB. */
  async function limited(
    kib: number,
    ...args: readonly string[]
  ): Promise<{ code: number | null; said: string }> {
    const command = ['-c', `ulimit -f ${kib}; exec "$@"`, '--', process.execPath, entry, ...args];
    const child = spawn('bash', command, { stdio: ['ignore', 'ignore', 'pipe'] });
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
    const [code] = (await once(child, 'exit')) as [number | null];
    return { code, said };
  }

  test.each([0, 40, 500])(
    '(files of at most %i KiB) ends a backup as HUB_DATA_WRITE, and leaves nothing',
    async (kib) => {
      const { code, said } = await limited(kib, 'backup', file, '--data', data);
      expect({ code, said }).toEqual({
        code: 1,
        said: expect.stringMatching(/^HUB_DATA_WRITE: .*hub\.tar\.gz/),
      });
      expect(readdirSync(folder)).toEqual([]);
    },
  );

  test.each([0, 40, 500])(
    '(files of at most %i KiB) ends a restore as HUB_DATA_WRITE, and leaves nothing',
    async (kib) => {
      await backup();
      const { code, said } = await limited(kib, 'restore', file, '--data', join(folder, 'restored'));
      expect({ code, said }).toEqual({ code: 1, said: expect.stringMatching(/^HUB_DATA_WRITE: /) });
      expect(readdirSync(folder)).toEqual(['hub.tar.gz']);
    },
  );
});
