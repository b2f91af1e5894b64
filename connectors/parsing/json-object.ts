import { z } from 'zod';

/** A field that should be text, in a world in which numbers come as text and texts as numbers. */
export const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()], { error: 'text' }).optional();
export type Scalar = z.infer<typeof scalar>;

export const asText = (value: Scalar): string => (value === null || value === undefined ? '' : String(value));

export type ParsedObject<F> =
  | { readonly fields: F; readonly problem?: undefined }
  /** What was found and what was expected, without any value: values are personal data. */
  | { readonly fields?: undefined; readonly problem: string };

/** Never throws. @param text one JSON object. @param shape each field's error is what was expected of it. */
export function parseObject<F>(text: string, shape: z.ZodType<F>): ParsedObject<F> {
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

function nameOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'an object';
  if (typeof value === 'number' && !Number.isFinite(value)) return 'a number out of range';
  return typeof value;
}
