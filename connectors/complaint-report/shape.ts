import { z } from 'zod';

/**
 * One object of `data.list`, as the portal sends it:
 *
 * ```json
 * {"id":"TS202603100047","title":"东港菜场后门垃圾没人清","content":"垃圾堆了三天…","type":"投诉","channel":"微信",
 *  "reporterName":"王**","reporterTel":"138****8000","anonymous":"0","addr":"东港街道海印路菜场后门",
 *  "lng":"122.305605","lat":"29.944131","happenTime":"2026/3/10 7:5","createTime":"2026-03-10 08:12:33",
 *  "updateTime":1773101553000,"status":"1","imgs":"/up/0310/a.jpg,/up/0310/b.jpg"}
 * ```
 *
 * Any field may be missing, null or empty; numbers come as text and texts as numbers. `category`, `urgent` and `level` are
 * sent by some versions of the portal only. Other fields (view counters…) are not looked at.
 */
const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()], { error: 'text' }).optional();
const list = z.union([scalar, z.array(z.string())], { error: 'text, or a list of texts' }).optional();

const shape = z.object({
  id: scalar,
  title: scalar,
  content: scalar,
  type: scalar,
  category: scalar,
  channel: scalar,
  reporterName: scalar,
  reporterTel: scalar,
  anonymous: scalar,
  addr: scalar,
  lng: scalar,
  lat: scalar,
  happenTime: scalar,
  createTime: scalar,
  updateTime: scalar,
  status: scalar,
  urgent: scalar,
  level: scalar,
  imgs: list,
});

export type ComplaintFields = z.infer<typeof shape>;

/** Status and update time change without a change of the matter; the id is not content but identity. */
const volatile: ReadonlySet<string> = new Set<keyof ComplaintFields>(['id', 'status', 'updateTime']);

export type ParsedComplaint =
  | { readonly fields: ComplaintFields; readonly problem?: undefined }
  /** What was found and what was expected, without any value: values are personal data. */
  | { readonly fields?: undefined; readonly problem: string };

/** Never throws. @param text one JSON object. */
export function parseComplaint(text: string): ParsedComplaint {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    // The engine's message quotes the text; only its position is free of personal data.
    const position = /position (\d+)/.exec(String(error))?.[1] ?? String(text.length);
    const found = text.trimStart().startsWith('<')
      ? 'markup (a log-in page?)'
      : `text that breaks off at position ${position}`;
    return { problem: `record: ${found}, expected a JSON object (${text.length} characters)` };
  }
  const parsed = shape.safeParse(json);
  if (parsed.success) return { fields: parsed.data };
  const problems = parsed.error.issues.map(({ path, message }) => {
    const [field] = path;
    if (field === undefined) return `record: ${nameOf(json)}, expected a JSON object`;
    return `${String(field)}: ${nameOf((json as Record<string, unknown>)[String(field)])}, expected ${message}`;
  });
  return { problem: problems.join('; ') };
}

/** The fields that make a correction when they change (domain.md §6), as they came; null and absent are the same. */
export function contentOf(fields: ComplaintFields): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).filter(
      ([name, value]) => !volatile.has(name) && value !== null && value !== undefined,
    ),
  );
}

function nameOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'an object';
  if (typeof value === 'number' && !Number.isFinite(value)) return 'a number out of range';
  return typeof value;
}
