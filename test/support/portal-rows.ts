import { writeFileSync } from 'node:fs';

/** A row of `data.list` as the portal of complaint-report gives it: open, told on 2026-03-10 at 08:12:33, and complete but for place and person. */
export const portalRow = (over: Readonly<Record<string, unknown>> = {}): string =>
  JSON.stringify({
    id: 'TS202603100001',
    title: '路灯不亮',
    content: '海印路的路灯三天没亮',
    type: '投诉',
    channel: '微信',
    createTime: '2026-03-10 08:12:33',
    updateTime: 1_773_101_553_000,
    status: '0',
    ...over,
  });

/** A file as `backfill` and the portal's `--records` take it. Returns its path. */
export function writeRows(path: string, rows: readonly string[]): string {
  writeFileSync(path, rows.map((row) => `${row}\n`).join(''));
  return path;
}
