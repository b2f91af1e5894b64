import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { z } from 'zod';

/**
 * Messages of the Common Alerting Protocol, OASIS CAP 1.2 (§3.2), as XML or in the same words as JSON:
 *
 * `<alert><identifier/><sender/><sent/><status>Actual</status><msgType>Alert|Update|Cancel|Ack|Error</msgType>
 * <references>sender,identifier,sent …</references><info><language/><event/><responseType/><severity/><eventCode/>
 * <effective/><onset/><expires/><headline/><description/><parameter/><area><areaDesc/><polygon>lat,lon …</polygon>
 * <geocode><valueName/><value/></geocode></area></info></alert>`
 *
 * Elements that CAP lets stand several times come as lists; from JSON one of them may come alone.
 */
const text = z
  .union([z.string(), z.number(), z.boolean()])
  .transform((value) => String(value).trim())
  .optional();
const many = <T extends z.ZodType>(one: T) =>
  z
    .union([z.array(one), one])
    .transform((value) => (Array.isArray(value) ? value : [value]) as z.infer<T>[])
    .default([]);
const pair = z.object({ valueName: text, value: text });

const area = z.object({ areaDesc: text, polygon: many(text), geocode: many(pair) });
const info = z.object({
  language: text,
  event: text,
  responseType: many(text),
  severity: text,
  eventCode: many(pair),
  effective: text,
  onset: text,
  expires: text,
  headline: text,
  description: text,
  parameter: many(pair),
  area: many(area),
});
const alert = z.object({
  identifier: text,
  sent: text,
  status: text,
  msgType: text,
  references: text,
  info: many(info),
});
export type CapAlert = z.infer<typeof alert>;
export type CapInfo = z.infer<typeof info>;
export type CapArea = z.infer<typeof area>;

const parser = new XMLParser({
  // No entity is ever expanded, not even the five of XML: what they stand for is in no field that is looked at.
  processEntities: false,
  ignoreAttributes: false,
  attributeNamePrefix: '@',
  removeNSPrefix: true,
  parseTagValue: false,
  parseAttributeValue: false,
  trimValues: true,
});

export const isMarkup = (body: string): boolean => /^\s*</.test(body.slice(0, 64));

export type Read<T> =
  | { readonly value: T; readonly problem?: undefined }
  | { readonly value?: undefined; readonly problem: string };

/** XML as nested objects. Says what is wrong instead of throwing: cut off, no XML, a DOCTYPE. */
export function readXml(body: string): Read<Readonly<Record<string, unknown>>> {
  // A document type may define entities that grow without end; no warning needs one.
  if (/<!DOCTYPE/i.test(body)) return { problem: 'XML with a DOCTYPE, expected none' };
  const valid = XMLValidator.validate(body);
  if (valid !== true) {
    const { code, line, col } = valid.err;
    return { problem: `no well-formed XML (${code} at line ${line}, column ${col})` };
  }
  try {
    return { value: parser.parse(body) as Record<string, unknown> };
  } catch {
    return { problem: 'XML that cannot be read' };
  }
}

/** One alert, from XML or JSON. */
export function readAlert(body: string): Read<CapAlert> {
  let found: unknown;
  if (isMarkup(body)) {
    const { value, problem } = readXml(body);
    if (value === undefined) return { problem };
    if (value.alert === undefined) return { problem: 'XML without <alert>' };
    found = value.alert;
  } else {
    try {
      found = JSON.parse(body);
    } catch {
      return { problem: `neither XML nor JSON (${body.length} characters)` };
    }
    if (typeof found === 'object' && found !== null && 'alert' in found) found = found.alert;
  }
  const parsed = alert.safeParse(found);
  if (parsed.success) return { value: parsed.data };
  const places = parsed.error.issues.map(({ path }) => path.join('.') || 'alert');
  return { problem: `no CAP alert: ${[...new Set(places)].join(', ')} not in the form of CAP 1.2` };
}
