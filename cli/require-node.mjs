/**
 * Refuses a Node.js that cannot run the hub, in words. Plain JavaScript, because an older one cannot even read TypeScript: npm's
 * scripts load this file first (`node --import`), and hub.ts imports it for those who call it directly.
 * The texts are those of HUB_NODE_TOO_OLD; a test keeps them so.
 */
import module from 'node:module';
import { fileURLToPath } from 'node:url';

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 24 || (major === 24 && minor < 15)) {
  const chinese = /^zh/i.test(langOption() ?? process.env.LANG ?? '');
  const lines = chinese
    ? [
        `HUB_NODE_TOO_OLD：当前 Node.js 为 ${process.versions.node}，需要 24.15 或更高版本`,
        '  含义：用来运行枢纽的 Node.js 低于 24.15。',
        '  处理：请先在本目录执行一次 npm install，再通过 npm 启动（npm run -s hub -- 命令），它会使用本项目自带的 Node.js；或安装 Node.js 24.15 及以上版本。',
      ]
    : [
        `HUB_NODE_TOO_OLD: this is Node.js ${process.versions.node}, 24.15 or newer is needed`,
        '  meaning: The Node.js that was to run the hub is older than 24.15.',
        '  what to do: Run npm install once in this folder, then start it through npm (npm run -s hub -- COMMAND), which takes the Node.js of this project; or install Node.js 24.15 or newer.',
      ];
  process.stderr.write(`${lines.join('\n')}\n`);
  process.exit(1);
}

// What Node has compiled is kept for the next start: that halves the time to the first item, and no thread has to load the program
// that strips types (7 MB each). Through the environment, because threads and child processes look there. Where the folder cannot be
// written, Node goes on without it.
process.env.NODE_COMPILE_CACHE ??= fileURLToPath(new URL('../node_modules/.cache/compile', import.meta.url));
module.enableCompileCache();

function langOption() {
  const { argv } = process;
  const at = argv.indexOf('--lang');
  if (at !== -1) return argv[at + 1];
  return argv.find((argument) => argument.startsWith('--lang='))?.slice('--lang='.length);
}
