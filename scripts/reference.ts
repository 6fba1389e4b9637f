// npm run reference -- FOLDER [FILE …]: runs the cases of reference files and prints how far the program is from them.
import { existsSync, readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { runReferenceFile } from "../tests/reference/runner/run-reference.ts";

const SHOWN_CASES = 12;
const SHOWN_VALUES = 3;

const [folder, ...names] = process.argv.slice(2);
if (folder === undefined || !existsSync(folder)) {
  console.error("Usage: npm run reference -- FOLDER [FILE …]   FOLDER must exist and hold reference files (*.json)");
  process.exit(2);
}
const files =
  names.length > 0
    ? names.map((name) => `${basename(name, ".json")}.json`)
    : readdirSync(folder)
        .filter((name) => name.endsWith(".json"))
        .sort();
const missing = files.filter((name) => !existsSync(join(folder, name)));
for (const name of missing) console.error(`${join(folder, name)} does not exist`);
if (missing.length > 0 || files.length === 0) process.exit(2);

const outcomes = files.map((name) => runReferenceFile(join(folder, name)));
console.log("file                       cases passed failed disputed  worst deviation / tolerance");
for (const { file, cases, passed, failed, disputed, worst } of outcomes) {
  const counts = [cases, passed, failed.length].map((count, i) => String(count).padStart(i === 0 ? 5 : 6)).join(" ");
  const where = worst.where === "" ? "" : `${worst.ratio.toPrecision(2)}  (${worst.where})`;
  console.log(`${file.padEnd(26)} ${counts} ${String(disputed.length).padStart(8)}  ${where}`);
  for (const { id, reason } of disputed) console.log(`    disputed ${id}: ${reason}`);
  for (const { id, error, mismatches } of failed.slice(0, SHOWN_CASES)) {
    console.log(`    failed   ${id}: ${error ?? `${mismatches.length} values differ`}`);
    for (const { path, expected, actual, ratio } of mismatches.slice(0, SHOWN_VALUES))
      console.log(
        `             ${path}: expected ${String(expected)}, computed ${String(actual)}, ${ratio.toPrecision(3)} × tolerance`,
      );
  }
  if (failed.length > SHOWN_CASES) console.log(`    … and ${failed.length - SHOWN_CASES} more failed cases`);
}
const total = outcomes.reduce((sum, { failed }) => sum + failed.length, 0);
console.log(total === 0 ? "no case failed" : `${total} cases failed`);
process.exit(total === 0 ? 0 : 1);
