import { join } from "node:path";
import { PGlite } from "@electric-sql/pglite";
import { drizzle as drizzlePglite } from "drizzle-orm/pglite";
import { migrate as migratePglite } from "drizzle-orm/pglite/migrator";
import { drizzle as drizzlePostgres } from "drizzle-orm/postgres-js";
import { migrate as migratePostgres } from "drizzle-orm/postgres-js/migrator";
import postgres from "postgres";
import * as schema from "../../drizzle/schema/index.ts";
import type { Environment } from "../env.ts";
import { StartupError } from "../startup-error.ts";
import type { Db } from "./client.ts";
import { lockDataDirectory } from "./data-directory-lock.ts";

/** An open, migrated database of either kind. */
export type Database = { readonly db: Db; close(): Promise<void> } & (
  | { readonly storage: "embedded"; readonly client: PGlite }
  | { readonly storage: "postgres"; readonly url: string }
);

export function openDatabase(environment: Environment): Promise<Database> {
  return environment.databaseUrl === null
    ? openEmbedded(environment.root, environment.dataDirectory)
    : openPostgres(environment.root, environment.databaseUrl);
}

const migrations = (root: string) => ({
  migrationsFolder: join(/* turbopackIgnore: true */ root, "drizzle/migrations"),
});

async function openEmbedded(root: string, dataDirectory: string): Promise<Database> {
  const lock = await lockDataDirectory(dataDirectory);
  try {
    const client = await PGlite.create(join(/* turbopackIgnore: true */ dataDirectory, "pg"));
    const opened = await prepareEmbedded(root, client);
    return { ...opened, close: () => opened.close().then(() => lock.release()) };
  } catch (error) {
    await lock.release();
    throw error;
  }
}

/** Migrates and wraps a PGlite that the caller has opened (tests start from a snapshot in memory). */
export async function prepareEmbedded(root: string, client: PGlite): Promise<Database & { storage: "embedded" }> {
  const db = drizzlePglite(client, { schema });
  await migratePglite(db, migrations(root));
  return { storage: "embedded", db: db as unknown as Db, client, close: () => client.close() };
}

/** Any number nobody else uses as an advisory lock: several processes may start at once. */
const MIGRATION_LOCK = 7_355_608;

async function openPostgres(root: string, url: string): Promise<Database> {
  await migrateUnderLock(root, url);
  const client = postgres(url, { max: 10, onnotice: () => {} });
  const db = drizzlePostgres(client, { schema });
  return { storage: "postgres", db: db as unknown as Db, url, close: () => client.end({ timeout: 5 }) };
}

async function migrateUnderLock(root: string, url: string): Promise<void> {
  const client = postgres(url, { max: 1, connect_timeout: 10, onnotice: () => {} });
  try {
    await client`select pg_advisory_lock(${MIGRATION_LOCK})`;
    await migratePostgres(drizzlePostgres(client), migrations(root));
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    if (["ECONNREFUSED", "ENOTFOUND", "CONNECT_TIMEOUT", "28P01", "28000", "3D000", "EAI_AGAIN"].includes(code)) {
      const reason = error instanceof Error ? error.message : code;
      throw new StartupError(`PostgreSQL at DATABASE_URL cannot be used: ${reason}. Check address, user and database.`);
    }
    throw error;
  } finally {
    await client.end({ timeout: 5 });
  }
}
