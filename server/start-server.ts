import { startWorkers } from "./jobs/start-workers.ts";
import { getRuntime } from "./runtime.ts";
import { describeStartupError } from "./startup-error.ts";

/** What the web server starts with: database, queue and, unless other processes do it, the work on jobs. */
export async function startServer(): Promise<void> {
  try {
    const runtime = await getRuntime();
    if (runtime.database.storage === "embedded" || runtime.environment.webWorkers) await startWorkers(runtime);
  } catch (error) {
    console.error(describeStartupError(error));
    process.exit(1);
  }
}
