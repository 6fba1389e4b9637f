import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const installed = new Map<string, boolean>();

/** Whether Rscript and these packages are there; says so, once each, when not. */
export function hasR(packages: readonly string[]): boolean {
  return ["", ...packages].every((name) => {
    const known = installed.get(name);
    if (known !== undefined) return known;
    const test = name === "" ? "1" : `quit(status = as.integer(!requireNamespace("${name}", quietly = TRUE)))`;
    const found = spawnSync("Rscript", ["--vanilla", "-e", test], { encoding: "utf8" }).status === 0;
    installed.set(name, found);
    if (!found) console.warn(`SKIPPED: ${name === "" ? "Rscript" : `the R package ${name}`} is not installed`);
    return found;
  });
}

/**
 * Runs a printed R program in a folder of its own with files beside it, and returns data frames that it defines.
 *
 * @param files - Names and contents, e.g. analysis-data.csv.
 * @param frames - Names of data frames in the program.
 * @returns For each frame its columns: numbers where every entry is one (NA is NaN), else text.
 */
export function runRProgram(
  program: string,
  files: Readonly<Record<string, string>>,
  frames: readonly string[],
): Record<string, Record<string, (number | string)[]>> {
  const folder = mkdtempSync(join(tmpdir(), "r-program-"));
  try {
    for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
    const saves = frames.map((name) => `write.csv(format(${name}, digits = 15), "${name}.out.csv", row.names = FALSE)`);
    const shows = frames.map((name) => `cat("\\n@@${name}\\n"); cat(readLines("${name}.out.csv"), sep = "\\n")`);
    writeFileSync(join(folder, "program.R"), [program, ...saves, ...shows].join("\n"));
    const run = spawnSync("Rscript", ["--vanilla", "program.R"], { cwd: folder, encoding: "utf8" });
    if (run.status !== 0) throw new Error(`the R program failed:\n${run.stderr}\n${program}`);
    return Object.fromEntries(
      frames.map((name) => {
        const block = run.stdout.split(`@@${name}\n`)[1]?.split("\n@@")[0] ?? "";
        const [header = [], ...rows] = block
          .trim()
          .split("\n")
          .map((line) => [...line.matchAll(/"((?:[^"]|"")*)"|([^,]+)/g)].map((m) => (m[1] ?? m[2] ?? "").trim()));
        const columns = header.map((title, j): [string, (number | string)[]] => {
          const values = rows.map((row) => row[j] ?? "");
          const numeric = values.every((value) => value === "NA" || (value !== "" && !Number.isNaN(Number(value))));
          return [title, numeric ? values.map((value) => (value === "NA" ? Number.NaN : Number(value))) : values];
        });
        return [name, Object.fromEntries(columns)];
      }),
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
