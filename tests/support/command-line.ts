import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { promisify } from "node:util";
import { repositoryPath } from "./shared.ts";

const run = promisify(execFile);

/** Runs `understudy` as its own process; throws what it said when it refuses. */
export async function understudy(...args: string[]): Promise<void> {
  await run(process.execPath, [repositoryPath("bin/understudy.mjs"), ...args], { timeout: 300_000 });
}

export function readJson(path: string): unknown {
  return JSON.parse(readFileSync(path, "utf8"));
}
