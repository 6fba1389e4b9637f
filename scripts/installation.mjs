// What a fresh clone needs before anything else can run: the locked packages and a production build. Plain JavaScript that
// runs on Node 20, because the pinned Node is itself one of the packages. Each step is skipped when its inputs are unchanged.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { accessSync, constants, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";

export const root = resolve(dirname(fileURLToPath(import.meta.url)), "..");

/** One clear line and the exit code, never a stack trace. */
export function stop(message, code = 1) {
  process.stderr.write(`understudy: ${message}\n`);
  process.exit(code);
}

const [major = 0] = process.versions.node.split(".").map(Number);
if (major < 20) stop(`Node 20 or newer is needed; this is Node ${process.versions.node}`);

/** The pinned Node that everything after the entry script runs on. */
export function pinnedNode() {
  const name = `node-${process.platform === "win32" ? "win" : process.platform}-${process.arch}`;
  const binary = join(root, "node_modules", name, "bin", process.platform === "win32" ? "node.exe" : "node");
  if (existsSync(binary)) return binary;
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  if (major === 22 && minor >= 18) return process.execPath;
  return stop(
    `no Node 22 for ${process.platform}-${process.arch} among the packages; install Node 22.18 or newer and start again`,
  );
}

export function assertWritable(folder, purpose) {
  try {
    mkdirSync(folder, { recursive: true });
    accessSync(folder, constants.W_OK);
  } catch {
    stop(`cannot write to ${folder} (${purpose}); give this user write permission or choose another folder`);
  }
}

function hashFiles(files) {
  const hash = createHash("sha256");
  for (const file of files) hash.update(relative(root, file)).update("\0").update(readFileSync(file)).update("\0");
  return hash.digest("hex");
}

function filesBelow(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .sort();
}

function readStamp(file) {
  return existsSync(file) ? readFileSync(file, "utf8").trim() : "";
}

function run(command, args, environment = {}) {
  const result = spawnSync(command, args, {
    cwd: root,
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, ...environment },
    maxBuffer: 1 << 28,
  });
  return {
    ok: result.status === 0,
    output: `${result.stdout ?? ""}${result.stderr ?? ""}${result.error?.message ?? ""}`,
  };
}

/** Exactly the locked packages: `npm ci` when package-lock.json differs from what is installed. */
export function ensurePackages(say) {
  const stampFile = join(root, "node_modules", ".understudy-packages");
  const stamp = `${hashFiles([join(root, "package-lock.json")])} ${process.platform}-${process.arch}`;
  if (readStamp(stampFile) === stamp) return;
  assertWritable(root, "packages and build");
  say("installing the locked packages (about a minute, once) …");
  const npm = process.env.npm_execpath;
  const args = ["ci", "--loglevel=error", "--include=dev", "--include=optional"];
  const result = npm === undefined ? run("npm", args) : run(process.execPath, [npm, ...args]);
  if (!result.ok)
    stop(
      `npm ci failed; is the package registry reachable?\n${result.output.trim().split("\n").slice(-12).join("\n")}`,
    );
  writeFileSync(stampFile, stamp);
}

/** A production build of the sources as they are. */
export function ensureBuild(say) {
  const stampFile = join(root, ".next", "understudy-build");
  const sources = [
    ...["app", "lib", "server", "drizzle"].flatMap((folder) => filesBelow(join(root, folder))),
    ...["package-lock.json", "next.config.ts", "tsconfig.json", "postcss.config.mjs", "instrumentation.ts", "proxy.ts"]
      .map((file) => join(root, file))
      .filter((file) => existsSync(file)),
  ];
  const stamp = hashFiles(sources);
  if (readStamp(stampFile) === stamp) return;
  assertWritable(root, "packages and build");
  say("building (about a minute, once) …");
  const result = run(pinnedNode(), [join("node_modules", "next", "dist", "bin", "next"), "build"], {
    NODE_ENV: "production",
    NEXT_TELEMETRY_DISABLED: "1",
  });
  if (!result.ok) stop(`the build failed\n${result.output.trim().split("\n").slice(-40).join("\n")}`);
  writeFileSync(stampFile, stamp);
}
