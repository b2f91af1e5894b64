// Preloaded into every thread of a hub (`node --import`): its clock is ahead of the real one by as many ms as the file HUB_TEST_CLOCK
// says. A test moves the clock by putting another number there. The file is a .mjs because it is loaded before anything else.
import { readFileSync } from 'node:fs';

const file = process.env.HUB_TEST_CLOCK;
const realNow = Date.now;
const lookEveryMs = 10;
let lookedAt = Number.NEGATIVE_INFINITY;
let offsetMs = 0;

Date.now = () => {
  const at = performance.now();
  if (at - lookedAt >= lookEveryMs) {
    lookedAt = at;
    offsetMs = Number(readFileSync(file, 'utf8'));
  }
  return realNow() + offsetMs;
};
