import { readEnvironment } from "../env.ts";
import { getRuntime } from "../runtime.ts";
import { describeStartupError, StartupError } from "../startup-error.ts";
import { startWorkers } from "./start-workers.ts";

/** A process of its own that works on jobs, on any machine that reaches the PostgreSQL server. */
async function main(): Promise<void> {
  if (readEnvironment().databaseUrl === null) {
    throw new StartupError(
      "A worker needs PostgreSQL: set DATABASE_URL. With the embedded database the web server does the work itself.",
    );
  }
  const runtime = await getRuntime();
  await startWorkers(runtime);
  process.stdout.write(`Working on jobs with ${runtime.environment.threads} threads. Stop with Ctrl+C.\n`);
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(0));
}

main().catch((error: unknown) => {
  process.stderr.write(`${describeStartupError(error)}\n`);
  process.exit(1);
});
