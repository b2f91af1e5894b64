// Preloaded into every thread of a hub (`node --import`): kills the process at the n-th transaction of the data file, so that a
// test can say exactly where it dies. HUB_TEST_KILL_AT is `before-commit:N`, `after-commit:N` or `after-begin:N`.
// The file is a .mjs because it is loaded before anything else.
import { DatabaseSync } from 'node:sqlite';

const [where, count] = (process.env.HUB_TEST_KILL_AT ?? '').split(':');
let transactions = 0;
const exec = DatabaseSync.prototype.exec;

function die() {
  process.kill(process.pid, 'SIGKILL');
  // Signals to oneself may take a moment: nothing more must happen in this thread.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
}

if (where) {
  DatabaseSync.prototype.exec = function (sql) {
    if (sql === 'BEGIN IMMEDIATE') transactions += 1;
    const isTurn = transactions === Number(count);
    if (isTurn && where === 'before-commit' && sql === 'COMMIT') die();
    const result = exec.call(this, sql);
    if (isTurn && where === 'after-begin' && sql === 'BEGIN IMMEDIATE') die();
    if (isTurn && where === 'after-commit' && sql === 'COMMIT') die();
    return result;
  };
}
