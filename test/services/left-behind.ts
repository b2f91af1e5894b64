// A process of tests that starts servers and never ends them: prints what it started, then waits to be killed.

import { startPostgres } from './postgres.ts';
import { startRedis } from './redis.ts';

const [redis, paused, postgres] = await Promise.all([startRedis(), startRedis(), startPostgres()]);
await paused.pause();
console.log(JSON.stringify({ ready: true, urls: [redis.url, paused.url, postgres.url] }));
setInterval(() => {}, 60_000);
