import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";

const root = resolve(import.meta.dirname, "../..");
const sharedRoot = resolve(root, process.env.UNDERSTUDY_SHARED ?? "../shared");

/**
 * Absolute path of a file in the shared material, or null (with a warning on stderr) when the folder is not there. Throws
 * where CI is set: there the folder exists and nothing may be skipped.
 */
export function sharedPath(relative: string): string | null {
  const path = resolve(sharedRoot, relative);
  if (existsSync(path)) return path;
  if (process.env.CI !== undefined && process.env.CI !== "" && process.env.CI !== "false")
    throw new Error(`${path} is missing; in CI the shared material must be there (UNDERSTUDY_SHARED)`);
  console.warn(`SKIPPED: ${relative} needs the shared material (set UNDERSTUDY_SHARED; looked in ${sharedRoot})`);
  return null;
}

/** Bytes of a shared file, or null when the folder is not there. */
export function sharedFile(relative: string): Uint8Array | null {
  const path = sharedPath(relative);
  return path === null ? null : new Uint8Array(readFileSync(path));
}

/** Absolute path inside this repository. */
export function repositoryPath(relative: string): string {
  return resolve(root, relative);
}
