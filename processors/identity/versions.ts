/**
 * Compares two record versions as a source gives them: sequence numbers (`9` < `10`) or update times written in one
 * form (`2026-03-10 9:02` < `2026-03-10 10:00`). Runs of digits count as numbers, what stands between them must be equal.
 *
 * @returns below 0, 0, above 0; null when they are not of one form, so that nothing can be said.
 */
export function compareVersions(a: string, b: string): number | null {
  const left = parts(a);
  const right = parts(b);
  if (left.length !== right.length) return null;
  let order = 0;
  for (let i = 0; i < left.length; i++) {
    const one = left[i]!;
    const other = right[i]!;
    // Odd places are digits, even ones what stands between them.
    if (i % 2 === 0) {
      if (one !== other) return null;
    } else if (order === 0) {
      order = compareDigits(one, other);
    }
  }
  return left.length === 1 ? null : order;
}

const parts = (version: string): readonly string[] => version.trim().split(/(\d+)/);

/** Any length: a sequence of 20 digits does not fit a number. */
function compareDigits(a: string, b: string): number {
  const one = a.replace(/^0+/, '');
  const other = b.replace(/^0+/, '');
  if (one.length !== other.length) return one.length - other.length;
  return one < other ? -1 : one > other ? 1 : 0;
}
