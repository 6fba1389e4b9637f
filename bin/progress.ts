/** Progress on standard error: one line that rewrites itself on a terminal, else a line every tenth. */
export function progressReporter(task: string): (fraction: number, message: string) => void {
  let lastTenth = -1;
  return (fraction, message) => {
    const percent = Math.floor(fraction * 100);
    if (process.stderr.isTTY) {
      process.stderr.write(`\r\x1b[K${task}: ${percent} % ${message}${fraction >= 1 ? "\n" : ""}`);
      return;
    }
    const tenth = Math.floor(fraction * 10);
    if (tenth === lastTenth) return;
    lastTenth = tenth;
    process.stderr.write(`${task}: ${percent} % ${message}\n`);
  };
}
