import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** What a printed R program writes; throws with its message when it fails. */
export function runPrintedR(program: string): string {
  const folder = mkdtempSync(join(tmpdir(), "r-design-"));
  try {
    writeFileSync(join(folder, "program.R"), program);
    const run = spawnSync("Rscript", ["--vanilla", "program.R"], { cwd: folder, encoding: "utf8" });
    if (run.status !== 0) throw new Error(`the R program failed:\n${run.stderr}\n${program}`);
    return run.stdout;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Numbers on the line after a label, up to the next word. */
export function numbersAfter(text: string, label: string): number[] {
  const line = (text.split(label)[1] ?? "").split("\n")[0]!.trim();
  const found: number[] = [];
  for (const word of line.split(/\s+/)) {
    const value = Number(word);
    if (word === "" || Number.isNaN(value)) break;
    found.push(value);
  }
  return found;
}
