import { spawn, spawnSync } from "node:child_process";
import { chmodSync, copyFileSync, cpSync, mkdirSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { signInByHttp, waitUntil } from "../support/api-client.ts";
import {
  freePort,
  type RunningApp,
  removeFolder,
  startApp,
  startEnvironment,
  temporaryFolder,
} from "../support/running-app.ts";
import { repositoryPath } from "../support/shared.ts";

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) removeFolder(folder);
});

function folder(): string {
  const path = temporaryFolder();
  folders.push(path);
  return path;
}

/** Starts the program where it must refuse, and returns what a person sees. */
function refused(settings: Record<string, string>, options: { root?: string; node?: string } = {}) {
  const { root = repositoryPath("."), node = process.execPath } = options;
  const user = node !== process.execPath && process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
  const result = spawnSync(node, ["scripts/start.mjs"], {
    cwd: root,
    encoding: "utf8",
    timeout: 120_000,
    env: startEnvironment(settings),
    ...user,
  });
  return { code: result.status, lines: result.stderr.trimEnd().split("\n"), said: result.stdout };
}

function expectOneLine(answer: ReturnType<typeof refused>, sentence: RegExp): void {
  expect(answer.lines).toHaveLength(1);
  expect(answer.lines[0]).toMatch(sentence);
  expect(answer.lines[0]).not.toMatch(/^\s*at |node:/);
  expect(answer.code).toBe(1);
}

async function isFree(port: number): Promise<boolean> {
  return new Promise((done) => {
    const probe = createServer();
    probe.once("error", () => done(false));
    probe.listen(port, "127.0.0.1", () => probe.close(() => done(true)));
  });
}

const portOf = (app: RunningApp) => Number(new URL(app.address).port);

describe("npm start", () => {
  it("prints address and sign-in once, opens both samples, refuses a second instance, and starts quickly again", async () => {
    const dataFolder = folder();
    const first = await startApp({ dataFolder });
    expect(first.email).toContain("@");
    expect(first.password.length).toBeGreaterThanOrEqual(16);

    const client = await signInByHttp(first);
    const studies = await client.trpc.study.list.query();
    expect(studies.map((study) => study.dataOrigin).sort()).toEqual(["public", "simulated"]);
    for (const study of studies) {
      const jobs = await client.trpc.job.list.query({ studyId: study.id });
      expect(jobs.length).toBeGreaterThan(0);
      expect(jobs.every((job) => job.status !== "failed")).toBe(true);
    }

    const second = refused({ PORT: String(await freePort()), UNDERSTUDY_DATA: dataFolder });
    expectOneLine(second, /^understudy: Another Understudy is already running on the data directory .*UNDERSTUDY_DATA/);
    const samePort = refused({ PORT: String(portOf(first)), UNDERSTUDY_DATA: folder() });
    expectOneLine(samePort, /^understudy: port \d+ is in use; .*PORT=\d+ npm start/);

    await first.stop();
    expect(first.process.exitCode).toBe(0);
    await waitUntil(() => isFree(portOf(first)), 10_000);

    const started = Date.now();
    const again = await startApp({ dataFolder });
    expect(Date.now() - started).toBeLessThan(30_000);
    expect(again.output()).not.toMatch(/installing|building|with password/);
    expect(again.output()).toContain("Sign in with your account");
    const back = await signInByHttp({ ...first, address: again.address });
    expect(await back.trpc.study.list.query()).toHaveLength(2);
    await again.stop();
  });

  it("listens where HOST says, and the sign-in follows the address in the browser", async () => {
    const dataFolder = folder();
    const app = await startApp({ dataFolder, environment: { HOST: "0.0.0.0" } });
    const port = String(portOf(app));
    expect(app.address).toBe(`http://localhost:${port}`);
    // Another address of this machine stands for another machine.
    const elsewhere = `http://127.0.0.2:${port}`;
    const client = await signInByHttp({ ...app, address: elsewhere });
    expect((await client.trpc.session.me.query()).email).toBe(app.email);
    const signedOut = await fetch(`${elsewhere}/studies`, { redirect: "manual" });
    expect(signedOut.headers.get("location")).toMatch(new RegExp(`^(${elsewhere})?/sign-in`));
    const deep = await fetch(`${elsewhere}/studies/00000000-0000-4000-8000-000000000000/sizing?effect=-4`, {
      redirect: "manual",
    });
    expect(decodeURIComponent(deep.headers.get("location") ?? "")).toMatch(
      /callbackUrl=\/studies\/[0-9-]+\/sizing\?effect=-4$/,
    );
    await app.stop();
  });

  it("leaves no server behind when only its start script is killed", async () => {
    const app = await startApp({ dataFolder: folder() });
    app.process.kill("SIGKILL");
    await waitUntil(() => isFree(portOf(app)), 15_000);
  });
});

