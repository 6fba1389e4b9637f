import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { repositoryPath } from "./shared.ts";

export interface RunningApp {
  readonly address: string;
  readonly email: string;
  readonly password: string;
  readonly dataFolder: string;
  readonly output: () => string;
  /** The start script; the server is its child. */
  readonly process: ChildProcess;
  /** Ends the program as a power user would: SIGTERM. */
  stop(): Promise<void>;
  /** Ends it as a crash would: SIGKILL to every process of it. */
  kill(): Promise<void>;
}

export function freePort(): Promise<number> {
  return new Promise((done, fail) => {
    const server = createServer();
    server.once("error", fail);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      const port = typeof address === "object" && address !== null ? address.port : 0;
      server.close(() => done(port));
    });
  });
}

export function temporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), "understudy-test-"));
}

interface StartOptions {
  readonly dataFolder?: string;
  readonly environment?: Readonly<Record<string, string>>;
}

/** Runs `npm start`'s script on a free port and an own data folder, and waits until it says it is ready. */
export async function startApp(options: StartOptions = {}): Promise<RunningApp> {
  const port = await freePort();
  const dataFolder = options.dataFolder ?? temporaryFolder();
  let output = "";
  const child = spawn(process.execPath, ["scripts/start.mjs"], {
    cwd: repositoryPath("."),
    // A group of its own, so that a crash can be staged for the whole tree of processes.
    detached: true,
    env: startEnvironment({ PORT: String(port), UNDERSTUDY_DATA: dataFolder, ...options.environment }),
    stdio: ["ignore", "pipe", "pipe"],
  });
  child.stdout.on("data", (chunk) => {
    output += String(chunk);
  });
  child.stderr.on("data", (chunk) => {
    output += String(chunk);
  });
  await waitFor(
    () => /Understudy is ready at/.test(output) && /Stop with/.test(output),
    child,
    () => output,
  );
  const found = /Sign in as (\S+) with password (\S+)/.exec(output);
  return {
    process: child,
    address: /ready at (\S+)/.exec(output)?.[1] ?? "",
    email: found?.[1] ?? "",
    password: found?.[2] ?? "",
    dataFolder,
    output: () => output,
    stop: () => end(child, "SIGTERM"),
    kill: () => end(child, "SIGKILL"),
  };
}

export function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
}

/** The tests' own settings must not reach the program: it runs as it would for anybody. */
export function startEnvironment(settings: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const { NODE_ENV: _mode, VITEST: _runner, DATABASE_URL: _url, NEXTAUTH_URL: _address, ...own } = process.env;
  return { ...own, ...settings } as NodeJS.ProcessEnv;
}

function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  return new Promise((done) => {
    if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return done();
    child.once("exit", () => setTimeout(done, 300));
    process.kill(-child.pid, signal);
  });
}

async function waitFor(ready: () => boolean, child: ChildProcess, output: () => string): Promise<void> {
  const deadline = Date.now() + 400_000;
  while (!ready()) {
    if (child.exitCode !== null) throw new Error(`the program ended with code ${child.exitCode}:\n${output()}`);
    if (Date.now() > deadline) throw new Error(`the program was not ready in time:\n${output()}`);
    await new Promise((done) => setTimeout(done, 100));
  }
}
