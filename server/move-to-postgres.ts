import { openDatabase } from "./db/open-database.ts";
import { readEnvironment } from "./env.ts";
import { moveWorkspaces } from "./move-workspace.ts";
import { describeStartupError, StartupError } from "./startup-error.ts";

/** Moves the embedded database into the PostgreSQL database that DATABASE_URL names. */
async function main(): Promise<void> {
  const environment = readEnvironment();
  if (environment.databaseUrl === null) {
    throw new StartupError("Set DATABASE_URL to the empty PostgreSQL database that is to be used from now on.");
  }
  const embedded = await openDatabase({ ...environment, databaseUrl: null });
  const target = await openDatabase(environment);
  const copied = await moveWorkspaces(embedded.db, target.db);
  await target.close();
  await embedded.close();
  const rows = [...copied.values()].reduce((sum, count) => sum + count, 0);
  process.stdout.write(
    `Moved ${rows} rows of ${copied.size} tables; counts and audit chains agree. Start with DATABASE_URL set from now on; ${environment.dataDirectory} was left as it is.\n`,
  );
}

main()
  .then(() => process.exit(0))
  .catch((error: unknown) => {
    process.stderr.write(`${describeStartupError(error)}\n`);
    process.exit(1);
  });
