/** PostgreSQL's texts hold every character but U+0000: what is stored and what is looked for have another in its place. */
export const storable = (text: string): string => text.replaceAll('\u0000', '\uFFFD');
