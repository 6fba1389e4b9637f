import { createFirstAdmin, openSamples } from "./bootstrap.ts";
import { closeRuntime, getRuntime } from "./runtime.ts";
import { describeStartupError } from "./startup-error.ts";

/**
 * Prepares the database and prints one JSON object on standard output: `created`, `storage`, and for a new installation
 * `email` and `password`. Everything else goes to standard error.
 */
async function main(): Promise<void> {
  const runtime = await getRuntime();
  const first = await createFirstAdmin(runtime.database.db, new Date());
  if (first !== null && runtime.environment.samples) {
    await openSamples(runtime, first.workspaceId).catch((error: unknown) => {
      process.stderr.write(`The samples were not opened: ${describeStartupError(error)}\n`);
    });
  }
  const { storage } = runtime.database;
  await closeRuntime();
  const answer =
    first === null
      ? { created: false, storage }
      : { created: true, storage, email: first.email, password: first.password };
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}

main()
  .then(() => process.exit(0))
  .catch((error: unknown) => {
    process.stderr.write(`${describeStartupError(error)}\n`);
    process.exit(1);
  });
