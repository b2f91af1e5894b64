const barWidth = 24;
const clearLine = '\r\u001b[K';

/** How far long work has come: one line on standard error that is drawn over. */
export interface Progress {
  /** @param label what is being done @param total 0 where it is not known */
  show(label: string, done: number, total: number): void;
  /** Takes the line away; what is written next begins at its start. */
  end(): void;
}

/** Shows nothing where standard error is no terminal: a log wants no bars. */
export function openProgress(stream: Pick<NodeJS.WriteStream, 'isTTY' | 'write'> = process.stderr): Progress {
  let shown = '';
  return {
    show(label, done, total) {
      if (!stream.isTTY) return;
      const line = `${bar(done, total)}  ${label}`;
      if (line === shown) return;
      shown = line;
      stream.write(`${clearLine}${line}`);
    },
    end() {
      if (shown !== '') stream.write(clearLine);
      shown = '';
    },
  };
}

function bar(done: number, total: number): string {
  if (total <= 0) return String(done);
  const share = Math.min(1, done / total);
  const full = Math.floor(share * barWidth);
  return `${'█'.repeat(full)}${'░'.repeat(barWidth - full)} ${String(Math.floor(share * 100)).padStart(3)} %`;
}
