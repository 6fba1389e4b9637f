import { spawnSync } from "node:child_process";
import { hasR } from "../../support/run-r-program.ts";

/** A table printed by `write.csv`; null for NA. */
export interface PrintedTable {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (number | null)[])[];
}

const MARK = "---- next program ----";

/** Runs programs in one R session, each in its own environment, and reads the last CSV table that each prints. */
export function runR(programs: readonly string[]): PrintedTable[] {
  if (!hasR([])) return [];
  const input = programs.map((program) => `local({\n${program}\n})\ncat("${MARK}\\n")`).join("\n");
  const run = spawnSync("Rscript", ["-e", 'source(file("stdin"), echo = FALSE)'], { input, encoding: "utf8" });
  if (run.status !== 0) throw new Error(`R failed:\n${run.stderr}\n${run.stdout.slice(-2000)}`);
  return run.stdout
    .split(`${MARK}\n`)
    .slice(0, -1)
    .map((text) => {
      const lines = text.trim().split("\n");
      const start = lines.findLastIndex((line) => line.startsWith('"'));
      const cells = (line: string) => line.split(",").map((cell) => (cell === "NA" ? null : Number(cell)));
      return {
        columns: lines[start]!.split(",").map((name) => JSON.parse(name) as string),
        rows: lines.slice(start + 1).map(cells),
      };
    });
}
