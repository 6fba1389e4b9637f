import { randomBytes } from "node:crypto";
import { closeSync, mkdirSync, openSync, readFileSync, writeSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join, resolve } from "node:path";
import { StartupError } from "./startup-error.ts";

/** Where the program keeps its data and how it runs; read from the environment here and nowhere else in `server/`. */
export interface Environment {
  /** Root of the program: migrations, samples and worker threads are found from here. */
  readonly root: string;
  /** Directory of the embedded database and of the secret. */
  readonly dataDirectory: string;
  /** PostgreSQL connection string; null means the embedded database. */
  readonly databaseUrl: string | null;
  /** With PostgreSQL: whether the web server works on jobs itself. */
  readonly webWorkers: boolean;
  /** Whether the first start opens the sample studies. */
  readonly samples: boolean;
  /** Threads for heavy work in one process. */
  readonly threads: number;
  /** `next build` imports pages and routes; nothing may be opened then. */
  readonly building: boolean;
}

export function readEnvironment(variables: NodeJS.ProcessEnv = process.env): Environment {
  const root = resolve(/* turbopackIgnore: true */ variables.UNDERSTUDY_ROOT ?? process.cwd());
  const databaseUrl = variables.DATABASE_URL?.trim();
  return {
    root,
    dataDirectory: resolve(/* turbopackIgnore: true */ root, variables.UNDERSTUDY_DATA ?? ".data"),
    databaseUrl: databaseUrl === undefined || databaseUrl === "" ? null : databaseUrl,
    webWorkers: variables.UNDERSTUDY_WEB_WORKERS !== "0",
    samples: variables.UNDERSTUDY_SAMPLES !== "0",
    threads: threadCount(variables.UNDERSTUDY_THREADS),
    building: variables.NEXT_PHASE === "phase-production-build",
  };
}

function threadCount(given: string | undefined): number {
  if (given === undefined || given === "") return Math.max(1, availableParallelism());
  const count = Number(given);
  if (Number.isInteger(count) && count >= 1 && count <= 256) return count;
  throw new StartupError(`UNDERSTUDY_THREADS must be a whole number from 1 to 256; received ${given}.`);
}

const SECRET_FILE = "auth-secret";

/** Secret that signs session tokens: NEXTAUTH_SECRET, or one made once and kept in the data directory. */
export function readAuthSecret(environment: Environment, variables: NodeJS.ProcessEnv = process.env): string {
  const given = variables.NEXTAUTH_SECRET;
  if (given !== undefined && given.length >= 32) return given;
  if (given !== undefined && given !== "") {
    throw new StartupError("NEXTAUTH_SECRET must have at least 32 characters; make one with: openssl rand -base64 48");
  }
  const path = join(/* turbopackIgnore: true */ environment.dataDirectory, SECRET_FILE);
  mkdirSync(environment.dataDirectory, { recursive: true, mode: 0o700 });
  try {
    const file = openSync(path, "wx", 0o600);
    writeSync(file, randomBytes(48).toString("base64url"));
    closeSync(file);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
  }
  return readFileSync(path, "utf8");
}

/** next-auth builds its addresses from the request unless NEXTAUTH_URL says otherwise. */
export function trustRequestHost(variables: NodeJS.ProcessEnv = process.env): void {
  if (variables.NEXTAUTH_URL === undefined || variables.NEXTAUTH_URL === "") variables.AUTH_TRUST_HOST = "true";
}
