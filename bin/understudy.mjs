#!/usr/bin/env node
// Entry of the command line. Starts itself on the pinned Node when it was started by another one.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dirname, "..");
const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
if (major === 22 && minor >= 18) {
  // A reader such as `head` may close the pipe early; that is no fault of the program.
  process.stdout.on("error", (error) => {
    if (error.code !== "EPIPE") throw error;
    process.exit(0);
  });
  const { main } = await import("./main.ts");
  process.exitCode = await main(process.argv.slice(2));
} else {
  const platform = process.platform === "win32" ? "win" : process.platform;
  const node = join(
    root,
    "node_modules",
    `node-${platform}-${process.arch}`,
    "bin",
    process.platform === "win32" ? "node.exe" : "node",
  );
  if (!existsSync(node)) {
    process.stderr.write(
      "understudy: the packages are not installed; run npm start or npm ci in the project folder first\n",
    );
    process.exit(1);
  }
  const result = spawnSync(
    node,
    ["--disable-warning=ExperimentalWarning", import.meta.filename, ...process.argv.slice(2)],
    { stdio: "inherit" },
  );
  process.exit(result.status ?? 1);
}
