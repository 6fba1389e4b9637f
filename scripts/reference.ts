// npm run reference -- FOLDER [FILE …]: runs the cases of reference files and prints how far the program is from them.
import { existsSync, readdirSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { ReferenceFileError } from "../tests/reference/runner/reference-file.ts";
import { type ReferenceOutcome, runReferenceFile } from "../tests/reference/runner/run-reference.ts";

const SHOWN_CASES = 12;
const SHOWN_VALUES = 3;

const USAGE = "usage: npm run reference -- FOLDER [FILE …]";

const [folder, ...names] = process.argv.slice(2);
if (folder === undefined) stop("no folder is given");
if (!existsSync(folder)) stop(`there is no folder ${folder}`);
if (!statSync(folder).isDirectory())
  stop(`${folder} is a file, not a folder: give its folder, then ${basename(folder, ".json")}`);
const files =
  names.length > 0
    ? names.map((name) => `${basename(name, ".json")}.json`)
    : readdirSync(folder)
        .filter((name) => name.endsWith(".json"))
        .sort();
if (files.length === 0) stop(`the folder ${folder} holds no reference files (*.json)`);

let failures = 0;
console.log("file                       cases passed failed disputed  worst deviation / tolerance");
for (const name of files) {
  const outcome = outcomeOf(join(folder, name));
  if (typeof outcome === "string") {
    console.log(`${basename(name, ".json").padEnd(26)}     -      -      -        -  failed: ${outcome}`);
    failures++;
  } else {
    print(outcome);
    failures += outcome.failed.length;
  }
}
console.log(failures === 0 ? "nothing failed" : `${failures} failed (cases, and files that could not be read)`);
process.exit(failures === 0 ? 0 : 1);

/** Outcome of a file, or why it could not be run. */
function outcomeOf(path: string): ReferenceOutcome | string {
  try {
    return runReferenceFile(path);
  } catch (error) {
    if (error instanceof ReferenceFileError) return error.message;
    throw error;
  }
}

function print({ file, cases, passed, failed, disputed, worst }: ReferenceOutcome): void {
  const counts = [cases, passed, failed.length].map((count, i) => String(count).padStart(i === 0 ? 5 : 6)).join(" ");
  const where = worst.where === "" ? "" : `${worst.ratio.toPrecision(2)}  (${worst.where})`;
  console.log(`${file.padEnd(26)} ${counts} ${String(disputed.length).padStart(8)}  ${where}`);
  for (const { id, reason } of disputed) console.log(`    disputed ${id}: ${reason}`);
  for (const { id, error, mismatches } of failed.slice(0, SHOWN_CASES)) {
    const values = `${mismatches.length} ${mismatches.length === 1 ? "value differs" : "values differ"}`;
    console.log(`    failed   ${id}: ${error ?? values}`);
    for (const { path, expected, actual, ratio } of mismatches.slice(0, SHOWN_VALUES))
      console.log(
        `             ${path}: expected ${String(expected)}, computed ${String(actual)}, ${ratio.toPrecision(3)} × tolerance`,
      );
  }
  if (failed.length > SHOWN_CASES) console.log(`    … and ${failed.length - SHOWN_CASES} more failed cases`);
}

function stop(fault: string): never {
  console.error(`${fault}; ${USAGE}`);
  process.exit(2);
}
