/** XOR of the bytes from `start` to before `end` (IEC 61162-1). */
export function xor(bytes: Uint8Array, start: number, end: number): number {
  let sum = 0;
  for (let i = start; i < end; i++) sum ^= bytes[i]!;
  return sum;
}

/** Two hexadecimal digits at this place; -1 when there are none. */
export function hexByte(bytes: Uint8Array, at: number, end: number): number {
  if (at + 2 > end) return -1;
  const [high, low] = [digit(bytes[at]!), digit(bytes[at + 1]!)];
  return high < 0 || low < 0 ? -1 : high * 16 + low;
}

function digit(code: number): number {
  if (code >= 48 && code <= 57) return code - 48;
  const letter = code | 32;
  return letter >= 97 && letter <= 102 ? letter - 87 : -1;
}
