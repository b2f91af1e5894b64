import { z } from 'zod';
import { asText, type ParsedObject, parseObject, scalar } from '../parsing/json-object.ts';

/**
 * One event, as the platform pushes it:
 *
 * ```json
 * {"eventNo":"WG330903003-20260310-0012","eventSource":"排查发现","type1":"问题隐患","type2":"环保生态","level":"四级",
 *  "severity":"一般","gridCode":"330903003003012","gridWorker":"网格员07","desc":"菜场后门生活垃圾堆积约2方",
 *  "personNum":null,"isGroup":"否","isEmergency":"否","mapLocation":"122.305611,29.944098","coordType":"gcj02",
 *  "acceptDate":"2026-03-10 08:40:05","nodeValue":"10","files":[{"u":"/f/1.jpg","t":"before"}],"ts":1773103205}
 * ```
 *
 * The list of a day has the same without `ts`. Any field may be missing, null or empty; numbers come as text and texts as numbers.
 */
const file = z.union([z.string(), z.object({ u: scalar, t: scalar })]);
type DeliveredFile = z.infer<typeof file>;

const shape = z.object({
  eventNo: scalar,
  eventSource: scalar,
  type1: scalar,
  type2: scalar,
  level: scalar,
  severity: scalar,
  gridCode: scalar,
  gridWorker: scalar,
  desc: scalar,
  personNum: scalar,
  isGroup: scalar,
  isEmergency: scalar,
  mapLocation: scalar,
  coordType: scalar,
  acceptDate: scalar,
  nodeValue: scalar,
  files: z.union([z.null(), z.literal(''), z.array(file)], { error: 'a list of {u,t}' }).optional(),
});

export type EventFields = z.infer<typeof shape>;

/** Never throws. @param text one JSON object. */
export const parseEvent = (text: string): ParsedObject<EventFields> => parseObject(text, shape);

/** What changes without a change of the matter, and the number, which is not content but identity. `ts` is not even read. */
const volatile: ReadonlySet<string> = new Set<keyof EventFields>(['eventNo', 'nodeValue']);

/**
 * The fields that make a correction when they change (domain.md §6). Push and list must give the same, although they are written by two programs
 * of the vendor: null, absent and empty are the same, a number is its text, and a file is its two texts.
 */
export function contentOf({ files, ...fields }: EventFields): Record<string, unknown> {
  const texts = Object.entries(fields)
    .filter(([name, value]) => !volatile.has(name) && asText(value) !== '')
    .map(([name, value]) => [name, asText(value)]);
  return { ...Object.fromEntries(texts), ...(files && files.length > 0 && { files: files.map(textOfFile) }) };
}

const textOfFile = (file: DeliveredFile): string =>
  typeof file === 'string' ? file : `${asText(file.t)} ${asText(file.u)}`;

export const referencesOf = ({ files }: EventFields): readonly string[] =>
  (files || []).map((file) => (typeof file === 'string' ? file : asText(file.u)));
