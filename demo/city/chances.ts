/** Probability of each kind of disturbance, 0 to 1; what is not named does not happen. */
export type Chances<Kind extends string> = Partial<Record<Kind, number>>;

/** `kind:probability,kind:probability`. Throws an Error that says what is wrong. */
export function parseChances<Kind extends string>(kinds: readonly Kind[], text: string): Chances<Kind> {
  const pairs = text.split(',').filter((part) => part !== '');
  return checkChances(
    kinds,
    Object.fromEntries(pairs.map((pair) => [pair.split(':')[0], Number(pair.split(':')[1])])),
  );
}

export function checkChances<Kind extends string>(
  kinds: readonly Kind[],
  given: Readonly<Record<string, unknown>>,
): Chances<Kind> {
  for (const [kind, probability] of Object.entries(given)) {
    if (!(kinds as readonly string[]).includes(kind))
      throw new Error(`unknown disturbance ${kind}, expected one of ${kinds.join(', ')}`);
    if (typeof probability !== 'number' || !(probability >= 0 && probability <= 1))
      throw new Error(`${kind}: got ${String(probability)}, expected a probability from 0 to 1`);
  }
  return given as Chances<Kind>;
}
