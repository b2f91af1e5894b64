/** A small schema, with these fields besides its text. */
export const note = (...more: readonly object[]) => ({
  type: 'record',
  name: 'Note',
  fields: [{ name: 'text', type: 'string' }, ...more],
});

export const author = { name: 'author', type: ['null', 'string'], default: null };

/** Two versions of it that read each other. */
export const v1 = JSON.stringify(note());
export const v2 = JSON.stringify(note(author));
