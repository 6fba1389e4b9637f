// What the tests need from the system: a browser, PostgreSQL and two PDF checkers; installed through apt when missing and
// allowed.
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { stop } from "./installation.mjs";

const onPath = (name) => (process.env.PATH ?? "").split(":").some((folder) => existsSync(join(folder, name)));

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
  if (missing.length === 0) return;
  const command = `apt-get install ${missing.join(" ")}`;
  const runner = aptRunner();
  if (runner === null)
    stop(
      `the tests need ${missing.join(", ")}, which this user may not install; install them (${command}) and start again`,
    );
  say(`installing ${missing.join(", ")} (once) …`);
  const environment = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  const apt = (args) =>
    spawnSync(runner[0], [...runner.slice(1), ...args], { encoding: "utf8", env: environment, maxBuffer: 1 << 26 });
  apt(["update", "-q"]);
  const install = apt(["install", "-y", "-q", "--no-install-recommends", ...missing]);
  if (install.status === 0) return;
  const reason = `${install.stderr ?? ""}`.trim().split("\n").slice(-5).join("\n");
  stop(`apt-get could not install ${missing.join(", ")}; install them by hand and start again\n${reason}`);
}

/** apt-get as root, or through sudo where that asks no question; null where neither is allowed. */
function aptRunner() {
  if (!onPath("apt-get")) return null;
  if (process.getuid?.() === 0) return ["apt-get"];
  const sudo = onPath("sudo") && spawnSync("sudo", ["-n", "true"], { stdio: "ignore" }).status === 0;
  return sudo ? ["sudo", "-n", "apt-get"] : null;
}
