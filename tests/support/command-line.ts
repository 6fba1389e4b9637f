import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { repositoryPath } from "./shared.ts";

/** Runs `understudy` as its own process; throws what it said when it refuses. */
export function understudy(...args: string[]): void {
  execFileSync(process.execPath, [repositoryPath("bin/understudy.mjs"), ...args], { stdio: "pipe", timeout: 300_000 });
}

export function readJson(path: string): unknown {
  return JSON.parse(readFileSync(path, "utf8"));
}
