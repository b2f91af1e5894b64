import type { Payload } from './ais-bits.ts';

/** A sentence holds 82 characters with its frame. */
const longestPayload = 60;

/** XOR of what stands between `!` and `*`, two hexadecimal digits. */
export function checksum(text: string): string {
  let sum = 0;
  for (const char of text) sum ^= char.charCodeAt(0);
  return sum.toString(16).toUpperCase().padStart(2, '0');
}

/**
 * The sentences of a message, without line ends: `!AIVDM,<count>,<number>,<group>,<channel>,<payload>,<fill bits>*<checksum>`.
 * @param group 0 to 9, tells the fragments of one message from those of another; left out where there is one
 */
export function sentences({ text, fill }: Payload, channel: 'A' | 'B', group: number): readonly string[] {
  const count = Math.ceil(text.length / longestPayload);
  return Array.from({ length: count }, (_, i) => {
    const part = text.slice(i * longestPayload, (i + 1) * longestPayload);
    const fields = [count, i + 1, count > 1 ? group : '', channel, part, i === count - 1 ? fill : 0];
    const body = `AIVDM,${fields.join(',')}`;
    return `!${body}*${checksum(body)}`;
  });
}
