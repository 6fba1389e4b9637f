// npm run calibration [-- --replicates N] [-- --threads N]: type I error and coverage of every test of a treatment effect.
// Writes docs/evidence/calibration.{json,md} and the levels that the program recommends by; same N, same bytes.
import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { calibrationDocument, exactFailures } from "./calibration/calibration-document.ts";
import { runCalibration } from "./calibration/run-calibration.ts";
import { simulatedLevelTable } from "./calibration/simulated-level-table.ts";

const ROOT = resolve(import.meta.dirname, "..");
const { values } = parseArgs({
  options: {
    replicates: { type: "string", default: "1000" },
    threads: { type: "string", default: String(availableParallelism()) },
    output: { type: "string", default: join(ROOT, "docs", "evidence") },
  },
});
const replicates = Number(values.replicates);
const threads = Number(values.threads);
if (!(Number.isInteger(replicates) && replicates >= 40 && Number.isInteger(threads) && threads >= 1)) {
  console.error("Usage: npm run calibration -- [--replicates N, at least 40] [--threads N] [--output FOLDER]");
  process.exit(2);
}

let shown = 0;
const results = await runCalibration(replicates, threads, (done, all, what) => {
  const percent = Math.floor((100 * done) / all);
  if (percent >= shown + 5) {
    shown = percent;
    console.error(`${percent} % (${what})`);
  }
});
const folder = resolve(values.output);
mkdirSync(folder, { recursive: true });
const committed = folder === join(ROOT, "docs", "evidence");
const levelsFile = committed
  ? join(ROOT, "lib", "trial-analysis", "simulated-level-table.ts")
  : join(folder, "simulated-level-table.ts");
const files: readonly (readonly [string, string])[] = [
  [join(folder, "calibration.json"), JSON.stringify(results)],
  [levelsFile, simulatedLevelTable(results)],
];
for (const [file, content] of files) writeFileSync(file, content);
spawnSync(join(ROOT, "node_modules", ".bin", "biome"), ["format", "--write", ...files.map(([file]) => file)], {
  cwd: ROOT,
  stdio: "inherit",
});
writeFileSync(join(folder, "calibration.md"), calibrationDocument(results));
const failures = exactFailures(results);
for (const failure of failures) console.error(failure);
process.exit(failures.length === 0 ? 0 : 1);
