import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { StartupError } from "../startup-error.ts";

export interface DataDirectoryLock {
  release(): Promise<void>;
}

/**
 * Exclusive use of the embedded database's directory. PGlite takes no lock of its own, and two processes on one
 * directory destroy it. On Linux the lock is an abstract socket, which the kernel frees with the process; elsewhere it
 * is a file with the process id beside the directory.
 */
export async function lockDataDirectory(directory: string, platform = process.platform): Promise<DataDirectoryLock> {
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    const probe = join(directory, `.write-test-${process.pid}`);
    writeFileSync(probe, "");
    rmSync(probe);
  } catch (error) {
    throw new StartupError(
      `The data directory ${directory} cannot be written (${errorCode(error)}). Give this user write permission, or set UNDERSTUDY_DATA to another directory.`,
    );
  }
  return platform === "linux" ? lockBySocket(directory) : lockByFile(directory);
}

function lockBySocket(directory: string): Promise<DataDirectoryLock> {
  const name = createHash("sha256").update(realpathSync(directory)).digest("hex").slice(0, 40);
  const server = createServer((connection) => connection.destroy());
  return new Promise((resolve, reject) => {
    server.once("error", (error) => reject(errorCode(error) === "EADDRINUSE" ? inUse(directory) : error));
    server.listen({ path: `\0understudy-pglite-${name}` }, () => {
      server.unref();
      resolve({ release: () => new Promise((done) => server.close(() => done())) });
    });
  });
}

async function lockByFile(directory: string): Promise<DataDirectoryLock> {
  const path = join(directory, "server.pid");
  for (let attempt = 0; attempt < 2; attempt++) {
    try {
      writeFileSync(path, String(process.pid), { flag: "wx" });
      return { release: async () => rmSync(path, { force: true }) };
    } catch (error) {
      if (errorCode(error) !== "EEXIST") throw error;
      if (isAlive(Number(readFileSync(path, "utf8")))) throw inUse(directory);
      rmSync(path, { force: true });
    }
  }
  throw inUse(directory);
}

function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  if (pid === process.pid) return true;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errorCode(error) === "EPERM";
  }
}

function inUse(directory: string): StartupError {
  return new StartupError(
    `Another Understudy is already running on the data directory ${directory}. Stop it, or set UNDERSTUDY_DATA to another directory.`,
  );
}

function errorCode(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : String(error);
}
