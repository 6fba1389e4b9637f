import type { Diagnostic } from "../lib/errors/diagnostic.ts";

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

/** The caveats of a result, one a line, on standard error; they also stand in the result itself. */
export function reportDiagnostics(diagnostics: readonly Diagnostic[]): void {
  for (const { severity, message } of diagnostics) process.stderr.write(`${severity}: ${message}\n`);
}
