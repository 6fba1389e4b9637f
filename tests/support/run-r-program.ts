import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Packages of this machine's R; null without R. Asked once, because a start of R costs more than most programs. */
let installed: ReadonlySet<string> | null | undefined;
const missed = new Set<string>();

function installedPackages(): ReadonlySet<string> | null {
  if (installed === undefined) {
    const run = spawnSync("Rscript", ["--vanilla", "-e", "cat(.packages(all.available = TRUE), sep = '\\n')"], {
      encoding: "utf8",
    });
    installed = run.status === 0 ? new Set(run.stdout.split("\n")) : null;
  }
  return installed;
}

/** Whether Rscript and these packages are there; says so, once each, when not. */
export function hasR(packages: readonly string[]): boolean {
  const found = installedPackages();
  const missing = found === null ? "Rscript" : packages.find((name) => !found.has(name));
  if (missing === undefined) return true;
  if (!missed.has(missing))
    console.warn(`SKIPPED: ${found === null ? "Rscript" : `the R package ${missing}`} is not installed`);
  missed.add(missing);
  return false;
}

/** Columns of a data frame: numbers where every entry is one (NA is NaN), else text. */
export type RFrame = Record<string, (number | string)[]>;

export interface RProgram {
  readonly program: string;
  readonly packages: readonly string[];
  /** Names and contents, e.g. analysis-data.csv. */
  readonly files: Readonly<Record<string, string>>;
  /** Names of data frames in the program. */
  readonly returns: readonly string[];
}

type ROutcome = { readonly frames: Record<string, RFrame> } | { readonly error: string };

/**
 * Runs a printed R program in a folder of its own with files beside it, and returns data frames that it defines.
 *
 * @param files - Names and contents, e.g. analysis-data.csv.
 * @param frames - Names of data frames in the program.
 */
export function runRProgram(
  program: string,
  files: Readonly<Record<string, string>>,
  frames: readonly string[],
): Record<string, RFrame> {
  return framesOf(runInOneSession([{ program, packages: [], files, returns: frames }])[0]!);
}

/**
 * Several printed R programs, prepared and run in one session of R when the first result is asked for.
 *
 * @param prepare - Each makes one program, with whatever else its test needs.
 * @returns Function of the index: what was prepared, with the frames; null where R or a package is not installed.
 *   What a preparation or a program throws is thrown for its own index only.
 */
export function rProgramBatch<P extends RProgram>(
  prepare: readonly (() => P)[],
): (index: number) => P & { readonly frames: Record<string, RFrame> | null } {
  type Prepared = { readonly program: P } | { readonly thrown: unknown };
  let prepared: readonly Prepared[] | undefined;
  const outcomes = new Map<number, ROutcome>();
  const run = (): readonly Prepared[] => {
    const all = prepare.map((make): Prepared => {
      try {
        return { program: make() };
      } catch (thrown) {
        return { thrown };
      }
    });
    const possible = all.flatMap((item, index) =>
      "program" in item && hasR(item.program.packages) ? [{ index, program: item.program }] : [],
    );
    runInOneSession(possible.map(({ program }) => program)).forEach((outcome, k) => {
      outcomes.set(possible[k]!.index, outcome);
    });
    return all;
  };
  return (index) => {
    prepared ??= run();
    const item = prepared[index]!;
    if ("thrown" in item) throw item.thrown;
    const outcome = outcomes.get(index);
    return { ...item.program, frames: outcome === undefined ? null : framesOf(outcome) };
  };
}

/** Every program finds the workspace, the options and the search path of a new session. */
const SESSION = `
.home <- getwd(); .options <- options(); .search <- search()
for (.folder in list.dirs(.home, recursive = FALSE)) {
  setwd(.folder)
  tryCatch({
    source("program.R")
    for (.name in readLines("returns.txt"))
      write.csv(format(get(.name), digits = 15), paste0(.name, ".out.csv"), row.names = FALSE)
  }, error = function(e) writeLines(paste(conditionMessage(e), collapse = " "), "error.txt"))
  rm(list = ls())
  for (.attached in setdiff(search(), .search)) detach(.attached, character.only = TRUE)
  options(.options)
}`;

function runInOneSession(programs: readonly RProgram[]): ROutcome[] {
  if (programs.length === 0) return [];
  const home = mkdtempSync(join(tmpdir(), "r-programs-"));
  try {
    const folders = programs.map(({ program, files, returns }, k) => {
      const folder = join(home, String(k));
      mkdirSync(folder);
      for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
      writeFileSync(join(folder, "program.R"), `${program}\n`);
      writeFileSync(join(folder, "returns.txt"), returns.map((name) => `${name}\n`).join(""));
      return folder;
    });
    writeFileSync(join(home, "session.R"), SESSION);
    const run = spawnSync("Rscript", ["--vanilla", "session.R"], { cwd: home, encoding: "utf8" });
    return programs.map(({ program, returns }, k): ROutcome => {
      const output = (name: string) => join(folders[k]!, `${name}.out.csv`);
      if (returns.every((name) => existsSync(output(name))))
        return {
          frames: Object.fromEntries(returns.map((name) => [name, frameOf(readFileSync(output(name), "utf8"))])),
        };
      const message = join(folders[k]!, "error.txt");
      const reason = existsSync(message) ? readFileSync(message, "utf8") : run.stderr;
      return { error: `the R program failed:\n${reason}\n${program}` };
    });
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

function framesOf(outcome: ROutcome): Record<string, RFrame> {
  if ("error" in outcome) throw new Error(outcome.error);
  return outcome.frames;
}

function frameOf(csv: string): RFrame {
  const [header = [], ...rows] = csv
    .trim()
    .split("\n")
    .map((line) => [...line.matchAll(/"((?:[^"]|"")*)"|([^,]+)/g)].map((m) => (m[1] ?? m[2] ?? "").trim()));
  return Object.fromEntries(
    header.map((title, j): [string, (number | string)[]] => {
      const values = rows.map((row) => row[j] ?? "");
      const numeric = values.every((value) => value === "NA" || (value !== "" && !Number.isNaN(Number(value))));
      return [title, numeric ? values.map((value) => (value === "NA" ? Number.NaN : Number(value))) : values];
    }),
  );
}
