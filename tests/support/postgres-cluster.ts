import { execFileSync, type SpawnOptions, spawn } from "node:child_process";
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import postgres from "postgres";

export interface PostgresCluster {
  /** Connection string of a fresh, empty database in the cluster. */
  createDatabase(): Promise<string>;
  stop(): Promise<void>;
}

/** Directory with initdb and postgres, or null when PostgreSQL is not installed. */
export function postgresBinaries(): string | null {
  const base = "/usr/lib/postgresql";
  if (existsSync(base)) {
    const versions = readdirSync(base).sort((a, b) => Number(b) - Number(a));
    const found = versions.map((version) => join(base, version, "bin")).find((bin) => existsSync(join(bin, "initdb")));
    if (found !== undefined) return found;
  }
  const onPath = (process.env.PATH ?? "").split(":").find((folder) => existsSync(join(folder, "initdb")));
  return onPath ?? null;
}

/** PostgreSQL refuses to run as root; the package's own user is used then. */
function serverUser(): { uid: number; gid: number } | null {
  if (process.getuid?.() !== 0) return null;
  const id = (flag: string) => Number(execFileSync("id", [flag, "postgres"], { encoding: "utf8" }));
  return { uid: id("-u"), gid: id("-g") };
}

/** A throw-away PostgreSQL server on a random port of this machine. */
export async function startPostgresCluster(bin: string): Promise<PostgresCluster> {
  const user = serverUser();
  const directory = mkdtempSync(join(tmpdir(), "understudy-postgres-"));
  if (user !== null) chownSync(directory, user.uid, user.gid);
  const options: SpawnOptions = { cwd: directory, ...(user ?? {}) };
  const data = join(directory, "data");
  const initdb = ["-D", data, "-U", "understudy", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync"];
  execFileSync(join(bin, "initdb"), initdb, { ...options, stdio: "pipe" });
  const port = await freePort();
  const settings = [
    "fsync=off",
    "full_page_writes=off",
    "synchronous_commit=off",
    `unix_socket_directories=${directory}`,
  ];
  const flags = ["-D", data, "-h", "127.0.0.1", "-p", String(port), ...settings.flatMap((setting) => ["-c", setting])];
  const server = spawn(join(bin, "postgres"), flags, { ...options, stdio: "ignore" });
  const exited = new Promise<void>((resolve) => server.once("exit", () => resolve()));
  const kill = () => server.kill("SIGQUIT");
  process.once("exit", kill);
  const url = (database: string) => `postgres://understudy@127.0.0.1:${port}/${database}`;
  await waitUntilReady(url("postgres"));
  let databases = 0;
  return {
    async createDatabase() {
      const name = `test_${process.pid}_${++databases}`;
      const admin = postgres(url("postgres"), { max: 1 });
      await admin.unsafe(`create database ${name}`);
      await admin.end();
      return url(name);
    },
    async stop() {
      process.off("exit", kill);
      kill();
      await exited;
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

async function waitUntilReady(url: string): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    const client = postgres(url, { max: 1, connect_timeout: 2 });
    try {
      await client`select 1`;
      return;
    } catch (error) {
      if (attempt >= 100) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    } finally {
      await client.end();
    }
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => (typeof address === "object" && address !== null ? resolve(address.port) : reject(address)));
    });
  });
}
