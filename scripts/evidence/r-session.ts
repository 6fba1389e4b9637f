import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/**
 * Runs a program of `r/` in a folder of its own.
 *
 * @param program - Name of the file without its ending.
 * @param inputs - Files that it reads: name → content.
 * @param outputs - Names of files that it writes.
 * @returns Contents of the outputs, in their order.
 * @throws Error with what R said when the program fails.
 */
export function runRFile(
  program: string,
  inputs: Readonly<Record<string, string>>,
  outputs: readonly string[],
): string[] {
  const folder = mkdtempSync(join(tmpdir(), "evidence-"));
  try {
    for (const [name, content] of Object.entries(inputs)) writeFileSync(join(folder, name), content);
    const script = join(import.meta.dirname, "r", `${program}.R`);
    const run = spawnSync("Rscript", ["--vanilla", script], { cwd: folder, encoding: "utf8" });
    if (run.status !== 0) throw new Error(`${program}.R failed:\n${run.stderr}`);
    return outputs.map((name) => readFileSync(join(folder, name), "utf8"));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
