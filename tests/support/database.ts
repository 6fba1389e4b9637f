import { PGlite } from "@electric-sql/pglite";
import { afterAll, beforeAll, describe } from "vitest";
import { type Database, openDatabase, prepareEmbedded } from "../../server/db/open-database.ts";
import { readEnvironment } from "../../server/env.ts";
import { postgresBinaries, startPostgresCluster } from "./postgres-cluster.ts";
import { repositoryPath } from "./shared.ts";

export type TestStorage = "embedded" | "postgres";

/** A migrated database in memory. */
export async function embeddedTestDatabase(): Promise<Database> {
  return prepareEmbedded(repositoryPath("."), new PGlite());
}

export const testEnvironment = (variables: Record<string, string> = {}) =>
  readEnvironment({ NODE_ENV: "test", UNDERSTUDY_ROOT: repositoryPath("."), UNDERSTUDY_THREADS: "2", ...variables });

export const postgresMissing =
  "PostgreSQL is not installed, so the server tests run on the embedded database only. Install it with: apt-get install postgresql";

/**
 * Declares the same tests for the embedded database and for a throw-away PostgreSQL. `database` may be called inside
 * tests and hooks. Without PostgreSQL the second half is skipped with a warning, and fails where CI is set.
 */
export function describeOnBothDatabases(name: string, declare: (database: () => Database) => void): void {
  describe.each<TestStorage>(["embedded", "postgres"])(`${name} on %s`, (storage) => {
    const bin = storage === "postgres" ? postgresBinaries() : null;
    if (storage === "postgres" && bin === null) {
      if (process.env.CI !== undefined) throw new Error(postgresMissing);
      console.warn(`SKIPPED: ${postgresMissing}`);
      describe.skip("needs PostgreSQL", () => declare(() => neverOpened()));
      return;
    }
    let opened: Database | undefined;
    let stop = async () => {};
    beforeAll(async () => {
      if (bin === null) {
        opened = await embeddedTestDatabase();
      } else {
        const cluster = await startPostgresCluster(bin);
        stop = cluster.stop;
        opened = await openDatabase(testEnvironment({ DATABASE_URL: await cluster.createDatabase() }));
      }
    });
    afterAll(async () => {
      await opened?.close();
      await stop();
    });
    declare(() => opened ?? neverOpened());
  });
}

function neverOpened(): never {
  throw new Error("the test database has not been opened");
}
