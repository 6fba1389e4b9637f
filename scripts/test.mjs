// npm test: everything a fresh clone needs, then every check. Plain JavaScript for Node 20.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ensureBuild, ensurePackages, pinnedNode, root } from "./installation.mjs";
import { ensureSystemPackages } from "./system-packages.mjs";

const say = (line) => process.stdout.write(`${line}\n`);
const inContinuousIntegration = process.env.CI !== undefined && process.env.CI !== "" && process.env.CI !== "false";
const reports = mkdtempSync(join(tmpdir(), "understudy-reports-"));
const total = { passed: 0, failed: 0, skipped: 0 };
const failures = [];

ensurePackages(say);
ensureSystemPackages(say);
check("formatting and lint", "node_modules/@biomejs/biome/bin/biome", ["check", "."]);
check("route types", "node_modules/next/dist/bin/next", ["typegen"]);
check("types", "node_modules/typescript/bin/tsc", ["--noEmit"]);
tests("unit, reference, property, server and architecture tests", "vitest.config.ts");
heading("build");
ensureBuild(say);
tests("whole-program tests: the real server, browser and command line", "vitest.e2e.config.ts");

rmSync(reports, { recursive: true, force: true });
if (inContinuousIntegration && total.skipped > 0) {
  total.failed += total.skipped;
  failures.push(`${total.skipped} tests were skipped, which CI does not allow`);
}
say("");
for (const failure of failures) say(`FAILED: ${failure}`);
if (total.skipped > 0) say(`${total.skipped} skipped: see SKIPPED above`);
say(`${total.passed} passed, ${total.failed} failed`);
process.exit(total.failed === 0 ? 0 : 1);

function heading(name) {
  say(`\n== ${name}`);
}

function run(script, args) {
  const result = spawnSync(pinnedNode(), [script, ...args], {
    cwd: root,
    stdio: "inherit",
    env: { ...process.env, NEXT_TELEMETRY_DISABLED: "1" },
  });
  if (result.status === null) say(`ended by ${result.signal ?? result.error?.message}`);
  return result.status === 0;
}

/** A step that counts as one check. */
function check(name, script, args) {
  heading(name);
  if (run(script, args)) total.passed++;
  else fail(name, 1);
}

/** A step that counts the tests in it. */
function tests(name, config) {
  heading(name);
  const started = Date.now();
  const report = join(reports, `${config}.json`);
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
  const ok = run("node_modules/vitest/vitest.mjs", ["run", "--config", config, ...reporters]);
  const counts = readReport(report);
  total.passed += counts.passed;
  total.skipped += counts.skipped;
  // A file that does not load fails without a failed test.
  if (!ok) fail(name, Math.max(1, counts.failed));
  say(`${name}: ${Math.round((Date.now() - started) / 1000)} s`);
}

function fail(name, count) {
  total.failed += count;
  failures.push(name);
}

function readReport(file) {
  try {
    const report = JSON.parse(readFileSync(file, "utf8"));
    const failedFiles = report.testResults.filter(
      (suite) => suite.status === "failed" && suite.assertionResults.every(({ status }) => status !== "failed"),
    ).length;
    return {
      passed: report.numPassedTests,
      failed: report.numFailedTests + failedFiles,
      skipped: report.numPendingTests + report.numTodoTests,
    };
  } catch {
    return { passed: 0, failed: 0, skipped: 0 };
  }
}
