// npm test: everything a fresh clone needs, then every check. Plain JavaScript for Node 20.
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { ensureBuild, ensurePackages, pinnedNode, root, stop } from "./installation.mjs";

const say = (line) => process.stdout.write(`${line}\n`);

ensurePackages(say);
ensureSystemPackages();
const steps = [
  ["formatting and lint", ["node_modules/@biomejs/biome/bin/biome", "check", "."]],
  ["route types", ["node_modules/next/dist/bin/next", "typegen"]],
  ["types", ["node_modules/typescript/bin/tsc", "--noEmit"]],
  ["unit, reference, property, server and architecture tests", ["node_modules/vitest/vitest.mjs", "run"]],
  ["build", null],
  ["browser and whole-program tests", ["node_modules/vitest/vitest.mjs", "run", "--config", "vitest.e2e.config.ts"]],
];

const failed = [];
for (const [name, args] of steps) {
  say(`\n== ${name}`);
  if (args === null) {
    ensureBuild(say);
    continue;
  }
  const result = spawnSync(pinnedNode(), args, {
    cwd: root,
    stdio: "inherit",
    env: { ...process.env, NEXT_TELEMETRY_DISABLED: "1" },
  });
  if (result.status !== 0) failed.push(name);
}
say(failed.length === 0 ? "\nAll checks passed." : `\nFAILED: ${failed.join("; ")}`);
say(`${steps.length - failed.length} passed, ${failed.length} failed`);
process.exit(failed.length === 0 ? 0 : 1);

/** Chromium, PostgreSQL and the PDF checkers come from the system; installed through apt when missing and allowed. */
function ensureSystemPackages() {
  const wanted = [
    {
      name: "chromium",
      present: ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].some((path) =>
        existsSync(path),
      ),
    },
    {
      name: "postgresql",
      present:
        existsSync("/usr/lib/postgresql") &&
        readdirSync("/usr/lib/postgresql").some((version) =>
          existsSync(join("/usr/lib/postgresql", version, "bin", "initdb")),
        ),
    },
    { name: "qpdf", present: existsSync("/usr/bin/qpdf") },
    { name: "poppler-utils", present: existsSync("/usr/bin/pdftoppm") },
  ];
  const missing = wanted.filter((one) => !one.present).map((one) => one.name);
  if (missing.length === 0) return;
  const apt = existsSync("/usr/bin/apt-get");
  if (!apt || process.getuid?.() !== 0) {
    stop(
      `the tests need ${missing.join(", ")}; install them (Debian: sudo apt-get install ${missing.join(" ")}) and run npm test again`,
    );
  }
  say(`installing ${missing.join(", ")} …`);
  const environment = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  const update = spawnSync("apt-get", ["update", "-q"], { stdio: "ignore", env: environment });
  const install = spawnSync("apt-get", ["install", "-y", "-q", "--no-install-recommends", ...missing], {
    encoding: "utf8",
    env: environment,
  });
  if (update.status !== 0 || install.status !== 0) {
    stop(
      `apt-get could not install ${missing.join(", ")}:\n${String(install.stderr).trim().split("\n").slice(-5).join("\n")}`,
    );
  }
}
