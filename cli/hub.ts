#!/usr/bin/env node
import './require-node.mjs';

// Only now: what is imported here needs the Node.js that has just been checked.
const { main } = await import('./main.ts');
await main(process.argv.slice(2));