describe("npm start refuses with one line", () => {
  it("a port that is not one", () => {
    expectOneLine(
      refused({ PORT: "eighty", UNDERSTUDY_DATA: folder() }),
      /^understudy: PORT must be a whole number from 1 to 65535; received eighty$/,
    );
  });

  it("a port in use", async () => {
    const server = createServer();
    const port = await new Promise<number>((done) => {
      server.listen(0, "127.0.0.1", () => done((server.address() as { port: number }).port));
    });
    const child = spawn(process.execPath, ["scripts/start.mjs"], {
      cwd: repositoryPath("."),
      env: startEnvironment({ PORT: String(port), UNDERSTUDY_DATA: folder() }),
    });
    let said = "";
    child.stderr.on("data", (chunk) => {
      said += String(chunk);
    });
    const code = await new Promise<number | null>((done) => child.once("exit", (value) => done(value)));
    server.close();
    expectOneLine(
      { code, lines: said.trimEnd().split("\n"), said: "" },
      new RegExp(`^understudy: port ${port} is in use`),
    );
  });

  it("a host that is not an address of this machine", async () => {
    expectOneLine(
      refused({ HOST: "203.0.113.7", PORT: String(await freePort()), UNDERSTUDY_DATA: folder() }),
      /^understudy: cannot listen on 203\.0\.113\.7:\d+ .*HOST/,
    );
  });

  it("a data folder that this user may not write", async () => {
    const parent = folder();
    const program = programWithoutPackages(parent);
    const locked = join(parent, "data");
    mkdirSync(locked);
    chmodSync(locked, 0o555);
    const settings = { PORT: String(await freePort()), UNDERSTUDY_DATA: locked };
    expectOneLine(
      refused(settings, program),
      /^understudy: cannot write to .*data \(data of the embedded database; set UNDERSTUDY_DATA.*write permission/,
    );
  });

  it("a folder of the program that needs packages and may not be written", async () => {
    const parent = folder();
    const program = programWithoutPackages(parent);
    const data = join(parent, "data");
    mkdirSync(data);
    chmodSync(data, 0o777);
    chmodSync(program.root, 0o555);
    const settings = { PORT: String(await freePort()), UNDERSTUDY_DATA: data };
    const answer = refused(settings, program);
    chmodSync(program.root, 0o755);
    expectOneLine(
      answer,
      /^understudy: cannot write to .*program \(packages and build\); give this user write permission/,
    );
  });
});

/** The entry script in a folder of its own with a Node that every user can run; root would be allowed everything. */
function programWithoutPackages(parent: string): { root: string; node: string } {
  chmodSync(parent, 0o755);
  const root = join(parent, "program");
  const node = join(parent, "node");
  mkdirSync(root);
  cpSync(repositoryPath("scripts"), join(root, "scripts"), { recursive: true });
  cpSync(repositoryPath("package-lock.json"), join(root, "package-lock.json"));
  copyFileSync(process.execPath, node);
  chmodSync(node, 0o755);
  return { root, node };
}
