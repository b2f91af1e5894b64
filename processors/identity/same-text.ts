/** Below this share of common 4-grams two texts tell different matters (project default, domain.md §6 "text differs"). */
export const differentTextBelow = 0.2;

/** Jaccard similarity of the sets of character 4-grams; letters, digits and Han only, so that re-formatting changes nothing. */
export function textSimilarity(a: string, b: string): number {
  const one = grams(a);
  const other = grams(b);
  if (one.size === 0 && other.size === 0) return 1;
  let common = 0;
  for (const gram of one) if (other.has(gram)) common++;
  return common / (one.size + other.size - common);
}

const gramLength = 4;

function grams(text: string): ReadonlySet<string> {
  const bare = text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '');
  const found = new Set<string>();
  if (bare.length > 0 && bare.length < gramLength) found.add(bare);
  for (let i = 0; i + gramLength <= bare.length; i++) found.add(bare.slice(i, i + gramLength));
  return found;
}
