// What the tests need from the system: a browser, PostgreSQL and two PDF checkers; installed through apt when missing and
// allowed. R runs the printed programs; without it those tests are skipped, and say so.
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { stop } from "./installation.mjs";

const onPath = (name) => (process.env.PATH ?? "").split(":").some((folder) => existsSync(join(folder, name)));

const inR = (name) => () =>
  ["/usr/lib/R/library", "/usr/lib/R/site-library", "/usr/local/lib/R/site-library"].some((folder) =>
    existsSync(join(folder, name)),
  );

/** R with the packages that printed programs load. */
const wantedForR = [
  { name: "r-base-core", present: () => onPath("Rscript") },
  { name: "r-cran-survival", present: inR("survival") },
  { name: "r-cran-nlme", present: inR("nlme") },
  { name: "r-cran-mass", present: inR("MASS") },
  { name: "r-cran-sandwich", present: inR("sandwich") },
  { name: "r-cran-lmertest", present: inR("lmerTest") },
  { name: "r-cran-pbkrtest", present: inR("pbkrtest") },
  { name: "r-cran-brglm2", present: inR("brglm2") },
];

const wanted = [
  {
    name: "chromium",
    present: () =>
      ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].some((path) => existsSync(path)),
  },
  {
    name: "postgresql",
    present: () =>
      onPath("initdb") ||
      (existsSync("/usr/lib/postgresql") &&
        readdirSync("/usr/lib/postgresql").some((version) =>
          existsSync(join("/usr/lib/postgresql", version, "bin", "initdb")),
        )),
  },
  { name: "qpdf", present: () => onPath("qpdf") },
  { name: "poppler-utils", present: () => onPath("pdffonts") && onPath("pdftotext") },
];

export function ensureSystemPackages(say) {
  const missing = wanted.filter((one) => !one.present()).map((one) => one.name);
  if (missing.length > 0) installOrStop(missing, say);
  ensureR(say);
}

/**
 * Installs R where that is allowed; its absence stops nothing.
 *
 * @param {(line: string) => void} say
 * @param {readonly string[]} more R packages beyond those that printed programs load
 */
export function ensureR(say, more = []) {
  const all = [...wantedForR, ...more.map((name) => ({ name: `r-cran-${name}`, present: inR(name) }))];
  const missing = all.filter((one) => !one.present()).map((one) => one.name);
  if (missing.length === 0) return;
  const runner = aptRunner();
  const reason =
    runner === null
      ? "this user may not install them"
      : aptInstall(runner, missing, say, "printed programs are run with R");
  if (reason !== null) say(`SKIPPED: programs printed for R are not run without ${missing.join(", ")} (${reason})`);
}

function installOrStop(missing, say) {
  const command = `apt-get install ${missing.join(" ")}`;
  const runner = aptRunner();
  if (runner === null)
    stop(
      `the tests need ${missing.join(", ")}, which this user may not install; install them (${command}) and start again`,
    );
  const reason = aptInstall(runner, missing, say, "the tests need them");
  if (reason !== null)
    stop(`apt-get could not install ${missing.join(", ")}; install them by hand and start again\n${reason}`);
}

/** Null when the packages are installed, else what apt-get said. */
function aptInstall(runner, packages, say, why) {
  say(`installing ${packages.join(", ")} (once; ${why}) …`);
  const environment = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  const apt = (args) =>
    spawnSync(runner[0], [...runner.slice(1), ...args], { encoding: "utf8", env: environment, maxBuffer: 1 << 26 });
  apt(["update", "-q"]);
  const install = apt(["install", "-y", "-q", "--no-install-recommends", ...packages]);
  return install.status === 0 ? null : `${install.stderr ?? ""}`.trim().split("\n").slice(-5).join("\n");
}

/** apt-get as root, or through sudo where that asks no question; null where neither is allowed. */
function aptRunner() {
  if (!onPath("apt-get")) return null;
  if (process.getuid?.() === 0) return ["apt-get"];
  const sudo = onPath("sudo") && spawnSync("sudo", ["-n", "true"], { stdio: "ignore" }).status === 0;
  return sudo ? ["sudo", "-n", "apt-get"] : null;
}
