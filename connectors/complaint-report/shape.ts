import { z } from 'zod';
import { type ParsedObject, parseObject, scalar } from '../parsing/json-object.ts';

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

/** Never throws. @param text one JSON object. */
export const parseComplaint = (text: string): ParsedObject<ComplaintFields> => parseObject(text, shape);

/** The fields that make a correction when they change (domain.md §6), as they came; null and absent are the same. */
export function contentOf(fields: ComplaintFields): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).filter(
      ([name, value]) => !volatile.has(name) && value !== null && value !== undefined,
    ),
  );
}
